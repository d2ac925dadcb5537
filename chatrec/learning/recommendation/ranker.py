"""A two-layer network that scores every item by its features and the situation; a softmax over all items trains it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from chatrec.learning.recommendation.corpus import MISSING, Situation

_HARD, _RANDOM, _MOST = 300, 200, 4
"""Of a situation, while training: hard rivals, random items, and at most so many targets."""
_PATIENCE = 2
"""Epochs without a gain on the validation file after which training ends."""
_SAMPLE = 400
"""Situations, and items of each, by which the scale of the features is set."""


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
        kept = self.drop(torch.ones(len(hidden), 1, hidden.shape[2]))  # one mask for all items of a situation
        return torch.Tensor((self.out(hidden * kept) + self.straight(features))[..., 0])


@dataclass(frozen=True, eq=False)
class Described:
    """Situations with their features (float16), their context vectors, and the targets."""

    features: np.ndarray
    context: np.ndarray
    situations: Sequence[Situation]

    def batch(self, places: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
        """Return features and contexts of these situations as tensors."""
        return (
            torch.from_numpy(self.features[places]).float(),
            torch.from_numpy(self.context[places]).float(),
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
    described: Described,
    recipe: Recipe,
    valid: Described | None = None,
    report: Callable[[float], None] = lambda loss: None,
) -> Ranker:
    """Train on described situations; `report` gets the loss of every batch.

    With `valid` the weights of the epoch that explains its targets best are kept, and two epochs without a gain end it.
    """
    torch.manual_seed(recipe.seed)
    draw = np.random.default_rng(recipe.seed)
    mean, spread = _scale(described, draw)
    members = [Network(len(mean), described.context.shape[1], recipe) for _ in range(recipe.members)]
    ranker = Ranker(tuple(members), mean, spread)
    best, waited = (np.inf, _weights(members)), 0
    for _ in _epochs(ranker, described, recipe, draw, report):
        if valid is None:
            continue
        for one in members:
            one.eval()
        loss, waited = surprise(ranker.scores(valid), valid.situations), waited + 1
        if loss < best[0]:
            best, waited = (loss, _weights(members)), 0
        if waited == _PATIENCE:
            break
    for one, weights in zip(members, best[1] if valid else _weights(members), strict=True):
        one.load_state_dict(weights)
        one.eval()
    return ranker


def _weights(members: Sequence[Network]) -> list[dict[str, torch.Tensor]]:
    return [{name: part.clone() for name, part in one.state_dict().items()} for one in members]


def surprise(scores: np.ndarray, situations: Sequence[Situation]) -> float:
    """Return the mean negative log-probability of the targets; lower is better."""
    found = [
        -float(row_scores[row])
        for one, row_scores in zip(situations, scores, strict=True)
        for row in one.targets
        if row != MISSING
    ]
    return float(np.mean(found))


def _epochs(
    ranker: Ranker,
    described: Described,
    recipe: Recipe,
    draw: np.random.Generator,
    report: Callable[[float], None],
) -> Iterator[None]:
    """Yield after every epoch."""
    usable = np.array([i for i, one in enumerate(described.situations) if max(one.targets) != MISSING])
    hard = _rivals(described, usable, ranker.spread)
    batches = len(usable) // recipe.batch + 1
    step = _stepper(ranker, recipe, recipe.epochs * batches)
    for _ in range(recipe.epochs):
        for one in ranker.members:
            one.train()
        for places in np.array_split(draw.permutation(usable), batches):
            report(step(*_sampled(described, places, hard, draw)))
        yield


def _stepper(ranker: Ranker, recipe: Recipe, steps: int) -> Callable[..., float]:
    """Return a function that learns from one batch (what `_sampled` returns) and returns its loss."""
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


def _scale(described: Described, draw: np.random.Generator) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the mean and the spread of each feature over a sample of situations and items."""
    count, items, _ = described.features.shape
    places = draw.permutation(count)[:_SAMPLE]
    rows = draw.integers(items, size=(len(places), _SAMPLE))
    flat = torch.from_numpy(described.features[places[:, None], rows]).float().flatten(0, 1)
    return flat.mean(0), flat.std(0) + 1e-3


def _rivals(described: Described, usable: np.ndarray, spread: torch.Tensor) -> dict[int, np.ndarray]:
    """Return, for each situation, the items for which its features speak most: the hard ones to tell from a target."""
    count = min(_HARD, described.features.shape[1])
    weight = 1 / spread
    found = {}
    for place in usable.tolist():
        merit = (torch.from_numpy(described.features[place]).float() @ weight).numpy()
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
    values = torch.from_numpy(described.features[places[:, None], np.array(rows)]).float()
    context = torch.from_numpy(described.context[places]).float()
    found = torch.from_numpy(np.array(extra, dtype=np.float32))
    return values, context, torch.from_numpy(np.array(right)), found


def _loss(scores: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
    """Return the mean negative log-probability of the targets under the softmax."""
    return -torch.log_softmax(scores, dim=1)[right].mean()
