"""Items as vectors: of the values that they are linked to, of the words written about them, of their place in the graph."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix, diags

from chatrec.grounding.ranking.catalogue import Catalogue

_WORD = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True, eq=False)
class Vectors:
    """Some items as vectors, a row each.

    Attributes:
        parts: one matrix of items x entities a relation, weighted by rarity; all parts of an item together have length 1.
        words: items x words, weighted by rarity, each of length 1 (or empty).
        places: items x dimensions, where an embedding of the graph puts them, each of length 1.
        known: how well known each is, from 0 to 1.
    """

    parts: tuple[csr_matrix, ...]
    words: csr_matrix
    places: np.ndarray
    known: np.ndarray

    def at(self, rows: Sequence[int] | np.ndarray) -> Vectors:
        """Return the vectors of these rows, in this order."""
        index = np.asarray(rows, dtype=int)
        parts = tuple(part[index] for part in self.parts)
        return Vectors(parts, self.words[index], self.places[index], self.known[index])

    def likeness(self, others: Vectors) -> np.ndarray:
        """Return the cosines with other items, items x others."""
        pairs = zip(self.parts, others.parts, strict=True)
        nothing = np.zeros((len(self.known), len(others.known)))
        return np.asarray(sum((one @ other.T.toarray() for one, other in pairs), nothing))


@dataclass(frozen=True, eq=False)
class Space:
    """A catalogue with the vectors of all its items, computed once, and the places of all entities."""

    catalogue: Catalogue
    vectors: Vectors
    places: np.ndarray


def make_space(catalogue: Catalogue, places: np.ndarray) -> Space:
    """Compute the vectors of a catalogue; `places` are entities x dimensions, each of length 1."""
    parts = [
        catalogue.weights.get(name, 1.0) * rarity_weighted(links) for name, links in catalogue.links.items()
    ]
    squares = sum((part.multiply(part).sum(axis=1) for part in parts), np.zeros((len(catalogue.items), 1)))
    scale = diags(1 / np.maximum(np.sqrt(np.asarray(squares).ravel()), 1e-9))
    known = np.zeros(len(catalogue.items)) if catalogue.known is None else catalogue.known
    vectors = Vectors(
        tuple(csr_matrix(scale @ part, dtype=np.float32) for part in parts),
        _words(catalogue.texts),
        places[catalogue.items],
        np.asarray(known / max(known.max(initial=0), 1e-9), dtype=np.float32),
    )
    return Space(catalogue, vectors, places)


def rarity_weighted(links: csr_matrix) -> csr_matrix:
    """Weight each value by the logarithm of how rare it is (inverse document frequency)."""
    counts = np.asarray(links.sum(axis=0)).ravel()
    return csr_matrix(links @ diags(np.log(1 + links.shape[0] / np.maximum(counts, 1))))


def _words(texts: Sequence[str]) -> csr_matrix:
    """Return unit vectors of the words of each text."""
    numbers: dict[str, int] = {}
    cells = {
        (row, numbers.setdefault(word, len(numbers)))
        for row, text in enumerate(texts)
        for word in _WORD.findall(text.lower())
    }
    rows, columns = np.array(sorted(cells), dtype=int).reshape(-1, 2).T
    found = csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(texts), max(len(numbers), 1)))
    return unit_rows(rarity_weighted(found))


def unit_rows(matrix: csr_matrix) -> csr_matrix:
    """Scale each row to length 1; an empty one stays empty."""
    norms = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    return csr_matrix(diags(1 / np.maximum(norms, 1e-9)) @ matrix, dtype=np.float32)


def unit(rows: np.ndarray) -> np.ndarray:
    """Scale each row to length 1; an empty one stays empty."""
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-9))
