"""A list that is good and not all the same: maximal marginal relevance (Carbonell & Goldstein 1998)."""

from __future__ import annotations

import numpy as np


def diverse(relevance: np.ndarray, alike: np.ndarray, size: int, diversity: float) -> list[int]:
    """Pick `size` places: the best first, then by (1 - diversity) relevance - diversity likeness to those picked.

    Args:
        relevance: how good each is; brought to 0..1 here, so that the two can be weighed.
        alike: cosines of each with each.
        diversity: 0 (by relevance alone) to 1 (by unlikeness alone, after the first).
    """
    if not len(relevance):
        return []
    span = np.ptp(relevance)
    merit = (1 - diversity) * (relevance - relevance.min()) / max(float(span), 1e-9)
    picked: list[int] = []
    nearest = np.zeros(len(relevance))
    while len(picked) < min(size, len(relevance)):
        best = int(np.argmax(relevance)) if not picked else int(np.argmax(merit - diversity * nearest))
        picked.append(best)
        merit[best] = -np.inf
        nearest = np.maximum(nearest, alike[best])
    return picked
