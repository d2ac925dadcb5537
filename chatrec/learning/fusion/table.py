"""The table of fusions: the same replies learnt with and without each, the same situations answered under each guidance."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, get_args

import torch

from chatrec.generation.conversation import Codec
from chatrec.generation.guard import Guard
from chatrec.generation.model import Loaded, PointerLM
from chatrec.generation.plan import Plan
from chatrec.generation.reply import Replier, clean
from chatrec.grounding.pack import Pack
from chatrec.learning.checker import Checker
from chatrec.learning.dataset import Example, all_targets, examples, split
from chatrec.learning.evaluation import Written, figures_of, written_by
from chatrec.learning.fusion.guidance import Guidance, GuidedWriter, freely
from chatrec.learning.fusion.knowledge import FusedLM, Items, verbalised
from chatrec.learning.situations import situations
from chatrec.learning.training import (
    Recipe,
    batches,
    evaluate,
    fit,
    grouped,
    lexicon_units,
    prepare,
    steps_of,
)

Say = Callable[[str, int, int], None]
"""Called with what is done, how much of it, and of how much."""
_SHOWN = ("unsupported", "complete", "equal_to_a_target", "distinct_2", "mean_characters")


@dataclass(frozen=True, slots=True)
class Variant:
    """A way of training: whether descriptions are read first, and whether items stand in the input."""

    name: str
    triples: bool = False
    places: bool = False


VARIANTS = (
    Variant("replies alone"),
    Variant("triples first", triples=True),
    Variant("places in the input", places=True),
    Variant("both", triples=True, places=True),
)


def fusion_table(
    pack: Pack, recipe: Recipe, triples: int, count: int, say: Say, seed: int = 5
) -> Iterator[dict[str, Any]]:
    """Train each variant alike and yield its figures, one guidance after the other.

    Args:
        pack: gives triples and situations; the recipe's pack.
        recipe: of the training on replies, the same for all.
        triples: how many descriptions are read before the replies, once each.
        count: how many situations are answered under each guidance.
        say: told how far it is.
        seed: of the situations.
    """
    languages = pack.schema.languages
    plans = [
        plan for lang in languages for plan in situations(pack).plans(lang, count // len(languages), seed)
    ]
    for variant in VARIANTS:
        model, codec, items, perplexity = _trained(pack, recipe, variant, triples, say)
        writer = _writer(pack, model, codec, items)
        for guidance in get_args(Guidance):
            writer.guidance = guidance
            found = figures_of(list(_replies(pack, writer, plans, f"{variant.name}, {guidance}", say)))
            row = {"training": variant.name, "perplexity": perplexity, "guidance": guidance}
            yield row | {name: found[name] for name in _SHOWN}


def _trained(
    pack: Pack, recipe: Recipe, variant: Variant, triples: int, say: Say
) -> tuple[PointerLM, Codec, Items | None, float]:
    """Train a variant; return it ready to write, with its perplexity on held-out wordings."""
    model, codec = prepare(recipe)
    items = Items.of(pack, codec) if variant.places else None
    if items:
        model = FusedLM(model.base, model.pointer_rows.detach(), items.places)
    if variant.triples:
        _read_triples(model, list(verbalised(pack, codec, triples, random.Random(recipe.seed))), recipe, say)
    learn, held = split(all_targets(packs=recipe.packs), recipe.held_out, recipe.seed)
    lexicon, rng = lexicon_units(codec, recipe.packs), random.Random(recipe.seed)

    def seen(made: Sequence[Example]) -> list[Example]:
        return [items.beside_any(example, codec, rng) for example in made] if items else list(made)

    groups = (seen(group) for group in batches(learn, codec, recipe))
    steps = steps_of(learn, recipe)
    fit(model, groups, steps, lexicon, recipe, lambda done, of, _: say(f"training: {variant.name}", done, of))
    loss = evaluate(model, seen(list(examples(held, codec, random.Random(99)))), lexicon)
    model.base = model.base.merge_and_unload()
    return model.packed(), codec, items, round(math.exp(loss), 2)


def _read_triples(model: PointerLM, made: list[Example], recipe: Recipe, say: Say) -> None:
    lexicon = torch.tensor(sorted({unit for example in made for unit in example.reply}))
    groups = grouped(made, recipe.batch, random.Random(recipe.seed))
    fit(
        model,
        iter(groups),
        len(groups),
        lexicon,
        recipe,
        lambda done, of, _: say("reading triples", done, of),
    )


def _writer(pack: Pack, model: PointerLM, codec: Codec, items: Items | None) -> GuidedWriter:
    guard = Guard(pack.entries, pack.schema.name_slot.name)
    replies = {language: clean(language, guard, pack.schema.pack) for language in pack.schema.languages}
    writer = GuidedWriter(Loaded(model, codec), replies, 1.0)
    writer.items = items
    return writer


def _replies(
    pack: Pack, writer: GuidedWriter, plans: Sequence[Plan], doing: str, say: Say
) -> Iterator[Written]:
    checker = Checker.of(pack)
    replier = Replier(Guard(pack.entries, pack.schema.name_slot.name), writer, 60)
    for done, plan in enumerate(plans, 1):
        whole = writer.guidance == "whole"
        yield written_by(replier, plan, checker) if whole else freely(writer, plan, checker)
        say(doing, done, len(plans))
