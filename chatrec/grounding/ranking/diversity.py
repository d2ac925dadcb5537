"""A list that is good and not all the same: maximal marginal relevance (Carbonell & Goldstein 1998)."""

from __future__ import annotations

import numpy as np

_LEAST = 1e-6
"""What relevance counts at least, so that the best comes first whatever the diversity."""


def diverse(relevance: np.ndarray, alike: np.ndarray, size: int, diversity: float) -> list[int]:
    """Pick `size` places by (1 - diversity) relevance - diversity likeness to those picked; the best comes first.

    Args:
        relevance: how good each is; brought to 0..1 here, so that the two can be weighed.
        alike: cosines of each with each.
        size: how many.
        diversity: 0 (by relevance alone) to 1 (by unlikeness alone, after the first).
    """
    if not len(relevance):
        return []
    whole = (relevance - relevance.min()) / max(float(np.ptp(relevance)), 1e-9)
    return by_marginal_relevance(max(1 - diversity, _LEAST) * whole, alike, size, diversity)


def by_marginal_relevance(merit: np.ndarray, alike: np.ndarray, size: int, weight: float) -> list[int]:
    """Pick places one after the other by merit less the weighted likeness to the most alike of those picked."""
    left, nearest = merit.astype(float), np.zeros(len(merit))
    picked: list[int] = []
    while len(picked) < min(size, len(merit)):
        best = int(np.argmax(left - weight * nearest))
        picked.append(best)
        left[best] = -np.inf
        nearest = np.maximum(nearest, alike[best])
    return picked
