"""A two-layer network that scores every item by its features and the situation; a softmax over all items trains it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from scipy.special import log_softmax
from torch import nn

from chatrec.errors import InputError
from chatrec.learning.recommendation.corpus import MISSING, Situation
from chatrec.learning.recommendation.in_use import in_use
from chatrec.learning.recommendation.sampling import Described, Sampled

_PATIENCE = 2
"""Epochs without a gain on the validation file after which training ends."""


@dataclass(frozen=True)
class Recipe:
    """How a ranker is trained."""

    epochs: int = 10
    hidden: int = 48
    rate: float = 4e-3
    decay: float = 0.1
    dropout: float = 0.3
    members: int = 4
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
        kept = self.drop(torch.ones(len(hidden), 1, hidden.shape[2]))  # one mask for all items of a situation
        return torch.Tensor((self.out(hidden * kept) + self.straight(features))[..., 0])


@dataclass(frozen=True, eq=False)
class Ranker:
    """Trained networks, with the scale of their features."""

    members: tuple[Network, ...]
    mean: torch.Tensor
    spread: torch.Tensor

    def weights(self) -> list[dict[str, torch.Tensor]]:
        """Return a copy of the weights of each network."""
        return [{name: part.clone() for name, part in one.state_dict().items()} for one in self.members]

    def restore(self, weights: list[dict[str, torch.Tensor]]) -> None:
        """Take up weights that were copied, for use."""
        for one, parts in zip(self.members, weights, strict=True):
            one.load_state_dict(parts)
            one.eval()

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
    sampled: Sampled,
    recipe: Recipe,
    valid: Described | None = None,
    report: Callable[[float], None] = lambda loss: None,
) -> Ranker:
    """Train on sampled situations; `report` gets the loss of every batch.

    With `valid` the weights of the epoch that explains its targets best are kept, and two epochs without a gain end it.
    """
    torch.manual_seed(recipe.seed)
    mean, spread = sampled.scale()
    members = [Network(len(mean), sampled.context.shape[1], recipe) for _ in range(recipe.members)]
    ranker = Ranker(tuple(members), mean, spread)
    least, waited, best = np.inf, 0, ranker.weights()
    for _ in _epochs(ranker, sampled, recipe, report):
        loss = surprise(ranker.scores(valid), valid.situations) if valid else -np.inf
        waited += 1
        if loss < least or not valid:
            least, waited, best = loss, 0, ranker.weights()
        if waited == _PATIENCE:
            break
    ranker.restore(best)
    return ranker


def surprise(scores: np.ndarray, situations: Sequence[Situation]) -> float:
    """Return the mean negative log-probability of the targets; lower is better. Raises InputError if none is known."""
    found = [
        -float(row_scores[row])
        for one, row_scores in zip(situations, scores, strict=True)
        for row in one.targets
        if row != MISSING
    ]
    if not found:
        raise InputError(
            "No target of the validation file is in the catalogue.", "Give another --valid FILE."
        )
    return float(np.mean(found))


def _epochs(
    ranker: Ranker, sampled: Sampled, recipe: Recipe, report: Callable[[float], None]
) -> Iterator[None]:
    """Yield after every epoch, the networks ready for use."""
    draw = np.random.default_rng(recipe.seed)
    places = sampled.learnable()
    batches = len(places) // recipe.batch + 1
    step = _stepper(ranker, recipe, recipe.epochs * batches)
    for _ in range(recipe.epochs):
        for one in ranker.members:
            one.train()
        for batch in np.array_split(draw.permutation(places), batches):
            report(step(*sampled.drawn(batch, draw)))
        for one in ranker.members:
            one.eval()
        yield


def _stepper(ranker: Ranker, recipe: Recipe, steps: int) -> Callable[..., float]:
    """Return a function that learns from one batch (what `Sampled.drawn` returns) and returns its loss."""
    weights = [weight for one in ranker.members for weight in one.parameters()]
    optimiser = torch.optim.AdamW(weights, lr=recipe.rate, weight_decay=recipe.decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, recipe.rate, total_steps=steps + 1, pct_start=0.15
    )

    def step(
        features: torch.Tensor, context: torch.Tensor, right: torch.Tensor, extra: torch.Tensor
    ) -> float:
        scaled = (features - ranker.mean) / ranker.spread
        loss = torch.stack([_loss(one(scaled, context) + extra, right) for one in ranker.members]).sum()
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(weights, 5.0)
        optimiser.step()
        schedule.step()
        return float(loss.detach()) / len(ranker.members)

    return step


def _loss(scores: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
    """Return the mean negative log-probability of the targets under the softmax."""
    return -torch.log_softmax(scores, dim=1)[right].mean()
