"""The whole measurement: read, describe, train, rank, count. `chatrec eval recommend` prints what it returns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch
from scipy.sparse import csr_matrix, diags, hstack

from chatrec.grounding.ranking.catalogue import Catalogue
from chatrec.grounding.ranking.embeddings import embed
from chatrec.learning.recommendation import exposure as fairness
from chatrec.learning.recommendation import figures
from chatrec.learning.recommendation.corpus import Situation, read_catalogue
from chatrec.learning.recommendation.describing import (
    FOLDS,
    Sources,
    describe_all,
    describe_training,
    hear,
    learn,
)
from chatrec.learning.recommendation.features import Describer
from chatrec.learning.recommendation.meaning import Meaning, read_meaning
from chatrec.learning.recommendation.ranker import Recipe, train
from chatrec.learning.recommendation.sampling import Described, Sampled
from chatrec.learning.recommendation.texts import Texts
from chatrec.learning.recommendation.views import Views, make_views

_DIVERSITY = 1.0
"""Weight of unlikeness in the diversified lists, against log-probabilities."""
Report = Callable[[str], None]
Kind = TypeVar("Kind", bound=Described)


@dataclass(frozen=True, eq=False)
class Corpus:
    """What is read of a benchmark folder, and what needs no dialogue to be learnt."""

    folder: Path
    catalogue: Catalogue
    embedding: np.ndarray
    """Unit vectors of all entities, from the graph alone."""
    views: Views
    meaning: Meaning


@dataclass(frozen=True, eq=False)
class Prepared:
    """Everything described, ready for any number of rankers."""

    corpus: Corpus
    training: Sampled
    valid: Described | None
    """By what the number of epochs is chosen."""
    held_out: Described
    popularity: np.ndarray


def read_corpus(folder: Path, seed: int, report: Report) -> Corpus:
    """Read the catalogue and learn the vectors of its graph."""
    torch.set_num_threads(1)  # the matrices are small: two threads wait for each other more than they compute
    report("Reading")
    catalogue = read_catalogue(folder)
    report("Learning vectors of the graph")
    embedding = embed(catalogue, seed)
    report("Reading the texts of the items")
    return Corpus(
        folder, catalogue, embedding, make_views(catalogue, embedding, seed), read_meaning(catalogue)
    )


def prepare(
    corpus: Corpus,
    training: Sequence[Situation],
    test: Sequence[Situation],
    valid: Sequence[Situation],
    seed: int,
    report: Report,
) -> Prepared:
    """Describe the training situations by the other folds, and the others by all of them; `valid` may be empty."""
    report("Reading the texts")
    texts = Texts(corpus.catalogue, training, seed)
    describer = Describer(corpus.catalogue, texts, corpus.embedding)
    sources = Sources(describer, corpus.views, corpus.meaning, seed)
    heard = hear(texts, training)
    sampled = describe_training(sources, heard, folds(training, FOLDS, seed), report)
    report("Describing the situations to be ranked")
    learnt = learn(sources, heard)
    return Prepared(
        corpus,
        sampled,
        describe_all(sources, hear(texts, valid), learnt) if valid else None,
        describe_all(sources, hear(texts, test), learnt),
        learnt.memory.popularity,
    )


def folds(situations: Sequence[Situation], count: int, seed: int) -> np.ndarray:
    """Return the fold of every situation, 0 to `count` - 1; all turns of a dialogue fall into one."""
    names, dialogue = np.unique([one.dialogue for one in situations], return_inverse=True)
    return np.asarray((np.random.default_rng(seed).permutation(len(names)) % count)[dialogue])


def splits(
    situations: Sequence[Situation], count: int, seed: int
) -> list[tuple[list[Situation], list[Situation]]]:
    """Return, for each fold, the situations of the others and its own."""
    fold = folds(situations, count, seed)
    return [
        (
            [one for one, place in zip(situations, fold, strict=True) if place != number],
            [one for one, place in zip(situations, fold, strict=True) if place == number],
        )
        for number in range(count)
    ]


@dataclass(frozen=True, eq=False)
class Ranked:
    """Held-out situations with the scores of all items (situations x items), and what the figures need to know."""

    corpus: Corpus
    situations: Sequence[Situation]
    scores: np.ndarray
    known: frozenset[str]
    """Dialogues of the training situations."""
    popularity: np.ndarray


def rank(prepared: Prepared, recipe: Recipe, report: Callable[[float], None]) -> Ranked:
    """Train a ranker and let it score all items in the held-out situations."""
    scores = train(prepared.training, recipe, prepared.valid, report).scores(prepared.held_out)
    known = frozenset(one.dialogue for one in prepared.training.situations)
    return Ranked(prepared.corpus, prepared.held_out.situations, scores, known, prepared.popularity)


def joined(parts: Sequence[Ranked]) -> Ranked:
    """Return the parts of a cross-validation as one; no part's dialogues were known to its ranker."""
    if len(parts) == 1:
        return parts[0]
    return Ranked(
        parts[0].corpus,
        [one for part in parts for one in part.situations],
        np.concatenate([part.scores for part in parts]),
        frozenset(),
        np.mean([part.popularity for part in parts], axis=0),
    )


