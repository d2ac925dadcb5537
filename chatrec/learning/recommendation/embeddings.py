"""Vectors of entities from the graph alone: ComplEx (Trouillon et al. 2016), trained by softmax over all tails."""

from __future__ import annotations

import numpy as np
import torch

from chatrec.learning.recommendation.corpus import Catalogue

_RANK = 32
_EPOCHS = 4
_BATCH = 2048
_RATE = 0.1
_NEGATIVES = 500


def embed(catalogue: Catalogue, seed: int) -> np.ndarray:
    """Return a unit vector of 64 an entity (entities x 64, float32); the same seed gives the same vectors."""
    triples = torch.tensor(_triples(catalogue))
    draw = torch.Generator().manual_seed(seed)
    size = len(catalogue.names)
    entities = torch.nn.Parameter(0.1 * torch.randn(size, 2 * _RANK, generator=draw))
    relations = torch.nn.Parameter(0.1 * torch.randn(2 * len(catalogue.links), 2 * _RANK, generator=draw))
    optimiser = torch.optim.Adagrad([entities, relations], lr=_RATE)
    for _ in range(_EPOCHS):
        for batch in torch.split(triples[torch.randperm(len(triples), generator=draw)], _BATCH):
            others = torch.randint(size, (_NEGATIVES,), generator=draw)
            head, relation = entities[batch[:, 0]], relations[batch[:, 1]]
            query = torch.cat(_times(head, relation), dim=1)
            right = (query * entities[batch[:, 2]]).sum(1, keepdim=True)
            scores = torch.cat([right, query @ entities[others].T], dim=1)
            loss = torch.nn.functional.cross_entropy(scores, torch.zeros(len(batch), dtype=torch.long))
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
    found = entities.detach().numpy()
    return np.asarray(
        found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9), dtype=np.float32
    )


def _times(one: torch.Tensor, other: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the real and the imaginary part of the product of complex vectors."""
    a, b = one.chunk(2, dim=1)
    c, d = other.chunk(2, dim=1)
    return a * c - b * d, a * d + b * c


def _triples(catalogue: Catalogue) -> np.ndarray:
    """Return head, relation, tail of every edge, both ways (the inverse is a relation of its own)."""
    parts = []
    for number, links in enumerate(catalogue.links.values()):
        edges = links.tocoo()
        heads, tails = catalogue.items[edges.row], edges.col
        for relation, one, other in ((2 * number, heads, tails), (2 * number + 1, tails, heads)):
            parts.append(np.column_stack([one, np.full(len(one), relation), other]))
    return np.concatenate(parts)
