"""The ranking network in use: two layers over the features of an item, shifted by the situation. No training here."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path

import numpy as np

from chatrec.config import settings
from chatrec.errors import InputError
from chatrec.grounding.ranking.features import FEATURES, SITUATION

WEIGHTS = Path(__file__).parent / "weights" / "ranker.npz"


@dataclass(frozen=True, eq=False)
class Network:
    """Weights of one network.

    Attributes:
        mean, spread: scale of the features.
        item: features x hidden units; `situation`: what is told of the situation x hidden units; `bias`: hidden units.
        out: hidden units; `straight`: features, added without a hidden layer.
    """

    mean: np.ndarray
    spread: np.ndarray
    item: np.ndarray
    situation: np.ndarray
    bias: np.ndarray
    out: np.ndarray
    straight: np.ndarray

    def scores(self, features: np.ndarray, situation: np.ndarray) -> np.ndarray:
        """Return the scores (log-odds up to a constant), situations x items."""
        scaled = (features - self.mean) / self.spread
        hidden = scaled @ self.item
        hidden += (situation @ self.situation + self.bias)[:, None]
        np.maximum(hidden, 0, out=hidden)
        return np.asarray(hidden @ self.out + scaled @ self.straight)


def scores(members: tuple[Network, ...], features: np.ndarray, situation: np.ndarray) -> np.ndarray:
    """Return the mean of what several networks say, situations x items."""
    return np.asarray(np.mean([one.scores(features, situation) for one in members], axis=0))


def save(path: Path, members: tuple[Network, ...]) -> None:
    """Write networks to a file, with the names of their inputs."""
    arrays = {
        f"{place}.{part.name}": getattr(one, part.name).astype(np.float32)
        for place, one in enumerate(members)
        for part in fields(Network)
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        np.savez_compressed(file, features=np.array(FEATURES), situation=np.array(SITUATION), **arrays)


def in_use() -> tuple[Network, ...]:
    """Return the networks that rank in the chat: those of the setting, else those that ship."""
    return load(Path(settings().ranker) if settings().ranker else WEIGHTS)


@lru_cache(maxsize=4)
def load(path: Path) -> tuple[Network, ...]:
    """Read networks from a file. Raises InputError where they were trained on other inputs."""
    if not path.is_file():
        raise InputError(f"There are no weights in {path}.", "CHATREC_RANKER names a file of `train ranker`.")
    with np.load(path) as file:
        inputs = tuple(file["features"].tolist()), tuple(file["situation"].tolist())
        if inputs != (FEATURES, SITUATION):
            raise InputError(
                f"{path} was trained on other features: {', '.join(inputs[0])}.",
                "Train it anew: chatrec train ranker --output FILE.",
            )
        count = sum(name.endswith(".mean") for name in file.files)
        return tuple(
            Network(**{part.name: file[f"{place}.{part.name}"] for part in fields(Network)})
            for place in range(count)
        )
