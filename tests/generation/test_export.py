"""A model exported to GGUF writes under llama.cpp, a real server, and what it writes is as true as what our own engine does."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM, Gemma3TextConfig

from chatrec.config import settings
from chatrec.generation.engine import EngineWriter
from chatrec.generation.files import base_model_dir
from chatrec.generation.model import PointerLM, make_codec, save_adapter
from chatrec.generation.reply import Replier, open_replier
from chatrec.grounding.pack import Pack
from chatrec.learning.dataset import all_pointers
from chatrec.learning.evaluation import write_replies
from chatrec.learning.export import export_gguf

xllamacpp = pytest.importorskip("xllamacpp")


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small Gemma of random weights with Gemma's own tokenizer, and an adapter of random rows, as one file."""
    folder = tmp_path_factory.mktemp("export")
    base_dir, adapter_dir, out = folder / "base", folder / "adapter", folder / "tiny.gguf"
    torch.manual_seed(11)
    config = Gemma3TextConfig(
        hidden_size=64, intermediate_size=64, num_hidden_layers=1, num_attention_heads=1,
        num_key_value_heads=1, head_dim=32, bos_token_id=2, eos_token_id=1,
    )  # fmt: skip
    base = AutoModelForCausalLM.from_config(config)
    base.save_pretrained(base_dir)
    for path in base_model_dir().glob("*token*"):
        shutil.copy(path, base_dir)
    codec = make_codec(base_dir, base, all_pointers())
    adapted = get_peft_model(base, LoraConfig(r=2, target_modules="all-linear"))
    save_adapter(PointerLM(adapted, torch.randn(len(codec.pointers), 64)), codec, adapter_dir, "tiny")
    export_gguf(base_dir, adapter_dir, out)
    return out


@pytest.fixture(scope="module")
def url(exported: Path) -> Iterator[str]:
    params = xllamacpp.CommonParams()
    params.model.path, params.n_ctx, params.n_parallel, params.verbosity = str(exported), 2048, 1, -1
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        params.hostnames, params.port = ["127.0.0.1"], free.getsockname()[1]
    server: Any = xllamacpp.Server(params)
    yield server.listening_address
    del server


@pytest.fixture
def replier(url: str, movies: Pack, monkeypatch: pytest.MonkeyPatch) -> Iterator[Replier]:
    monkeypatch.setenv("CHATREC_ENGINE_URL", url)
    monkeypatch.setenv("CHATREC_GENERATE", "true")
    monkeypatch.setenv("CHATREC_REPLY_SECONDS", "60")
    settings.cache_clear()
    yield open_replier(movies)
    monkeypatch.undo()
    settings.cache_clear()


def test_another_engine_of_random_weights_states_nothing_unsupported(replier: Replier, movies: Pack) -> None:
    assert isinstance(replier.writer, EngineWriter)
    replies = list(write_replies(movies, replier, ["en", "zh"], 6, seed=4))
    assert [reply.faults for reply in replies] == [()] * 6
    assert all(reply.text for reply in replies)
