"""Training of the ranker that ships: on situations in a pack, compared with the formula that ranked before."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from chatrec.errors import InputError
from chatrec.grounding.pack import Pack
from chatrec.grounding.ranking.features import FEATURES, MANY, SITUATION
from chatrec.grounding.ranking.network import Network, in_use, save, scores
from chatrec.grounding.ranking.of_pack import pack_space
from chatrec.grounding.ranking.vectors import Space
from chatrec.learning.recommendation.drawn import draw
from chatrec.learning.recommendation.figures import of_ranks
from chatrec.learning.recommendation.monotone import Lesson, Report, train
from chatrec.learning.recommendation.ranker import Recipe
from chatrec.learning.recommendation.transfer import Told, filtered, lesson

_DRAWN = 1500
"""How many situations are drawn from the pack for training."""
_HELD_OUT = 5
"""One dialogue in so many is held out, and for so many drawn situations one more for comparing."""
_FORMULA = {"known": 0.15, "like_nearest": 1.0}
_WISHED = 0.5
"""Weights of the formula that ranked before there was a network; the last one is for the share of each wish."""

Figures = dict[str, dict[str, float]]
"""By kind of situation."""


@dataclass(frozen=True)
class Rival:
    """What a new network is compared with: its name, and its scores of a lesson (situations x items)."""

    name: str
    scores: Callable[[Lesson], np.ndarray]


@dataclass(frozen=True)
class Material:
    """What a ranker is trained on, and what it is compared on, by kind of situation."""

    training: tuple[Told, ...]
    tests: Mapping[str, tuple[Told, ...]]

    @classmethod
    def gather(cls, pack: Pack, told: Sequence[Told], seed: int) -> Material:
        """Hold out dialogues; add the same situations with their wishes as a filter, and some drawn from the pack."""
        space, drawn = pack_space(pack), tuple(draw(pack, _DRAWN + _DRAWN // _HELD_OUT, seed))
        names = np.random.default_rng(seed).permutation(sorted({one.dialogue for one in told}))
        out = frozenset(names[::_HELD_OUT].tolist())
        kept = tuple(one for one in told if one.dialogue not in out)
        held_out = tuple(one for one in told if one.dialogue in out)
        tests = {"dialogues": held_out, "filtered": filtered(space, held_out), "drawn": drawn[_DRAWN:]}
        training = (*kept, *filtered(space, kept), *drawn[:_DRAWN])
        return cls(training, {name: some for name, some in tests.items() if some})

    def everything(self) -> tuple[Told, ...]:
        """Return all situations, those for comparing too."""
        return (*self.training, *(one for some in self.tests.values() for one in some))


def train_ranker(
    pack: Pack, told: Sequence[Told], output: Path, recipe: Recipe, report: Report, rival: Rival
) -> dict[str, Any]:
    """Train, compare with a rival on what was held out, train on all and write the weights; return the figures.

    Without situations that were told all are drawn from the pack. Raises InputError where the network finds no more than
    the rival; nothing is written then.
    """
    material, space = Material.gather(pack, told, recipe.seed), pack_space(pack)
    figures = compare(space, material, train(lesson(space, material.training), recipe, report), rival)
    refuse_worse(figures, rival.name)
    save(output, train(lesson(space, material.everything()), recipe, report))
    return {"situations": len(material.everything()), **figures, "bytes": output.stat().st_size}


def refuse_worse(figures: Mapping[str, Figures], rival: str) -> None:
    """Raise InputError where the network finds no more than the rival in the first kind of situation."""
    (kind, network), theirs = next(iter(figures["network"].items())), figures[rival]
    if network["mrr"] <= theirs[kind]["mrr"]:
        raise InputError(
            f"The network is no better than the {rival}: MRR {network['mrr']} to {theirs[kind]['mrr']}.",
            "Keep the weights there are, or give more dialogues.",
        )


def compare(
    space: Space, material: Material, networks: tuple[Network, ...], rival: Rival
) -> dict[str, Figures]:
    """Return the figures of networks and of their rival, by kind of situation."""
    found: dict[str, Figures] = {"network": {}, rival.name: {}}
    for kind, told in material.tests.items():
        test = lesson(space, told)
        found["network"][kind] = of_ranks(ranks(test, scores(networks, test.features, test.context)))
        found[rival.name][kind] = of_ranks(ranks(test, rival.scores(test)))
    return found


def ranker_in_use() -> Rival:
    """Return the network that ranks in the chat, to be compared with."""
    networks = in_use()
    return Rival("ranker in use", lambda test: scores(networks, test.features, test.context))


def formula_scores(test: Lesson) -> np.ndarray:
    """Return the scores of the formula that ranked before, situations x items."""
    values = dict(zip(FEATURES, np.moveaxis(test.features.astype(np.float32), -1, 0), strict=True))
    wishes = test.context[:, SITUATION.index("wishes")][:, None]
    said = sum(weight * values[name] for name, weight in _FORMULA.items())
    return np.asarray(said + _WISHED * MANY * wishes * values["wished_share"])


FORMULA = Rival("formula", formula_scores)


def ranks(test: Lesson, scored: np.ndarray) -> np.ndarray:
    """Return the rank, from 1, of every target among the candidates; ties count against it."""
    allowed = np.where(test.barred, -np.inf, scored)
    beaten = [(allowed[place] >= scored[place, row]).sum() for place, row in np.argwhere(test.right)]
    return np.array(beaten, dtype=int)
