"""The fusions that are measured: what is read before the replies, items in the input, and writing with less guidance."""

from __future__ import annotations

import random

import torch
from tokenizers import Tokenizer
from transformers import AutoModelForCausalLM

from chatrec.generation.conversation import Codec
from chatrec.generation.guard import Guard
from chatrec.generation.model import Loaded
from chatrec.generation.reply import clean
from chatrec.generation.templates import pointer_names
from chatrec.grounding.pack import Pack
from chatrec.learning.checker import Checker
from chatrec.learning.fusion.guidance import GuidedWriter, freely
from chatrec.learning.fusion.knowledge import FusedLM, Items, verbalised
from chatrec.learning.situations import situations
from tests.generation.conftest import KINDS, tokenizer

__all__ = ["tokenizer"]


def writer(tokenizer: Tokenizer, pack: Pack) -> GuidedWriter:
    """A writer of random weights that is told where the items of a plan stand in the graph."""
    torch.manual_seed(7)
    size, names = tokenizer.get_vocab_size(), pointer_names("movies", ("en", "zh"))
    codec = Codec(tokenizer, size, names, None, 0)
    items = Items.of(pack, codec)
    base = AutoModelForCausalLM.from_config(KINDS["llama"](size)).eval()
    model = FusedLM(base, torch.randn(len(names), 32), items.places).requires_grad_(False)
    guard = Guard(pack.entries, pack.schema.name_slot.name)
    made = GuidedWriter(Loaded(model, codec), {lang: clean(lang, guard) for lang in ("en", "zh")}, 1.0)
    made.items = items
    return made


def test_descriptions_are_read_in_both_languages(tokenizer: Tokenizer, movies: Pack) -> None:
    codec = Codec(tokenizer, tokenizer.get_vocab_size(), (), None, 0)
    english, chinese = (
        codec.text(example.reply[:-1]) for example in verbalised(movies, codec, 2, random.Random(2))
    )
    assert "It is " in english
    assert "片" in chinese


def test_each_item_has_a_unit_of_its_own_behind_its_title(tokenizer: Tokenizer, movies: Pack) -> None:
    made = writer(tokenizer, movies)
    codec, items = made.loaded.codec, made.items
    assert items is not None
    title, year = codec.pointer("A.title"), codec.pointer("A.year")
    assert items.beside((title, year), codec, [4]) == (title, items.first + 4, year)
    told = made.loaded.model.embed(torch.tensor([items.first + 4, items.first + 5, title]))
    assert told.shape == (3, 32)
    assert not torch.allclose(told[0], told[1])


def test_a_licence_alone_keeps_pointers_out_but_lets_words_say_anything(
    tokenizer: Tokenizer, movies: Pack
) -> None:
    made, checker = writer(tokenizer, movies), Checker.of(movies)
    plans = list(situations(movies).plans("en", 2, seed=3))
    made.guidance = "licence"
    bound = [freely(made, plan, checker) for plan in plans]
    made.guidance = "none"
    unbound = [freely(made, plan, checker) for plan in plans]
    assert not any(fault.startswith("unlicensed") for reply in bound for fault in reply.faults)
    assert any(fault.startswith("unlicensed") for reply in unbound for fault in reply.faults)
    assert all(reply.text for reply in bound)
