"""A trained network as it is used for ranking, without the library that trained it."""

from __future__ import annotations

import torch
from torch import nn

from chatrec.grounding.ranking.network import Network


def in_use(trained: nn.Module, mean: torch.Tensor, spread: torch.Tensor) -> Network:
    """Return the weights of a trained network with the scale of its features; a constant added to all scores is left out."""
    parts = {name: part.detach().numpy().copy() for name, part in trained.state_dict().items()}
    return Network(
        mean.numpy(),
        spread.numpy(),
        item=parts["item.weight"].T,
        situation=parts["situation.1.weight"].T,
        bias=parts["item.bias"],
        out=parts["out.weight"][0],
        straight=parts["straight.weight"][0],
    )
