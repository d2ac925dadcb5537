"""Small networks over hashed features and sentence vectors: how they are kept in a file, and how they score.

Wide and deep (Cheng et al. 2016, arXiv:1606.07792): a linear model over all features, which learns single wordings, beside
a hidden layer over the sentence vectors and the coarse features, which carries over to wordings that are new.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chatrec.dialogue.features import coarse, hashed

SCALE = 4.0
"""The length of the vector of features of every example, however many they are."""

DENSE = 8.0
"""The length of each vector of a text beside that of the features."""

Vector = NDArray[np.float32]
Encode = Callable[[Sequence[str]], NDArray[np.float32]]
"""Turns texts into vectors of length one, the rows of what it returns."""

WEIGHTS = Path(__file__).parent / "weights" / "understanding.npz"
_PARTS = ("wide", "coarse", "dense", "inner", "out", "outer")


@dataclass(frozen=True, slots=True)
class Network:
    """One network, and the probability from which each of its labels is given.

    Attributes:
        labels: what it tells apart.
        bounds: by label; a network of exclusive labels leaves them at 0.5.
        wide: features x labels, float32, as all that follow.
        coarse: coarse features x hidden units.
        dense: numbers of a vector x hidden units.
        inner: 1 x hidden units, what each has before it sees anything.
        out: hidden units x labels.
        outer: 1 x labels.
    """

    labels: tuple[str, ...]
    bounds: np.ndarray
    wide: np.ndarray
    coarse: np.ndarray
    dense: np.ndarray
    inner: np.ndarray
    out: np.ndarray
    outer: np.ndarray

    def logits(self, features: set[str], vector: Vector) -> np.ndarray:
        """Return one number a label; many features count for less each."""
        places = hashed(features, len(self.wide))
        known = self.coarse[hashed(coarse(features), len(self.coarse))].sum(axis=0)
        hidden = np.maximum(0, self.inner[0] + known + DENSE * (vector @ self.dense))
        wide = self.wide[places].sum(axis=0) * (SCALE / max(1, len(places)) ** 0.5)
        found: np.ndarray = wide + hidden @ self.out + self.outer[0]
        return found

    def each(self, features: set[str], vector: Vector) -> dict[str, float]:
        """Return the probability of each label by itself (logistic)."""
        shares = 1 / (1 + np.exp(-self.logits(features, vector)))
        return dict(zip(self.labels, map(float, shares), strict=True))

    def one(self, features: set[str], vector: Vector) -> dict[str, float]:
        """Return the probabilities of labels of which one holds (softmax)."""
        scores = self.logits(features, vector)
        shares = np.exp(scores - scores.max())
        return dict(zip(self.labels, map(float, shares / shares.sum()), strict=True))

    def bound(self, label: str) -> float:
        """Return the probability from which a label is given."""
        return float(self.bounds[self.labels.index(label)])


def save(path: Path, pack: str, models: Mapping[str, Network]) -> None:
    """Write networks to a file, their weights as whole numbers of eight bits, each column with a scale of its own."""
    arrays: dict[str, Any] = {"pack": np.array(pack)}
    for name, model in models.items():
        arrays[f"{name}.labels"] = np.array(model.labels)
        arrays[f"{name}.bounds"] = model.bounds.astype(np.float32)
        for part in _PARTS:
            whole = getattr(model, part)
            scale = np.maximum(np.abs(whole).max(axis=0, initial=0), 1e-6) / 127
            arrays[f"{name}.{part}"] = np.rint(whole / scale).astype(np.int8)
            arrays[f"{name}.{part}.scale"] = scale.astype(np.float32)
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(path, **arrays)


@lru_cache
def load(path: Path = WEIGHTS) -> tuple[str, dict[str, Network]]:
    """Return the pack that networks were trained for, and the networks by name; none where there is no file."""
    if not path.exists():
        return "", {}
    with np.load(path, allow_pickle=False) as file:
        names = [key.removesuffix(".labels") for key in file.files if key.endswith(".labels")]
        return str(file["pack"]), {name: _network(file, name) for name in names}


def _network(file: Mapping[str, np.ndarray], name: str) -> Network:
    parts: Iterable[np.ndarray] = (
        file[f"{name}.{part}"].astype(np.float32) * file[f"{name}.{part}.scale"] for part in _PARTS
    )
    return Network(tuple(map(str, file[f"{name}.labels"])), file[f"{name}.bounds"], *parts)
