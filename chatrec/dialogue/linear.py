"""Linear models over hashed features: how they are kept in a file, and how they score."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chatrec.dialogue.features import hashed

SCALE = 4.0
"""The length of the vector of features of every example, however many they are."""

DENSE = 4.0
"""The length of the vector of a message, beside that of its features."""

Vector = NDArray[np.float32]
Encode = Callable[[str], Vector]
"""Turns a text into a vector of length one."""

WEIGHTS = Path(__file__).parent / "weights" / "understanding.npz"


@dataclass(frozen=True, slots=True)
class Linear:
    """One linear model: a weight for each hashed feature and label, and the probability from which a label is given.

    Attributes:
        labels: what it tells apart.
        weights: features x labels, float32.
        bounds: by label; a model of exclusive labels leaves them at 0.5.
        dense: what each number of a vector weighs, numbers x labels; no rows where no vectors were learnt from.
    """

    labels: tuple[str, ...]
    weights: np.ndarray
    bounds: np.ndarray
    dense: np.ndarray

    def logits(self, features: Iterable[str], vector: Vector | None = None) -> np.ndarray:
        """Return the sum of the weights of some features, one a label; many features count for less each."""
        places = hashed(features, len(self.weights))
        found: np.ndarray = self.weights[places].sum(axis=0) * (SCALE / max(1, len(places)) ** 0.5)
        if vector is not None and len(vector) == len(self.dense):
            found = found + DENSE * (vector @ self.dense)
        return found

    def each(self, features: Iterable[str], vector: Vector | None = None) -> dict[str, float]:
        """Return the probability of each label by itself (logistic)."""
        shares = 1 / (1 + np.exp(-self.logits(features, vector)))
        return dict(zip(self.labels, map(float, shares), strict=True))

    def one(self, features: Iterable[str], vector: Vector | None = None) -> dict[str, float]:
        """Return the probabilities of labels of which one holds (softmax)."""
        scores = self.logits(features, vector)
        shares = np.exp(scores - scores.max())
        return dict(zip(self.labels, map(float, shares / shares.sum()), strict=True))

    def bound(self, label: str) -> float:
        """Return the probability from which a label is given."""
        return float(self.bounds[self.labels.index(label)])


def save(path: Path, pack: str, models: Mapping[str, Linear]) -> None:
    """Write models to a file, their weights as whole numbers of eight bits, each label with a scale of its own."""
    arrays: dict[str, Any] = {"pack": np.array(pack)}
    for name, model in models.items():
        arrays[f"{name}.labels"] = np.array(model.labels)
        for part in ("weights", "dense"):
            whole = getattr(model, part)
            scale = np.maximum(np.abs(whole).max(axis=0, initial=0), 1e-6) / 127
            arrays[f"{name}.{part}"] = np.rint(whole / scale).astype(np.int8)
            arrays[f"{name}.{part}.scale"] = scale.astype(np.float32)
        arrays[f"{name}.bounds"] = model.bounds.astype(np.float32)
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(path, **arrays)


@lru_cache
def load(path: Path = WEIGHTS) -> tuple[str, dict[str, Linear]]:
    """Return the pack that models were trained for, and the models by name; no models where there is no file."""
    if not path.exists():
        return "", {}
    with np.load(path, allow_pickle=False) as file:
        names = [key.removesuffix(".labels") for key in file.files if key.endswith(".labels")]
        models = {
            name: Linear(
                tuple(map(str, file[f"{name}.labels"])),
                file[f"{name}.weights"].astype(np.float32) * file[f"{name}.weights.scale"],
                file[f"{name}.bounds"],
                file[f"{name}.dense"].astype(np.float32) * file[f"{name}.dense.scale"],
            )
            for name in names
        }
        return str(file["pack"]), models
