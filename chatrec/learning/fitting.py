"""Fitting of the networks of `chatrec.dialogue.network` to examples, by AdamW with dropout of features, numbers and units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor, nn

from chatrec.dialogue.features import coarse, hashed
from chatrec.dialogue.network import DENSE, SCALE, Network, Vector

_WIDE, _COARSE, _HIDDEN = 2**14, 2**10, 192
"""Places of the two tables, and hidden units."""

_DROPPED_FEATURES, _DROPPED_NUMBERS, _DROPPED_UNITS = 0.3, 0.2, 0.4
_ROUNDS, _BATCH, _RATE = 30, 128, 2e-3
"""From a comparison on messages by authors that were not trained on."""


@dataclass
class Examples:
    """The features of each example, its vector, and its labels."""

    features: list[set[str]] = field(default_factory=list)
    vectors: list[Vector] = field(default_factory=list)
    labels: list[set[str]] = field(default_factory=list)

    def add(self, features: set[str], vector: Vector, labels: set[str]) -> None:
        """Add one example."""
        self.features.append(features)
        self.vectors.append(vector)
        self.labels.append(labels)

    def extend(self, other: Examples) -> None:
        """Add the examples of another collection."""
        self.features.extend(other.features)
        self.vectors.extend(other.vectors)
        self.labels.extend(other.labels)

    def only(self, kept: Sequence[int]) -> Examples:
        """Return some of the examples."""
        each = ([values[at] for at in kept] for values in (self.features, self.vectors, self.labels))
        return Examples(*each)  # type: ignore[arg-type]


class _WideDeep(nn.Module):
    """A network while it is fitted; the numbers of a vector and the coarse features go into the hidden units."""

    def __init__(self, numbers: int, labels: int) -> None:
        super().__init__()
        self.wide = nn.EmbeddingBag(_WIDE, labels, mode="sum")
        self.coarse = nn.EmbeddingBag(_COARSE, _HIDDEN, mode="sum")
        self.dense, self.out = nn.Linear(numbers, _HIDDEN), nn.Linear(_HIDDEN, labels)
        nn.init.zeros_(self.wide.weight)
        nn.init.uniform_(self.coarse.weight, -0.05, 0.05)

    def forward(self, wide: Sequence[list[int]], rough: Sequence[list[int]], vectors: Tensor) -> Tensor:
        """Return one number an example and label, from the places of its features and its vector."""
        dropped = nn.functional.dropout(vectors, _DROPPED_NUMBERS, self.training)
        known = self._bag(self.coarse, rough, [1.0] * len(rough), _DROPPED_NUMBERS)
        hidden = torch.relu(self.dense(DENSE * dropped) + known)
        straight = self._bag(
            self.wide, wide, [SCALE / len(places) ** 0.5 for places in wide], _DROPPED_FEATURES
        )
        found: Tensor = self.out(nn.functional.dropout(hidden, _DROPPED_UNITS, self.training)) + straight
        return found

    def _bag(
        self, table: nn.EmbeddingBag, places: Sequence[list[int]], scales: Sequence[float], dropped: float
    ) -> Tensor:
        sizes = torch.tensor([len(each) for each in places])
        each = torch.repeat_interleave(torch.tensor(scales), sizes)
        shares = nn.functional.dropout(each, dropped, self.training)
        flat = torch.tensor([place for some in places for place in some])
        bags: Tensor = table(flat, torch.cumsum(sizes, 0) - sizes, per_sample_weights=shares)
        return bags


def fit_network(data: Examples, labels: Sequence[str], exclusive: bool, seed: int) -> Network:
    """Fit a network to examples, each of which has one of the labels (`exclusive`) or any number of them."""
    torch.manual_seed(seed)
    vectors = torch.from_numpy(np.array(data.vectors, np.float32))
    wide = [hashed(features, _WIDE) for features in data.features]
    rough = [hashed(coarse(features), _COARSE) for features in data.features]
    right = torch.tensor([[float(label in own) for label in labels] for own in data.labels])
    module = _WideDeep(vectors.shape[1], len(labels))
    optimizer = torch.optim.AdamW(module.parameters(), lr=_RATE, weight_decay=1e-2)
    for _ in range(_ROUNDS):
        for batch in torch.split(torch.randperm(len(wide)), _BATCH):
            rows = batch.tolist()
            found = module([wide[at] for at in rows], [rough[at] for at in rows], vectors[batch])
            optimizer.zero_grad()
            _loss(found, right[batch], exclusive).backward()  # type: ignore[no-untyped-call]
            optimizer.step()
    return _kept(module, labels)


def _loss(found: Tensor, right: Tensor, exclusive: bool) -> Tensor:
    if exclusive:
        return nn.functional.cross_entropy(found, right)
    return nn.functional.binary_cross_entropy_with_logits(found, right, reduction="sum") / len(right)


def _kept(module: _WideDeep, labels: Sequence[str]) -> Network:
    weights = (
        module.wide.weight, module.coarse.weight, module.dense.weight.T, module.dense.bias[None],
        module.out.weight.T, module.out.bias[None],
    )  # fmt: skip
    parts = (weight.detach().numpy() for weight in weights)
    return Network(tuple(labels), np.full(len(labels), 0.5), *parts)
