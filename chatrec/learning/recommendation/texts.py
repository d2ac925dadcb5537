"""How much what was said is like what is written about an item: weighted words, and their latent topics (LSA)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from chatrec.grounding.ranking.catalogue import Catalogue
from chatrec.grounding.ranking.vectors import unit
from chatrec.learning.recommendation.corpus import Situation

_TOPICS = 96
_TAIL = 4
"""How many of the last utterances are the topic."""
_LAST, _WHOLE = 1.0, 0.7
"""Weights of the last utterance and of the last four in the vector of a context."""


class Texts:
    """The texts of a catalogue and of training dialogues as vectors of words, and of topics."""

    def __init__(self, catalogue: Catalogue, training: Sequence[Situation], seed: int) -> None:
        """Learn the weights of words and the topics; nothing else than the catalogue and the training is read."""
        from sklearn.decomposition import TruncatedSVD
        from sklearn.feature_extraction.text import TfidfVectorizer

        said = [last(one) for one in training]
        self._words = TfidfVectorizer(sublinear_tf=True, min_df=1, dtype=np.float32).fit(
            [*catalogue.texts, *said]
        )
        self._items = self._words.transform(catalogue.texts)
        self._spoken = TfidfVectorizer(
            sublinear_tf=True, ngram_range=(1, 2), min_df=2 if len(said) > 100 else 1, dtype=np.float32
        )
        spoken = self._spoken.fit_transform(said)
        topics = min(_TOPICS, min(spoken.shape) - 1)
        self._topics = TruncatedSVD(topics, random_state=seed, n_iter=3).fit(spoken)

    def contexts(self, situations: Sequence[Situation]) -> np.ndarray:
        """Return a unit vector a context: topics of its last utterance, then of its last four."""
        parts = [
            weight * unit(self._topics.transform(self._spoken.transform([said(one) for one in situations])))
            for said, weight in ((last, _LAST), (tail, _WHOLE))
        ]
        return unit(np.hstack(parts)).astype(np.float32)

    def likeness(self, situations: Sequence[Situation]) -> Iterator[tuple[str, np.ndarray]]:
        """Yield the cosines of the last utterance and of the last four with each item, by their words."""
        for name, said in (("last", last), ("tail", tail)):
            words = self._words.transform([said(one) for one in situations])
            yield f"words_{name}", (words @ self._items.T).toarray()


def last(situation: Situation) -> str:
    """Return the last utterance."""
    return situation.context[-1] if situation.context else ""


def tail(situation: Situation) -> str:
    """Return the last four utterances."""
    return " ".join(situation.context[-_TAIL:])
