"""What all users together think of an item: Beta-Bernoulli posteriors over likes and dislikes, and a little exploration.

An item that nobody rated, like any item where there are no tallies at all, has a score of 0. The strong prior lets a few
votes move little. Exploration gives the last place of some lists to an item drawn by Thompson sampling (Chapelle & Li
2011): each candidate's chance of being liked is drawn from its posterior, and the highest draw is shown.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence

import numpy as np

Tallies = Mapping[str, tuple[int, int]]
"""How often each item (by IRI) was liked and disliked, by all users."""

_STRENGTH = 20.0
"""The prior counts as much as so many votes."""
_BOUND = 0.3
"""A prior score is never farther from 0 than this."""


def prior_scores(items: Sequence[str], tallies: Tallies) -> np.ndarray:
    """Return the score of each item (n), from -_BOUND to _BOUND: how far its posterior mean lies from the average.

    Args:
        items: by IRI (n); the average is taken over them.
        tallies: the votes.
    """
    likes, dislikes = votes(items, tallies)
    average = _average(likes, dislikes)
    count = likes + dislikes
    moved = (likes - average * count) / (_STRENGTH + count)  # the posterior mean less the prior one
    return np.asarray(np.clip(moved, -_BOUND, _BOUND))


def with_explored(
    listed: Sequence[str], others: Sequence[str], tallies: Tallies, share: float, seed: str
) -> tuple[str, ...]:
    """Return a list whose last place may have gone to another item, drawn by Thompson sampling; never the first place.

    Args:
        listed: the list, by IRI.
        others: the candidates for the place; those that are listed already are left out.
        tallies: the votes; without any there is nothing to learn from, and the list stays as it is.
        share: the share of lists that explore, from 0 to 1.
        seed: the same text gives the same list.
    """
    rng = np.random.default_rng(zlib.crc32(seed.encode()))
    unlisted = [iri for iri in others if iri not in listed]
    if not tallies or len(listed) < 2 or not unlisted or rng.random() >= share:
        return tuple(listed)
    likes, dislikes = votes(unlisted, tallies)
    average = _average(likes, dislikes)
    draws = rng.beta(_STRENGTH * average + likes, _STRENGTH * (1 - average) + dislikes)
    return (*listed[:-1], unlisted[int(np.argmax(draws))])


def votes(items: Sequence[str], tallies: Tallies) -> tuple[np.ndarray, np.ndarray]:
    """Return the likes and the dislikes of each item (n, n)."""
    counts = np.array([tallies.get(iri, (0, 0)) for iri in items], dtype=float).reshape(-1, 2)
    return counts[:, 0], counts[:, 1]


def _average(likes: np.ndarray, dislikes: np.ndarray) -> float:
    """Return the share of likes among all votes, drawn towards one half where there are few."""
    return float((_STRENGTH / 2 + likes.sum()) / (_STRENGTH + likes.sum() + dislikes.sum()))
