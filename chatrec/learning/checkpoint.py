"""Checkpoints of a training run: what is needed to go on where it was broken off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn


@dataclass(frozen=True)
class Checkpoint:
    """A file that holds the trained weights, the optimizer and the losses after some steps.

    Attributes:
        path: the file.
        recipe: settings of the run; a checkpoint of other settings is not gone on from.
        every: how many steps lie between two checkpoints.
    """

    path: Path
    recipe: Mapping[str, Any]
    every: int = 25

    def keep(self, model: nn.Module, optimizer: Any, schedule: Any, losses: list[float]) -> None:
        """Write the state after a step where one is due; the file is whole at any time."""
        if len(losses) % self.every:
            return
        weights = {name: value for name, value in model.named_parameters() if value.requires_grad}
        state = {"recipe": dict(self.recipe), "weights": weights, "losses": losses}
        state |= {"optimizer": optimizer.state_dict(), "schedule": schedule.state_dict()}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        partial = self.path.with_suffix(".partial")
        torch.save(state, partial)
        partial.replace(self.path)

    def resume(self, model: nn.Module, optimizer: Any, schedule: Any) -> list[float]:
        """Put the kept state in place and return the losses so far; none where there is no checkpoint of this recipe."""
        if not self.path.is_file():
            return []
        state = torch.load(self.path, weights_only=True)
        if state["recipe"] != dict(self.recipe):
            return []
        model.load_state_dict(state["weights"], strict=False)
        optimizer.load_state_dict(state["optimizer"])
        schedule.load_state_dict(state["schedule"])
        return list(state["losses"])
