"""Packed layers answer as the layers they replace."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from transformers import AutoModelForCausalLM

from chatrec.generation.model import PointerLM
from chatrec.generation.packing import HalfLinear
from tests.generation.conftest import KINDS


@pytest.mark.parametrize("bias", [True, False])
def test_a_half_precision_layer_answers_as_its_original(bias: bool) -> None:
    torch.manual_seed(0)
    linear, inputs = nn.Linear(64, 48, bias=bias), torch.randn(2, 5, 64)
    assert torch.allclose(HalfLinear(linear)(inputs), linear(inputs), atol=2e-3)


@pytest.mark.parametrize("kind", sorted(KINDS))
@torch.inference_mode()
def test_a_packed_model_reads_as_it_did_before(kind: str) -> None:
    torch.manual_seed(0)
    model = PointerLM(AutoModelForCausalLM.from_config(KINDS[kind](500)).eval(), torch.randn(4, 32))
    units = torch.tensor([[3, 501, 77, 499, 503]])
    before = model.scores(model.hidden(units), torch.arange(504))
    after = model.packed()
    assert torch.allclose(after.scores(after.hidden(units), torch.arange(504)), before, atol=2e-2, rtol=1e-2)


@torch.inference_mode()
def test_the_table_of_embeddings_stays_as_it_was_loaded() -> None:
    base = AutoModelForCausalLM.from_config(KINDS["gemma"](500)).bfloat16()
    packed = PointerLM(base, torch.randn(4, 32)).packed()
    assert base.get_input_embeddings().weight.dtype == torch.bfloat16
    assert packed.hidden(torch.tensor([[1, 502]])).dtype == torch.float32
