"""Places of entities from the graph alone: ComplEx (Trouillon et al. 2016), trained by a softmax over sampled tails.

Written in numpy, with the gradients spelled out, so that a pack can be compiled without a deep learning library.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix

from chatrec.config import settings
from chatrec.grounding.ranking.catalogue import Catalogue
from chatrec.grounding.ranking.vectors import unit

_RANK = 32
_EPOCHS = 4
_BATCH = 2048
_RATE = 0.1
_NEGATIVES = 500
_MOST = 400_000
"""Of a larger graph, so many edges are seen an epoch."""
_FORMAT = b"1"
"""Part of every cache key: raise it when the training changes."""


@dataclass(eq=False)
class _Table:
    """Complex vectors with the state of Adagrad (Duchi et al. 2011)."""

    values: np.ndarray
    squares: np.ndarray

    @classmethod
    def drawn(cls, size: int, draw: np.random.Generator) -> _Table:
        parts = 0.1 * draw.standard_normal((2, size, _RANK))
        return cls((parts[0] + 1j * parts[1]).astype(np.complex64), np.zeros((size, 2 * _RANK), np.float32))

    def descend(self, rows: np.ndarray, slopes: np.ndarray) -> None:
        """Take a step against the slopes of these rows; those of a row that comes twice are added."""
        touched, place = np.unique(rows, return_inverse=True)
        pick = csr_matrix((np.ones(len(rows), np.float32), (place, np.arange(len(rows)))))
        slope = pick @ np.hstack([slopes.real, slopes.imag])
        self.squares[touched] += slope**2
        step = _RATE * slope / (np.sqrt(self.squares[touched]) + 1e-10)
        self.values[touched] -= step[:, :_RANK] + 1j * step[:, _RANK:]


def kept_places(catalogue: Catalogue) -> np.ndarray:
    """Return the places of a catalogue's entities, from the cache where they were learnt before."""
    folder = settings().cache_dir / "embeddings"
    path = folder / f"{_digest(catalogue)}.npy"
    if path.is_file():
        return unit(np.load(path).astype(np.float32))
    places = embed(catalogue, 0)
    folder.mkdir(parents=True, exist_ok=True)
    handle, partial = tempfile.mkstemp(dir=folder, suffix=".npy")
    os.close(handle)
    np.save(partial, places.astype(np.float16))
    Path(partial).replace(path)
    return unit(places.astype(np.float16).astype(np.float32))


def _digest(catalogue: Catalogue) -> str:
    digest = hashlib.sha256(_FORMAT)
    digest.update("\n".join((*catalogue.links, *catalogue.names)).encode())
    digest.update(_triples(catalogue).tobytes())
    return digest.hexdigest()[:24]


def embed(catalogue: Catalogue, seed: int) -> np.ndarray:
    """Return a unit vector of 64 an entity (entities x 64, float32); the same seed gives the same vectors."""
    draw = np.random.default_rng(seed)
    triples = _triples(catalogue)
    size = len(catalogue.names)
    entities = _Table.drawn(size, draw)
    relations = _Table.drawn(2 * max(len(catalogue.links), 1), draw)
    for _ in range(_EPOCHS):
        seen = draw.permutation(len(triples))[:_MOST]
        for places in np.array_split(seen, len(seen) // _BATCH + 1):
            if len(places):
                _step(entities, relations, triples[places], draw.integers(size, size=_NEGATIVES))
    return unit(np.hstack([entities.values.real, entities.values.imag])).astype(np.float32)


def _step(entities: _Table, relations: _Table, batch: np.ndarray, others: np.ndarray) -> None:
    """Learn from a batch of edges: the tail of each against the same drawn others (softmax cross entropy)."""
    head, relation = entities.values[batch[:, 0]], relations.values[batch[:, 1]]
    tail, other = entities.values[batch[:, 2]], entities.values[others]
    query = head * relation
    right = (query * tail.conj()).real.sum(axis=1, keepdims=True)
    scores = np.hstack([right, (query @ other.conj().T).real])
    share = np.exp(scores - scores.max(axis=1, keepdims=True))
    share /= share.sum(axis=1, keepdims=True)
    share[:, 0] -= 1
    share /= len(batch)
    slope = share[:, :1] * tail + share[:, 1:] @ other
    relations.descend(batch[:, 1], slope * head.conj())
    entities.descend(
        np.concatenate([batch[:, 0], batch[:, 2], others]),
        np.concatenate([slope * relation.conj(), share[:, :1] * query, share[:, 1:].T @ query]),
    )


def _triples(catalogue: Catalogue) -> np.ndarray:
    """Return head, relation, tail of every edge, both ways (the inverse is a relation of its own)."""
    parts = [np.empty((0, 3), dtype=int)]
    for number, links in enumerate(catalogue.links.values()):
        edges = links.tocoo()
        heads, tails = catalogue.items[edges.row], edges.col
        for relation, one, other in ((2 * number, heads, tails), (2 * number + 1, tails, heads)):
            parts.append(np.column_stack([one, np.full(len(one), relation), other]))
    return np.concatenate(parts)
