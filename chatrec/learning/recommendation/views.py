"""Items as vectors of their text, their attributes and the graph: what was named is compared, what will come is predicted.

`Expectation` is a ridge regression from a situation to the vector of the item that was recommended in it, so that items
that no dialogue named can be reached as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix, diags, hstack

from chatrec.grounding.ranking.catalogue import Catalogue
from chatrec.grounding.ranking.vectors import unit

_TEXT, _ATTRIBUTES = 128, 96
_CONTEXT = 3.0
"""Weight of the words against that of the mentions."""
_RIDGE = 30.0


@dataclass(frozen=True, eq=False)
class Views:
    """Unit vectors of every row by what they are made of, and how mentions are read as such."""

    items: dict[str, np.ndarray]
    """Rows x dimensions, under "text", "attributes" and "graph"."""
    embedding: np.ndarray
    """Unit vectors of all entities, from the graph."""
    pick: csr_matrix
    """Entities x rows: 1 where the entity is the item of the row."""

    def of_mentions(self, mentions: csr_matrix, name: str) -> np.ndarray:
        """Return the unit mean of what was named (mentions: situations x entities) in one view."""
        if name == "graph":
            return unit(mentions @ self.embedding)
        return unit((mentions @ self.pick) @ self.items[name])


def make_views(catalogue: Catalogue, embedding: np.ndarray, seed: int) -> Views:
    """Make the vectors of all items by latent semantic analysis of their texts and of their attributes."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    words = TfidfVectorizer(
        sublinear_tf=True, min_df=min(2, len(catalogue.items) // 50 + 1), dtype=np.float32
    )
    count = len(catalogue.items)
    links = [
        matrix @ diags(np.sqrt(np.log(1 + count / np.maximum(np.asarray(matrix.sum(axis=0)).ravel(), 1))))
        for matrix in catalogue.links.values()
    ]
    items = {
        "text": _reduced(words.fit_transform(catalogue.texts), _TEXT, seed),
        "attributes": _reduced(csr_matrix(hstack(links)), _ATTRIBUTES, seed),
        "graph": embedding[catalogue.items],
    }
    cells = np.ones(count, dtype=np.float32), (catalogue.items, np.arange(count))
    return Views(items, embedding, csr_matrix(cells, shape=(len(catalogue.names), count)))


def _reduced(matrix: csr_matrix, dimensions: int, seed: int) -> np.ndarray:
    from sklearn.decomposition import TruncatedSVD

    dimensions = min(dimensions, min(matrix.shape) - 1)
    fitted = TruncatedSVD(max(dimensions, 1), random_state=seed, n_iter=3)
    return unit(fitted.fit_transform(matrix)).astype(np.float32)


@dataclass(frozen=True, eq=False)
class Expectation:
    """Weights from situations to the vectors of items, one matrix a view; `mean` is that of the situations."""

    mean: np.ndarray
    weights: dict[str, np.ndarray]


def expect(views: Views, situations: np.ndarray, targets: csr_matrix) -> Expectation:
    """Learn what to expect from vectors of situations (`situation_vectors`) and their targets (situations x rows)."""
    places, rows = targets.nonzero()
    inputs = situations[places]
    mean = inputs.mean(axis=0)
    inputs = inputs - mean
    square = inputs.T @ inputs + _RIDGE * np.eye(inputs.shape[1])
    weights = {
        name: np.linalg.solve(square, inputs.T @ (items[rows] - items.mean(axis=0))).astype(np.float32)
        for name, items in views.items.items()
    }
    return Expectation(mean, weights)


def situation_vectors(views: Views, context: np.ndarray, mentions: csr_matrix) -> np.ndarray:
    """Return what a situation is known by: its words, and what was named in each view."""
    named = [views.of_mentions(mentions, name) for name in views.items]
    return np.hstack([_CONTEXT * context, *named]).astype(np.float32)


def likeness(views: Views, mentions: dict[str, csr_matrix]) -> Iterator[tuple[str, np.ndarray]]:
    """Yield the cosines of each item with what was named, by text and by attributes; `mentions` by how they are counted."""
    for how, matrix in mentions.items():
        for name in ("text", "attributes"):
            yield f"like_{name}_{how}", views.of_mentions(matrix, name) @ views.items[name].T


def expected(
    views: Views, expectation: Expectation, situations: np.ndarray
) -> Iterator[tuple[str, np.ndarray]]:
    """Yield how well each item fits what is expected in each situation, one view at a time."""
    for name, weights in expectation.weights.items():
        yield f"expected_{name}", ((situations - expectation.mean) @ weights) @ views.items[name].T
