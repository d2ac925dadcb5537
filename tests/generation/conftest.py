"""Models with random weights, made in the test: small, but of the real architectures."""

from __future__ import annotations

import pytest
import torch
from tokenizers import Tokenizer
from tokenizers.decoders import ByteLevel as ByteLevelDecoder
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel
from tokenizers.trainers import BpeTrainer
from transformers import AutoModelForCausalLM, Gemma3TextConfig, GPT2Config, LlamaConfig

from chatrec.generation.conversation import Codec
from chatrec.generation.guard import Guard
from chatrec.generation.model import Loaded, PointerLM
from chatrec.generation.reply import Replier, clean
from chatrec.generation.templates import pointer_names
from chatrec.generation.writer import Writer
from chatrec.grounding.pack import Pack
from chatrec.learning.dataset import all_texts

SMALL = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
KINDS = {
    "gemma": lambda size: Gemma3TextConfig(vocab_size=size, num_key_value_heads=1, head_dim=16, **SMALL),
    "llama": lambda size: LlamaConfig(vocab_size=size, **SMALL),
    "gpt2": lambda size: GPT2Config(vocab_size=size, n_embd=32, n_layer=2, n_head=2, n_positions=512),
}


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    """A small byte-level BPE over the words of the replies."""
    made = Tokenizer(BPE())
    made.pre_tokenizer, made.decoder = ByteLevel(add_prefix_space=False), ByteLevelDecoder()
    trainer = BpeTrainer(
        vocab_size=3000, special_tokens=["<end>"], initial_alphabet=ByteLevel.alphabet(), show_progress=False
    )
    made.train_from_iterator((part for text in all_texts() for part in text.parts[::2]), trainer)
    return made


def random_replier(kind: str, tokenizer: Tokenizer, pack: Pack) -> Replier:
    """A replier whose model has random weights."""
    torch.manual_seed(7)
    size = tokenizer.get_vocab_size()
    base = AutoModelForCausalLM.from_config(KINDS[kind](size)).eval()
    guard = Guard(pack.entries, pack.schema.name_slot.name)
    replies = {language: clean(language, guard, pack.schema.pack) for language in ("en", "zh")}
    names = pointer_names(pack.schema.pack, ("en", "zh"))
    model = PointerLM(base, torch.randn(len(names), 32)).requires_grad_(False)
    loaded = Loaded(model, Codec(tokenizer, size, names, None, 0))
    return Replier(guard, Writer(loaded, replies, 1.5), 60)