def figures_of(ranked: Ranked, seed: int, even: float = 0.0) -> dict[str, Any]:
    """Return the figures of `chatrec eval recommend`; `even` (0 to 1) adds those of lists with exposure evened out."""
    catalogue = ranked.corpus.catalogue
    found = figures.ranks(catalogue, ranked.situations, ranked.scores)
    vectors = attribute_vectors(catalogue)
    kinds = fairness.groups(catalogue, ranked.corpus.folder, ranked.popularity)
    lists = figures.top(ranked.scores)
    return {
        **figures.by_kind(found, ranked.known),
        **figures.of_lists(lists, ranked.popularity, vectors),
        "diversified": _diversified(ranked, vectors),
        "exposure": fairness.exposure(lists, kinds),
        "unevenness": fairness.unevenness(fairness.exposure(lists, kinds)),
        **({"evened": _evened(ranked, kinds, even)} if even else {}),
        "interval": figures.interval(found, seed),
        "situations": len(ranked.situations),
        "targets": len(found.rank),
        "items": len(catalogue.items),
    }


def _evened(ranked: Ranked, kinds: dict[str, fairness.Groups], amount: float) -> dict[str, Any]:
    """Return what evening out the exposure costs (recall) and brings (exposure)."""
    scores = fairness.evened(ranked.scores, kinds, amount)
    shown = fairness.exposure(figures.top(scores), kinds)
    found = figures.ranks(ranked.corpus.catalogue, ranked.situations, scores)
    return {
        "amount": amount,
        "all": figures.of_ranks(found.rank),
        "exposure": shown,
        "unevenness": fairness.unevenness(shown),
    }


def _diversified(ranked: Ranked, vectors: csr_matrix) -> dict[str, float]:
    """Return what maximal marginal relevance does to the lists: their recall, coverage and diversity."""
    lists = figures.diversified(ranked.scores, vectors, _DIVERSITY)
    hits = [
        row in shown
        for one, shown in zip(ranked.situations, lists.tolist(), strict=True)
        for row in one.targets
    ]
    recall = {"recall@10": round(float(np.mean(hits)), 4)}
    return recall | figures.of_lists(lists, ranked.popularity, vectors)


def attribute_vectors(catalogue: Catalogue) -> csr_matrix:
    """Return a unit vector of attributes (idf-weighted) an item."""
    links = csr_matrix(hstack(list(catalogue.links.values())))
    counts = np.asarray(links.sum(axis=0)).ravel()
    weighted = links @ diags(np.log(1 + links.shape[0] / np.maximum(counts, 1)))
    norms = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    return csr_matrix(diags(1 / np.maximum(norms, 1e-9)) @ weighted)


GROUPS = {
    "graph": ("direct_", "shared_", "met_", "degree"),
    "dialogues": ("follows_", "lift_", "together_", "company"),
    "popularity": ("popularity", "prior_"),
    "contexts": ("neighbours", "nearest", "contexts_"),
    "text": ("words_", "meaning_", "like_", "expected_text", "expected_attributes"),
    "mentions": ("named_", "times_named"),
    "embeddings": ("embedding_", "expected_graph"),
}
"""Feature groups of the ablation: beginnings of feature names."""


def without(prepared: Prepared, group: str) -> Prepared:
    """Return the same data with one group of features set to nothing."""
    kept = np.array([not name.startswith(GROUPS[group]) for name in prepared.training.names])
    return replace(
        prepared,
        training=_only(prepared.training, kept),
        valid=_only(prepared.valid, kept) if prepared.valid else None,
        held_out=_only(prepared.held_out, kept),
    )


def _only(described: Kind, kept: np.ndarray) -> Kind:
    names = tuple(name for name, keep in zip(described.names, kept, strict=True) if keep)
    return replace(described, features=described.features[..., kept], names=names)
