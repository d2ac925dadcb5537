"""What was said and what is written as sentence vectors, by the encoder that reads messages as well."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from chatrec.errors import ModelError
from chatrec.grounding.encoder import UNIVERSAL, Encoder, chosen_encoder
from chatrec.grounding.ranking.catalogue import Catalogue
from chatrec.learning.recommendation.corpus import Situation
from chatrec.learning.recommendation.features import votes
from chatrec.learning.recommendation.texts import last, tail

_BATCH = 64
_LENGTH = 400
"""Letters of a text that are read: the first of what is written, the last of what was said."""
_KNOWN: dict[tuple[str, str], np.ndarray] = {}
"""Encoders and texts, with their vectors (2 KB each)."""
Said = dict[str, np.ndarray]
"""Unit vectors of situations, by how much of what was said is read: "last" or "tail"."""


@dataclass(frozen=True, eq=False)
class Meaning:
    """Unit vectors of the texts of all items (rows x dimensions)."""

    items: np.ndarray

    def likeness(self, said: Said, voters: Said, targets: csr_matrix) -> Iterator[tuple[str, np.ndarray]]:
        """Yield the cosines with each item's text, and the votes of the nearest training contexts for their `targets`."""
        middle = self.items.mean(axis=0)
        for how, vectors in said.items():
            yield f"meaning_{how}", (vectors - voters[how].mean(axis=0)) @ (self.items - middle).T
            share, nearest = votes(vectors @ voters[how].T, targets)
            yield f"contexts_{how}", share
            yield f"contexts_nearest_{how}", nearest


def read_meaning(catalogue: Catalogue) -> Meaning:
    """Encode the texts of all items."""
    return Meaning(_encode([text[:_LENGTH] for text in catalogue.texts]))


def said_meaning(situations: Sequence[Situation]) -> Said:
    """Encode the last utterance and the last four of every situation."""
    read = {"last": last, "tail": tail}
    return {how: _encode([part(one)[-_LENGTH:] for one in situations]) for how, part in read.items()}


def _encode(texts: Sequence[str]) -> np.ndarray:
    """Return the vector of each text; a text is encoded once a run, for the folds share most of them."""
    encoder = _encoder()
    new = [text for text in dict.fromkeys(texts) if (encoder.name, text) not in _KNOWN]
    for start in range(0, len(new), _BATCH):
        part = new[start : start + _BATCH]
        found = encoder.encode([text or " " for text in part])
        _KNOWN.update(((encoder.name, text), vector) for text, vector in zip(part, found, strict=True))
    return np.stack([_KNOWN[encoder.name, text] for text in texts])


def _encoder() -> Encoder:
    """Return the encoder of the settings. Raises ModelError where there is none."""
    encoder = chosen_encoder()
    if encoder is None:
        raise ModelError(
            "Ranking a corpus needs a sentence encoder, and there is none.",
            f"Give CHATREC_ENCODER {UNIVERSAL!r} or a model of sentence-transformers.",
        )
    return encoder
