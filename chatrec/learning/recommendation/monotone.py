"""Training of the chat's network: a softmax over all candidates, and no weight that lets a feature speak against an item."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from chatrec.grounding.ranking.network import Network as Used
from chatrec.learning.recommendation.in_use import in_use
from chatrec.learning.recommendation.ranker import Network, Recipe

RECIPE = Recipe(epochs=8, hidden=24, decay=1e-4, dropout=0.1, members=1)
Report = Callable[[int, int, float], None]
"""Is told the step, the number of steps and the loss."""


@dataclass(frozen=True, eq=False)
class Lesson:
    """Situations to learn from.

    Attributes:
        features: situations x items x features, float16.
        context: situations x what is told of a situation.
        right: situations x items, whether an item is what was wanted.
        barred: situations x items, whether an item is no candidate.
    """

    features: np.ndarray
    context: np.ndarray
    right: np.ndarray
    barred: np.ndarray

    def batch(self, places: np.ndarray) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return the parts of these situations as tensors."""
        features, context = (torch.from_numpy(part[places]).float() for part in (self.features, self.context))
        return features, context, torch.from_numpy(self.right[places]), torch.from_numpy(self.barred[places])


def train(lesson: Lesson, recipe: Recipe, report: Report) -> tuple[Used, ...]:
    """Return the trained networks, ready for use."""
    torch.manual_seed(recipe.seed)
    flat = torch.from_numpy(lesson.features[::7]).float().flatten(0, 1)
    mean, spread = flat.mean(0), flat.std(0) + 1e-3
    members = [Network(len(mean), lesson.context.shape[1], recipe) for _ in range(recipe.members)]
    weights = [weight for one in members for weight in one.parameters()]
    batches = list(_batches(len(lesson.features), recipe))
    optimiser = torch.optim.AdamW(weights, lr=recipe.rate, weight_decay=recipe.decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, recipe.rate, total_steps=len(batches) + 1, pct_start=0.15
    )
    for step, places in enumerate(batches, 1):
        features, context, right, barred = lesson.batch(places)
        scaled = (features - mean) / spread
        scores = [one(scaled, context).masked_fill(barred, -torch.inf) for one in members]
        loss = torch.stack([-torch.log_softmax(one, dim=1)[right].mean() for one in scores]).sum()
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(weights, 5.0)
        optimiser.step()
        schedule.step()
        _keep_monotone(members)
        report(step, len(batches), float(loss.detach()) / len(members))
    return tuple(in_use(one, mean, spread) for one in members)


def _batches(situations: int, recipe: Recipe) -> Iterator[np.ndarray]:
    """Yield the places of each batch, epoch by epoch."""
    draw = np.random.default_rng(recipe.seed)
    for _ in range(recipe.epochs):
        yield from np.array_split(draw.permutation(situations), situations // recipe.batch + 1)


def _keep_monotone(members: list[Network]) -> None:
    """Set to nothing the weights that speak against an item, from its features onward."""
    with torch.no_grad():
        for one in members:
            for layer in (one.item, one.out, one.straight):
                layer.weight.clamp_(min=0)
