"""A two-layer network that scores every item by its features and the situation; a softmax over all items trains it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from chatrec.learning.recommendation.corpus import MISSING, Situation


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
        parts = []
        with torch.inference_mode():
            for places in np.array_split(
                np.arange(len(described.situations)), len(described.situations) // 16 + 1
            ):
                features, context = described.batch(places)
                scaled = (features - self.mean) / self.spread
                all_of_them = [torch.log_softmax(one(scaled, context), 1) for one in self.members]
                parts.append(torch.stack(all_of_them).mean(0).numpy())
        return np.concatenate(parts)


def train(
    described: Described, recipe: Recipe, report: Callable[[float], None] = lambda loss: None
) -> Ranker:
    """Train on described situations; `report` gets the loss of every batch."""
    torch.manual_seed(recipe.seed)
    order = np.random.default_rng(recipe.seed)
    sample = described.features[order.permutation(len(described.situations))[:200]].astype(np.float32)
    flat = torch.from_numpy(sample.reshape(-1, sample.shape[-1]))
    mean, spread = flat.mean(0), flat.std(0) + 1e-3
    members = [Network(flat.shape[1], described.context.shape[1], recipe) for _ in range(recipe.members)]
    usable = np.array([i for i, one in enumerate(described.situations) if max(one.targets) != MISSING])
    steps = recipe.epochs * (len(usable) // recipe.batch + 1)
    optimiser = torch.optim.AdamW(
        [weight for one in members for weight in one.parameters()], lr=recipe.rate, weight_decay=recipe.decay
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, recipe.rate, total_steps=steps + 1, pct_start=0.15
    )
    for _ in range(recipe.epochs):
        for places in np.array_split(order.permutation(usable), len(usable) // recipe.batch + 1):
            features, context = described.batch(places)
            scaled = (features - mean) / spread
            wanted = [described.situations[place].targets for place in places]
            loss = torch.stack([_loss(one(scaled, context), wanted) for one in members]).sum()
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_([weight for one in members for weight in one.parameters()], 5.0)
            optimiser.step()
            schedule.step()
            report(float(loss.detach()) / len(members))
    for one in members:
        one.eval()
    return Ranker(tuple(members), mean, spread)


def _loss(scores: torch.Tensor, wanted: Sequence[Sequence[int]]) -> torch.Tensor:
    """Return the mean negative log-probability of the targets under a softmax over all items."""
    probability = torch.log_softmax(scores, dim=1)
    pairs = [(i, row) for i, rows in enumerate(wanted) for row in rows if row != MISSING]
    rows, columns = torch.tensor(pairs).T
    return -probability[rows, columns].mean()
