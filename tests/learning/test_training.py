"""Training: a run that is broken off goes on as if it had not been; examples look as the replies that are written do."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer
from transformers import AutoModelForCausalLM

from chatrec.generation.conversation import Codec
from chatrec.generation.model import PointerLM
from chatrec.learning.checkpoint import Checkpoint
from chatrec.learning.dataset import Example, all_pointers, all_targets, examples
from chatrec.learning.training import Recipe, batches, fit, lexicon_units, steps_of
from tests.generation.conftest import KINDS, tokenizer

__all__ = ["tokenizer"]
RECIPE = Recipe(epochs=1, batch=4, most=32, packs=("movies", "generic"))


def tiny(tokenizer: Tokenizer) -> tuple[PointerLM, Codec]:
    torch.manual_seed(3)
    size, names = tokenizer.get_vocab_size(), all_pointers()
    base = AutoModelForCausalLM.from_config(KINDS["llama"](size))
    return PointerLM(base, torch.randn(len(names), 32)), Codec(tokenizer, size, names, None, 0)


def groups(codec: Codec) -> Iterator[list[Example]]:
    return batches(all_targets(), codec, RECIPE)


def test_the_loss_falls_on_what_is_seen_again_and_again(tokenizer: Tokenizer) -> None:
    model, codec = tiny(tokenizer)
    group = next(groups(codec))
    losses = fit(model, iter([group] * 20), 20, lexicon_units(codec), Recipe(rate=0.01, rows_rate=0.01))
    assert losses[-1] < 0.7 * losses[0]


def test_the_same_recipe_gives_the_same_losses(tokenizer: Tokenizer) -> None:
    runs = []
    for _ in range(2):
        model, codec = tiny(tokenizer)
        runs.append(fit(model, groups(codec), 8, lexicon_units(codec), RECIPE))
    assert runs[0] == pytest.approx(runs[1], rel=1e-4)
    assert len(runs[0]) == steps_of(all_targets(), RECIPE) == 8


def test_a_run_that_was_broken_off_goes_on_where_it_was(tokenizer: Tokenizer, tmp_path: Path) -> None:
    model, codec = tiny(tokenizer)
    lexicon = lexicon_units(codec)
    whole = fit(model, groups(codec), 8, lexicon, RECIPE)
    path = tmp_path / "checkpoint.pt"

    first, _ = tiny(tokenizer)
    fit(first, islice(groups(codec), 5), 8, lexicon, RECIPE, None, Checkpoint(path, {"seed": 0}, every=2))
    steps: list[int] = []
    second, _ = tiny(tokenizer)
    kept = Checkpoint(path, {"seed": 0}, every=2)
    found = fit(second, groups(codec), 8, lexicon, RECIPE, lambda step, *_: steps.append(step), kept)
    assert steps == [5, 6, 7, 8]
    assert found == pytest.approx(whole, rel=1e-3)


def test_a_checkpoint_of_another_recipe_is_not_gone_on_from(tokenizer: Tokenizer, tmp_path: Path) -> None:
    model, codec = tiny(tokenizer)
    path = tmp_path / "checkpoint.pt"
    kept = Checkpoint(path, {"seed": 0}, every=1)
    fit(model, islice(groups(codec), 2), 8, lexicon_units(codec), RECIPE, None, kept)
    steps: list[int] = []
    other = Checkpoint(path, {"seed": 1}, every=1)
    fit(model, groups(codec), 8, lexicon_units(codec), RECIPE, lambda step, *_: steps.append(step), other)
    assert steps[0] == 1


def test_prompts_of_a_pack_hold_no_pointer_of_another(tokenizer: Tokenizer) -> None:
    _, codec = tiny(tokenizer)
    for target, example in zip(all_targets(), examples(all_targets(), codec, random.Random(1)), strict=True):
        named = {name for unit in example.prompt if (name := codec.name(unit))}
        assert not named & {"A.card", "wishes"} or target.pack == "generic"
        assert not named & {"A.director", "wish.genre"} or target.pack == "movies"
        assert set(target.text.pointers) <= named
