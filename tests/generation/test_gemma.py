"""Our Gemma reads as that of transformers does, and a merged model as base and adapter do."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import AutoModelForCausalLM, Gemma3TextConfig

from chatrec.config import settings
from chatrec.generation import files
from chatrec.generation.gemma import Gemma, is_gemma
from chatrec.generation.model import PointerLM, load_base
from tests.generation.conftest import KINDS, SMALL


def small_gemma() -> Gemma3TextConfig:
    """Two layers that look at six units, one that looks at all, two heads of keys."""
    sizes = {**SMALL, "num_hidden_layers": 3, "num_attention_heads": 4}
    kinds = ["sliding_attention", "full_attention", "sliding_attention"]
    return Gemma3TextConfig(
        vocab_size=500, num_key_value_heads=2, head_dim=16, sliding_window=6, layer_types=kinds, **sizes
    )


def drawn(config: object, folder: Path) -> Path:
    """Write a model with random weights, its norms included."""
    torch.manual_seed(3)
    model = AutoModelForCausalLM.from_config(config)
    for weights in model.parameters():
        torch.nn.init.normal_(weights, std=0.2)
    model.save_pretrained(folder)
    return folder


@torch.inference_mode()
def test_it_reads_as_that_of_transformers_piece_by_piece_and_after_forgetting(tmp_path: Path) -> None:
    theirs = AutoModelForCausalLM.from_pretrained(drawn(small_gemma(), tmp_path)).eval()
    ours = Gemma.open(tmp_path)
    assert ours is not None
    units = torch.randint(0, 500, (1, 21), generator=torch.Generator().manual_seed(1))
    vectors = ours.get_input_embeddings()(units)
    assert torch.equal(vectors, theirs.get_input_embeddings()(units))
    whole = theirs.model(inputs_embeds=vectors).last_hidden_state
    seen = ours.cache()
    for first, last in ((0, 4), (4, 5), (5, 12), (12, 17)):
        found = ours.model(vectors[:, first:last], seen).last_hidden_state
        assert torch.allclose(found, whole[:, first:last], atol=1e-5)
    seen.crop(-5)
    assert len(seen) == 12
    assert torch.allclose(ours.model(vectors[:, 12:], seen).last_hidden_state, whole[:, 12:], atol=1e-5)


def test_another_model_is_none_of_ours(tmp_path: Path) -> None:
    assert Gemma.open(drawn(KINDS["llama"](500), tmp_path)) is None
    bent = {**small_gemma().to_dict(), "final_logit_softcapping": 30.0}
    assert is_gemma(small_gemma().to_dict())
    assert not is_gemma(bent)


def adapter_of(base: Path, folder: Path, target: str) -> Path:
    """Write an adapter that changes its base."""
    adapted = get_peft_model(load_base(base), LoraConfig(r=4, target_modules=[target]))
    for name, weights in adapted.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weights)
    adapted.save_pretrained(folder)
    return folder


@pytest.mark.parametrize(("kind", "target"), [("gemma", "q_proj"), ("llama", "q_proj"), ("gpt2", "c_attn")])
@torch.inference_mode()
def test_a_merged_model_reads_as_base_and_adapter(
    kind: str, target: str, tmp_path: Path, cache: Path
) -> None:
    base = drawn(KINDS[kind](500), tmp_path / "base")
    adapter = adapter_of(base, tmp_path / "adapter", target)
    folder = files.merged_model_dir(base, adapter)
    merged = Gemma.open(folder) or load_base(folder)
    both = PeftModel.from_pretrained(load_base(base), adapter).merge_and_unload()
    units = torch.tensor([[3, 77, 5]])
    found, wanted = (PointerLM(model, torch.zeros(1, 32)).packed().hidden(units) for model in (merged, both))
    assert torch.allclose(found, wanted, atol=1e-4)
    assert isinstance(merged, Gemma) == (kind == "gemma")


def test_a_merged_model_is_made_anew_where_it_is_damaged_or_the_adapter_is_another(
    tmp_path: Path, cache: Path
) -> None:
    base = drawn(small_gemma(), tmp_path / "base")
    adapter = adapter_of(base, tmp_path / "adapter", "q_proj")
    said: list[str] = []
    folder = files.merged_model_dir(base, adapter, said.append)
    assert files.merged_model_dir(base, adapter, said.append) == folder
    assert len(said) == 1, "it is kept"
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:100])
    assert files.merged_model_dir(base, adapter, said.append) == folder
    files.verify(folder)
    assert len(said) == 2, "half a file is none"
    adapter_of(base, adapter, "k_proj")
    assert files.merged_model_dir(base, adapter) != folder
    assert folder.parent.parent == settings().cache_dir
