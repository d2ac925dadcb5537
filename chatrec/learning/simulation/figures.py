"""Figures of simulated conversations, with bootstrap intervals over users."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from chatrec.learning.simulation.conversation import Outcome

_DRAWS = 2000


def of_outcomes(outcomes: Sequence[Outcome], turns: int, items: int, seed: int) -> dict[str, Any]:
    """Return the figures of some conversations.

    `success@K` is the share that had its target listed within K turns, `turns_to_success` the mean of those that had;
    `repeated` and `violating` are shares of the listed items, `missed` the share of the wishes told that were not in
    force after their message, `coverage` the share of all items that were listed at all.
    """
    listed = sum(len(one.listed) for one in outcomes)
    exchanges = [exchange for one in outcomes for exchange in one.exchanges]
    wishes = sum(len(move.wishes) for exchange in exchanges for move in exchange.moves)
    successes = [one.success for one in outcomes if one.success]
    return {
        "conversations": len(outcomes),
        **{f"success@{turn}": share(within(outcomes, turn)) for turn in range(1, turns + 1)},
        "interval": {
            f"success@{turn}": interval(outcomes, within(outcomes, turn), seed)
            for turn in range(1, turns + 1)
        },
        "turns_to_success": round(float(np.mean(successes)), 3) if successes else None,
        "repeated": round(sum(_repeated(one) for one in outcomes) / max(listed, 1), 4),
        "violating": round(sum(len(e.violating) for e in exchanges) / max(listed, 1), 4),
        "missed": round(sum(len(e.missed) for e in exchanges) / max(wishes, 1), 4),
        "likes": _pressed(outcomes, "like"),
        "dislikes": _pressed(outcomes, "dislike"),
        "coverage": round(len({item for one in outcomes for item in one.listed}) / items, 4),
    }


def side_by_side(
    outcomes: Mapping[str, Sequence[Outcome]], turns: int, items: int, seed: int
) -> dict[str, dict[str, Any]]:
    """Return the figures of several ways of conversing with the same users, and what each gains over the first.

    `gain` holds, by way and figure, the gain with its 95% bootstrap interval: [gain, low, high].
    """
    (_, first), *others = outcomes.items()
    return {
        **{way: of_outcomes(group, turns, items, seed) for way, group in outcomes.items()},
        "gain": {way: compared(first, group, turns, seed) for way, group in others},
    }


def compared(
    before: Sequence[Outcome], after: Sequence[Outcome], turns: int, seed: int
) -> dict[str, list[float]]:
    """Return what one way of conversing gains over another with the same users: [gain, low, high] by figure."""
    gains = {}
    for turn in range(1, turns + 1):
        difference = within(after, turn) - within(before, turn)
        gains[f"success@{turn}"] = [share(difference), *interval(before, difference, seed)]
    return gains


def within(outcomes: Sequence[Outcome], turn: int) -> np.ndarray:
    """Return for each conversation whether it succeeded within that many turns (1.0 or 0.0)."""
    return np.array([float(0 < one.success <= turn) for one in outcomes])


def share(values: np.ndarray) -> float:
    """Return the mean, rounded."""
    return round(float(values.mean()), 4)


def interval(outcomes: Sequence[Outcome], values: np.ndarray, seed: int) -> list[float]:
    """Return the 95% bootstrap interval of a mean, drawing users with all their conversations."""
    _, group = np.unique([one.user.seed for one in outcomes], return_inverse=True)
    users = int(group.max()) + 1
    sums, counts = np.bincount(group, values, users), np.bincount(group, minlength=users)
    weights = np.random.default_rng(seed).multinomial(users, np.full(users, 1 / users), size=_DRAWS)
    return [round(float(q), 4) for q in np.quantile((weights @ sums) / (weights @ counts), (0.025, 0.975))]


def _repeated(one: Outcome) -> int:
    return len(one.listed) - len(set(one.listed))


def _pressed(outcomes: Sequence[Outcome], button: str) -> float:
    """Return how often a button was pressed in a conversation, on average."""
    return round(sum(rating == button for one in outcomes for _, rating in one.pressed) / len(outcomes), 3)
