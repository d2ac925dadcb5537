"""Training of the ranker that ships: on dialogues told in the terms of a pack, compared with the formula it replaced."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from chatrec.errors import InputError
from chatrec.grounding.pack import Pack
from chatrec.grounding.ranking.features import FEATURES, MANY, SITUATION
from chatrec.grounding.ranking.network import save
from chatrec.grounding.ranking.of_pack import pack_space
from chatrec.grounding.ranking.vectors import Space
from chatrec.learning.recommendation.figures import of_ranks
from chatrec.learning.recommendation.ranker import Described, Recipe, train
from chatrec.learning.recommendation.transfer import Told, describe_told, filtered, tell

RECIPE = Recipe(epochs=8, hidden=24, members=1, monotone=True)
_HELD_OUT = 5
"""One dialogue in so many is held out."""
_FORMULA = {"known": 0.15, "like_nearest": 1.0}
_WISHED = 0.5
"""Weights of the formula that ranked before there was a network; the last one is for the share of each wish."""

Report = Callable[[int, int, float], None]
"""Is told the step, the number of steps and the loss."""


def train_ranker(
    pack: Pack, folder: Path, file: Path, output: Path, recipe: Recipe, report: Report
) -> dict[str, Any]:
    """Train, compare on held-out dialogues, train on all and write the weights; return the figures.

    Raises InputError where the network finds no more than the formula; nothing is written then.
    """
    told, space = tell(pack, folder, file), pack_space(pack)
    if len({one.dialogue for one in told}) < _HELD_OUT:
        raise InputError(
            f"{file} says too little of the pack {pack.name}.", "Give more dialogues about its items."
        )
    kept, held_out = _split(told, recipe.seed)
    figures = _compared(space, kept, held_out, recipe, report)
    network, formula = (figures[name]["open"]["mrr"] for name in ("network", "formula"))
    if network <= formula:
        raise InputError(
            f"The network is no better than the formula: {network} to {formula}.", "Keep the old weights."
        )
    described = _described(space, told)
    save(output, train(described, recipe, _counted(described, recipe, report)).members)
    return {"situations": len(told), **figures, "bytes": output.stat().st_size}


def _split(told: Sequence[Told], seed: int) -> tuple[list[Told], list[Told]]:
    """Hold out every so many dialogues, drawn at random."""
    names = np.random.default_rng(seed).permutation(sorted({one.dialogue for one in told}))
    out = frozenset(names[::_HELD_OUT].tolist())
    return [one for one in told if one.dialogue not in out], [one for one in told if one.dialogue in out]


def _described(space: Space, told: Sequence[Told]) -> Described:
    """Describe situations both as they are and with their wishes as a filter: the chat knows both."""
    return describe_told(space, [*told, *filtered(space, told)])


def _counted(described: Described, recipe: Recipe, report: Report) -> Callable[[float], None]:
    """Return what counts the steps of a training."""
    steps = recipe.epochs * (len(described.situations) // recipe.batch + 1)
    done = iter(range(1, steps + 1))
    return lambda loss: report(next(done), steps, loss)


def _compared(
    space: Space, kept: Sequence[Told], held_out: Sequence[Told], recipe: Recipe, report: Report
) -> dict[str, Mapping[str, Mapping[str, float]]]:
    """Return the figures of a network and of the formula on held-out dialogues, without and with a filter."""
    training = _described(space, kept)
    ranker = train(training, recipe, _counted(training, recipe, report))
    tests = {"open": held_out, "filtered": filtered(space, held_out)}
    described = {name: describe_told(space, some) for name, some in tests.items() if some}
    return {
        "network": {name: of_ranks(ranks(test, ranker.scores(test))) for name, test in described.items()},
        "formula": {name: of_ranks(ranks(test, formula_scores(test))) for name, test in described.items()},
    }


def formula_scores(described: Described) -> np.ndarray:
    """Return the scores of the formula that ranked before, situations x items."""
    values = dict(zip(FEATURES, np.moveaxis(described.features.astype(np.float32), -1, 0), strict=True))
    wishes = described.context[:, SITUATION.index("wishes")][:, None]
    said = sum(weight * values[name] for name, weight in _FORMULA.items())
    return np.asarray(said + _WISHED * MANY * wishes * values["wished_share"])


def ranks(described: Described, scores: np.ndarray) -> np.ndarray:
    """Return the rank, from 1, of every target among the candidates; ties count against it."""
    allowed = scores if described.barred is None else np.where(described.barred, -np.inf, scores)
    pairs = [(place, row) for place, one in enumerate(described.situations) for row in one.targets]
    return np.array([int((allowed[place] >= scores[place, row]).sum()) for place, row in pairs])
