"""Linear layers with half-precision weights, packed for the processor (FBGEMM, Khudia et al. 2021, arXiv:2101.05615).

Processors without bfloat16 arithmetic emulate it: reading forty units then takes five times as long as with half-precision
weights and sums in float32, which differ from float32 throughout by less than one part in a thousand.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn


class HalfLinear(nn.Module):
    """A linear layer whose weights are held in half precision; takes and returns float32.

    Args:
        linear: the layer to replace; its own weights are not kept.
    """

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        bias = None if linear.bias is None else linear.bias.detach().float()
        self._packed = torch.ops.quantized.linear_prepack_fp16(linear.weight.detach().float(), bias)

    def forward(self, inputs: Tensor) -> Tensor:
        """Return the layer's outputs; shape (..., in) -> (..., out)."""
        found: Tensor = torch.ops.quantized.linear_dynamic_fp16(inputs, self._packed)
        return found


def pack(trunk: Any, table: nn.Module) -> None:
    """Make a trunk compute in float32, its linear layers from packed weights where the processor can.

    The table of embeddings, much the largest part and read by the row, stays as it is.
    """
    if "fbgemm" in torch.backends.quantized.supported_engines:
        for module in list(trunk.modules()):
            for name, child in module.named_children():
                if isinstance(child, nn.Linear):
                    setattr(module, name, HalfLinear(child))
    for module in trunk.modules():
        if module is not table:
            for parameter in module.parameters(recurse=False):
                parameter.data = parameter.data.float()
