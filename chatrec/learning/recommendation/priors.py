"""How likely an item is before anything was said: how often dialogues name it, and how often they name its kin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from scipy.sparse import csr_matrix

_PULL = 3.0
"""How many items of average popularity each attribute is given beforehand."""
_UNKNOWN = -3.0


def priors(links: Mapping[str, csr_matrix], counts: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """Yield the logarithm of each item's count, and by relation how much its attributes' other items exceed the average.

    `counts`: in how many dialogues each row was named. Mean and greatest excess over the attributes of the relation; the
    item itself is left out, so that an item nobody named gets the popularity of its kin.
    """
    yield "prior_named", np.log1p(counts)
    average = max(float(counts.mean()), 1e-9)
    for name, matrix in links.items():
        sizes, named = np.asarray(matrix.sum(axis=0)).ravel(), counts @ matrix
        cells = matrix.tocoo()
        others = named[cells.col] - counts[cells.row] + _PULL * average
        excess = np.log(others / (sizes[cells.col] - 1 + _PULL) / average)
        many = np.bincount(cells.row, minlength=len(counts))
        total = np.bincount(cells.row, weights=excess, minlength=len(counts))
        most = np.full(len(counts), _UNKNOWN)
        np.maximum.at(most, cells.row, excess)
        yield f"prior_{name}", total / np.maximum(many, 1)
        yield f"prior_most_{name}", np.where(many > 0, most, 0.0)
