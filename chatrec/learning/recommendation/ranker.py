"""A two-layer network that scores every item by its features and the situation; a softmax over all items trains it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from scipy.special import log_softmax
from torch import nn

from chatrec.learning.recommendation.corpus import MISSING, Situation
from chatrec.learning.recommendation.in_use import in_use

_HARD, _RANDOM, _MOST = 300, 200, 4
"""Of a situation, while training: hard rivals, random items, and at most so many targets."""


@dataclass(frozen=True)
class Recipe:
    """How a ranker is trained."""

    epochs: int = 10
    hidden: int = 48
    rate: float = 4e-3
    decay: float = 1e-4
    dropout: float = 0.1
    members: int = 2
    """Networks whose log-probabilities are averaged."""
    batch: int = 16
    seed: int = 0


class Network(nn.Module):
    """Features of an item (situations x items x features) and of its situation -> a score an item."""

    def __init__(self, features: int, context: int, recipe: Recipe) -> None:
        """Make the two layers; the situation shifts the hidden units."""
        super().__init__()
        self.item = nn.Linear(features, recipe.hidden)
        self.situation = nn.Sequential(nn.Dropout(0.3), nn.Linear(context, recipe.hidden, bias=False))
        self.drop = nn.Dropout(recipe.dropout)
        self.out = nn.Linear(recipe.hidden, 1)
        self.straight = nn.Linear(features, 1)

    def forward(self, features: torch.Tensor, context: torch.Tensor) -> torch.Tensor:
        """Return the scores, situations x items."""
        hidden = torch.relu(self.item(features) + self.situation(context)[:, None])
        return torch.Tensor((self.out(self.drop(hidden)) + self.straight(features))[..., 0])


@dataclass(frozen=True, eq=False)
class Described:
    """Situations with their features (float16), their context vectors, and the targets."""

    features: np.ndarray
    context: np.ndarray
    situations: Sequence[Situation]

    def batch(self, places: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
        """Return features and contexts of these situations as tensors."""
        return (
            torch.from_numpy(self.features[places].astype(np.float32)),
            torch.from_numpy(self.context[places].astype(np.float32)),
        )


@dataclass(frozen=True, eq=False)
class Ranker:
    """Trained networks, with the scale of their features."""

    members: tuple[Network, ...]
    mean: torch.Tensor
    spread: torch.Tensor

    def scores(self, described: Described) -> np.ndarray:
        """Return the mean log-probability of every item, situations x items."""
        networks = [in_use(one, self.mean, self.spread) for one in self.members]
        parts = []
        for places in np.array_split(
            np.arange(len(described.situations)), len(described.situations) // 16 + 1
        ):
            features, context = (part.numpy() for part in described.batch(places))
            found = [log_softmax(one.scores(features, context), axis=1) for one in networks]
            parts.append(np.mean(found, axis=0))
        return np.concatenate(parts)


def train(
    described: Described, recipe: Recipe, report: Callable[[float], None] = lambda loss: None
) -> Ranker:
    """Train on described situations; `report` gets the loss of every batch."""
    torch.manual_seed(recipe.seed)
    draw = np.random.default_rng(recipe.seed)
    mean, spread = _scale(described, draw)
    members = [Network(len(mean), described.context.shape[1], recipe) for _ in range(recipe.members)]
    weights = [weight for one in members for weight in one.parameters()]
    usable = np.array([i for i, one in enumerate(described.situations) if max(one.targets) != MISSING])
    hard = _rivals(described, usable, mean.numpy(), spread.numpy())
    batches = len(usable) // recipe.batch + 1
    optimiser = torch.optim.AdamW(weights, lr=recipe.rate, weight_decay=recipe.decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, recipe.rate, total_steps=recipe.epochs * batches + 1, pct_start=0.15
    )
    for _ in range(recipe.epochs):
        for places in np.array_split(draw.permutation(usable), batches):
            features, context, right, extra = _sampled(described, places, hard, draw)
            scaled = (features - mean) / spread
            loss = torch.stack([_loss(one(scaled, context) + extra, right) for one in members]).sum()
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(weights, 5.0)
            optimiser.step()
            schedule.step()
            report(float(loss.detach()) / len(members))
    for one in members:
        one.eval()
    return Ranker(tuple(members), mean, spread)


def _scale(described: Described, draw: np.random.Generator) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the mean and the spread of each feature over a sample of situations."""
    places = draw.permutation(len(described.situations))[:200]
    flat = torch.from_numpy(described.features[places].astype(np.float32)).flatten(0, 1)
    return flat.mean(0), flat.std(0) + 1e-3


def _rivals(
    described: Described, usable: np.ndarray, mean: np.ndarray, spread: np.ndarray
) -> dict[int, np.ndarray]:
    """Return, for each situation, the items for which its features speak most: the hard ones to tell from a target."""
    count = min(_HARD, described.features.shape[1])
    weight = (1 / spread).astype(np.float32)
    found = {}
    for place in usable.tolist():
        merit = described.features[place].astype(np.float32) @ weight
        found[place] = np.argpartition(-merit, count - 1)[:count]
    return found


def _sampled(
    described: Described, places: np.ndarray, hard: dict[int, np.ndarray], draw: np.random.Generator
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return features and context of targets, hard rivals and random items, which of them are right, and a correction.

    A random item stands for all that were not drawn, so the logarithm of how many it stands for is added to its score
    (sampled softmax); a second copy of an item is taken out.
    """
    items = described.features.shape[1]
    rows, right, extra = [], [], []
    for place in places:
        targets = [row for row in described.situations[place].targets if row != MISSING]
        drawn = draw.integers(items, size=_RANDOM)
        chosen = np.concatenate([np.array((targets * _MOST)[:_MOST]), hard[place], drawn])
        first = np.zeros(len(chosen), dtype=bool)
        first[np.unique(chosen, return_index=True)[1]] = True
        share = np.where(np.arange(len(chosen)) < len(chosen) - _RANDOM, 0.0, np.log(max(items / _RANDOM, 1)))
        rows.append(chosen)
        right.append(first & np.isin(chosen, targets))
        extra.append(np.where(first, share, -1e4))
    values = described.features[places[:, None], np.array(rows)].astype(np.float32)
    context = torch.from_numpy(described.context[places].astype(np.float32))
    found = torch.from_numpy(np.array(extra, dtype=np.float32))
    return torch.from_numpy(values), context, torch.from_numpy(np.array(right)), found


def _loss(scores: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
    """Return the mean negative log-probability of the targets under the softmax."""
    return -torch.log_softmax(scores, dim=1)[right].mean()
