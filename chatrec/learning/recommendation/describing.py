"""Situations described by all features: those of `features`, and what company, priors, expectation and meaning add.

The training situations are described fold by fold, each by what was learnt from the dialogues of the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from chatrec.grounding.ranking.catalogue import Catalogue
from chatrec.learning.recommendation import company, views
from chatrec.learning.recommendation.corpus import Situation
from chatrec.learning.recommendation.features import Describer, Memory, mention_matrix, remember
from chatrec.learning.recommendation.meaning import Meaning, Said, said_meaning
from chatrec.learning.recommendation.priors import priors
from chatrec.learning.recommendation.sampling import Described, Sampled, join, sample
from chatrec.learning.recommendation.texts import Texts

FOLDS = 8
"""Parts of the training data; each is described by what was learnt from the others.

The more parts, the more what was learnt resembles what all of the training data teach in the end."""
_PART = 64
"""Situations described at a time: all items of so many fit into memory."""


@dataclass(frozen=True, eq=False)
class Sources:
    """What features are computed from and no dialogue changes."""

    describer: Describer
    views: views.Views
    meaning: Meaning
    seed: int

    @property
    def catalogue(self) -> Catalogue:
        """The items."""
        return self.describer.catalogue


@dataclass(frozen=True, eq=False)
class Heard:
    """Situations with the vectors of what was said: of topics (`context`) and of meaning (`said`)."""

    situations: Sequence[Situation]
    context: np.ndarray
    said: Said

    def only(self, places: np.ndarray) -> Heard:
        """Return those at these places."""
        said = {how: vectors[places] for how, vectors in self.said.items()}
        return Heard([self.situations[i] for i in places.tolist()], self.context[places], said)


def hear(texts: Texts, situations: Sequence[Situation]) -> Heard:
    """Encode what was said."""
    return Heard(situations, texts.contexts(situations), said_meaning(situations))


@dataclass(frozen=True, eq=False)
class Learnt:
    """What training situations teach."""

    voters: Heard
    memory: Memory
    company: company.Company
    priors: dict[str, np.ndarray]
    expectation: views.Expectation


def learn(sources: Sources, heard: Heard) -> Learnt:
    """Learn from training situations all that features need."""
    catalogue = sources.catalogue
    memory = remember(catalogue, heard.situations, range(len(heard.situations)))
    kept = company.keep_company(catalogue, heard.situations, sources.seed)
    mentions = mention_matrix(catalogue, heard.situations, "fading")
    known = views.situation_vectors(sources.views, heard.context, mentions)
    return Learnt(
        heard,
        memory,
        kept,
        dict(priors(catalogue.links, kept.named(catalogue.items))),
        views.expect(sources.views, known, memory.targets),
    )


def describe(sources: Sources, heard: Heard, learnt: Learnt) -> Iterator[Described]:
    """Yield the described situations, a part at a time."""
    for places in np.array_split(np.arange(len(heard.situations)), len(heard.situations) // _PART + 1):
        part = heard.only(places)
        found = dict(_features(sources, part, learnt))
        yield Described(_stacked(found.values()), _side(part), part.situations, tuple(found))


def _stacked(features: Iterable[np.ndarray]) -> np.ndarray:
    """Return features of situations x items as situations x items x features, float16; torch is three times as fast here."""
    halves = [torch.tensor(values, dtype=torch.float32).half() for values in features]
    return np.asarray(torch.stack(halves).permute(1, 2, 0).contiguous().numpy())


def _features(sources: Sources, heard: Heard, learnt: Learnt) -> Iterator[tuple[str, np.ndarray]]:
    """Yield each feature, situations x items."""
    catalogue = sources.catalogue
    shape = len(heard.situations), len(catalogue.items)
    yield from sources.describer.describe(
        heard.situations, learnt.memory, heard.context, learnt.voters.context
    ).items()
    for name, values in learnt.priors.items():
        yield name, np.broadcast_to(values, shape)
    mentions = {how: mention_matrix(catalogue, heard.situations, how) for how in ("fading", "now")}
    yield from company.likeness(learnt.company, mentions["fading"], catalogue.items)
    yield from views.likeness(sources.views, mentions)
    known = views.situation_vectors(sources.views, heard.context, mentions["fading"])
    yield from views.expected(sources.views, learnt.expectation, known)
    yield from sources.meaning.likeness(heard.said, learnt.voters.said, learnt.memory.targets)


def describe_all(sources: Sources, heard: Heard, learnt: Learnt) -> Described:
    """Return all items of all situations described."""
    parts = list(describe(sources, heard, learnt))
    return Described(
        np.concatenate([part.features for part in parts]),
        np.concatenate([part.context for part in parts]),
        heard.situations,
        parts[0].names,
    )


def describe_training(
    sources: Sources, heard: Heard, fold: np.ndarray, report: Callable[[str], None]
) -> Sampled:
    """Describe chosen items of each fold by what was learnt from the others."""
    draw = np.random.default_rng(sources.seed)
    parts: list[Sampled] = []
    for number in range(FOLDS):
        report(f"Describing the training situations, part {number + 1} of {FOLDS}")
        learnt = learn(sources, heard.only(np.flatnonzero(fold != number)))
        described = describe(sources, heard.only(np.flatnonzero(fold == number)), learnt)
        parts.extend(sample(part, draw) for part in described)
    return join(parts)


def _side(heard: Heard) -> np.ndarray:
    """Return what the network is told of a situation: the vector of its words, its length and how much was named."""
    counts = [
        (len(one.context) / 10, len(one.mentions) / 10, len(one.context) == 1, not one.mentions)
        for one in heard.situations
    ]
    table = np.array(counts, dtype=np.float32).reshape(-1, 4)
    return np.hstack([4 * heard.context, table]).astype(np.float32)
