"""What a ranker is trained on: of each situation its targets, the hardest rivals and random items, instead of all items.

That keeps a corpus of thousands of situations in memory, and a batch small. A random item stands for all that were not
drawn, so the logarithm of how many it stands for is added to its score (sampled softmax, Jean et al. 2015).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from chatrec.learning.recommendation.corpus import MISSING, Situation

_MOST, _HARD, _POOL, _DRAWN = 4, 300, 400, 200
"""Of a situation: at most so many targets, hard rivals, random items that are kept, and those of them in each batch."""
_OUT = -1e4
"""Added to the score of a second copy of an item."""


@dataclass(frozen=True, eq=False)
class Described:
    """Situations with their features (situations x items x features, float16), their context vectors, and the targets."""

    features: np.ndarray
    context: np.ndarray
    situations: Sequence[Situation]
    names: tuple[str, ...]
    """Of the features."""

    def batch(self, places: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
        """Return features and contexts of these situations as tensors."""
        return torch.from_numpy(self.features[places]).float(), torch.from_numpy(self.context[places]).float()


@dataclass(frozen=True, eq=False)
class Sampled(Described):
    """The same of chosen items: `rows` (situations x chosen), the targets first, then hard rivals, then random ones."""

    rows: np.ndarray
    items: int
    """How many items the catalogue has."""

    def scale(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the mean and the spread of each feature over the random items."""
        flat = torch.from_numpy(self.features[::7, -_POOL:]).float().flatten(0, 1)
        return flat.mean(0), flat.std(0) + 1e-3

    def learnable(self) -> np.ndarray:
        """Return the places of situations with a target that the catalogue has."""
        return np.array([i for i, one in enumerate(self.situations) if max(one.targets) != MISSING])

    def drawn(self, places: np.ndarray, draw: np.random.Generator) -> tuple[torch.Tensor, ...]:
        """Return features and contexts of a batch, which items are right, and what is added to each score."""
        fixed = self.rows.shape[1] - _POOL
        columns = np.concatenate([np.arange(fixed), fixed + draw.choice(_POOL, _DRAWN, replace=False)])
        features = torch.from_numpy(self.features[places[:, None], columns]).float()
        weight = np.where(np.arange(len(columns)) < fixed, 0.0, np.log(max(self.items / _DRAWN, 1)))
        right, extra = [], []
        for place in places.tolist():
            rows = self.rows[place, columns]
            first = np.zeros(len(rows), dtype=bool)
            first[np.unique(rows, return_index=True)[1]] = True
            right.append(first & np.isin(rows, self.situations[place].targets))
            extra.append(np.where(first, weight, _OUT))
        context = torch.from_numpy(self.context[places]).float()
        added = torch.from_numpy(np.array(extra, dtype=np.float32))
        return features, context, torch.from_numpy(np.array(right)), added


def sample(described: Described, draw: np.random.Generator) -> Sampled:
    """Choose the items of each situation; the hard rivals are those for which the features, put to one scale, sum highest."""
    features, items = described.features, described.features.shape[1]
    weight = 1 / (features[:, :: max(items // 500, 1)].astype(np.float32).std(axis=(0, 1)) + 1e-3)
    rows = np.empty((len(features), _MOST + min(_HARD, items) + _POOL), dtype=np.int32)
    for place, one in enumerate(described.situations):
        merit = (torch.from_numpy(features[place]).float() @ torch.from_numpy(weight)).numpy()
        hard = np.argsort(-merit, kind="stable")[:_HARD]
        targets = [row for row in one.targets if row != MISSING] or [int(hard[0])]
        rows[place] = [*(targets * _MOST)[:_MOST], *hard, *draw.integers(items, size=_POOL)]
    kept = features[np.arange(len(features))[:, None], rows]
    return Sampled(kept, described.context, described.situations, described.names, rows, items)


def join(parts: Sequence[Sampled]) -> Sampled:
    """Return the situations of all parts as one."""
    return Sampled(
        np.concatenate([part.features for part in parts]),
        np.concatenate([part.context for part in parts]),
        [one for part in parts for one in part.situations],
        parts[0].names,
        np.concatenate([part.rows for part in parts]),
        parts[0].items,
    )
