"""The whole measurement: read, describe, train, rank, count. `chatrec eval recommend` prints what it returns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from scipy.sparse import csr_matrix, diags, hstack

from chatrec.grounding.ranking.catalogue import Catalogue
from chatrec.grounding.ranking.embeddings import embed
from chatrec.learning.recommendation import figures
from chatrec.learning.recommendation.corpus import Situation, read_catalogue, read_situations
from chatrec.learning.recommendation.features import Describer, Memory, remember
from chatrec.learning.recommendation.ranker import Described, Recipe, train
from chatrec.learning.recommendation.texts import Texts

FOLDS = 4
"""Parts of the training data; each is described by what was learnt from the others."""
_DIVERSITY = 1.0
"""Weight of unlikeness in the diversified lists, against log-probabilities."""
Report = Callable[[str], None]


@dataclass(frozen=True, eq=False)
class Prepared:
    """Everything described, ready for any number of rankers."""

    catalogue: Catalogue
    names: tuple[str, ...]
    training: Described
    held_out: Described
    popularity: np.ndarray


def prepare(folder: Path, train_file: Path, test_file: Path, seed: int, report: Report) -> Prepared:
    """Describe the training situations by the other folds, and the test situations by all of them."""
    torch.set_num_threads(
        1
    )  # the matrices are small: two threads wait for each other longer than they compute
    report("Reading")
    catalogue = read_catalogue(folder)
    training = read_situations(train_file, folder, catalogue)
    test = read_situations(test_file, folder, catalogue)
    report("Learning vectors of the graph")
    embedding = embed(catalogue, seed)
    report("Reading the texts")
    texts = Texts(catalogue, training, seed)
    describer = Describer(catalogue, texts, embedding)
    context = texts.contexts(training)
    names, features = _describe_training(describer, training, context, seed, report)
    report("Describing the test situations")
    memory = remember(catalogue, training, range(len(training)))
    test_context = texts.contexts(test)
    held_out = _describe(describer, test, memory, test_context, context)
    return Prepared(
        catalogue,
        names,
        Described(features, _side(training, context), training),
        Described(held_out[1], _side(test, test_context), test),
        memory.popularity,
    )


def _describe(
    describer: Describer,
    situations: Sequence[Situation],
    memory: Memory,
    context: np.ndarray,
    voters: np.ndarray,
) -> tuple[tuple[str, ...], np.ndarray]:
    """Return the names of the features and their values as float16, in parts that fit into memory."""
    parts = []
    names: tuple[str, ...] = ()
    for places in np.array_split(np.arange(len(situations)), len(situations) // 64 + 1):
        found = describer.describe([situations[i] for i in places.tolist()], memory, context[places], voters)
        names = tuple(found)
        parts.append(np.stack([found[name] for name in names], axis=-1).astype(np.float16))
    return names, np.concatenate(parts)


def _describe_training(
    describer: Describer, training: Sequence[Situation], context: np.ndarray, seed: int, report: Report
) -> tuple[tuple[str, ...], np.ndarray]:
    """Describe each fold by what was learnt from the others."""
    fold = folds(training, seed)
    names: tuple[str, ...] = ()
    features = np.empty(0, dtype=np.float16)
    for number in range(FOLDS):
        report(f"Describing the training situations, part {number + 1} of {FOLDS}")
        inside, outside = np.flatnonzero(fold == number), np.flatnonzero(fold != number)
        memory = remember(describer.catalogue, training, outside.tolist())
        names, part = _describe(
            describer, [training[i] for i in inside.tolist()], memory, context[inside], context[outside]
        )
        if not len(features):
            features = np.empty((len(training), *part.shape[1:]), dtype=np.float16)
        features[inside] = part
    return names, features


def folds(training: Sequence[Situation], seed: int) -> np.ndarray:
    """Return the fold of every situation; turns of one dialogue may fall into several."""
    return np.random.default_rng(seed).permutation(len(training)) % FOLDS


def _side(situations: Sequence[Situation], context: np.ndarray) -> np.ndarray:
    """Return what the network is told of a situation: the vector of its words, its length and how much was named."""
    counts = [
        (len(one.context) / 10, len(one.mentions) / 10, len(one.context) == 1, not one.mentions)
        for one in situations
    ]
    return np.hstack([4 * context, np.array(counts, dtype=np.float32)]).astype(np.float32)


def measure(prepared: Prepared, recipe: Recipe, report: Callable[[float], None]) -> dict[str, Any]:
    """Train a ranker, rank the held-out situations, and return the figures of `chatrec eval recommend`."""
    scores = train(prepared.training, recipe, report).scores(prepared.held_out)
    return figures_of(prepared, scores, recipe.seed)


def figures_of(prepared: Prepared, scores: np.ndarray, seed: int) -> dict[str, Any]:
    """Return the figures of scores (situations x items), those of the lists after diversification included."""
    situations = prepared.held_out.situations
    found = figures.ranks(prepared.catalogue, situations, scores)
    known = frozenset(one.dialogue for one in prepared.training.situations)
    vectors = attribute_vectors(prepared.catalogue)
    return {
        **figures.by_kind(found, known),
        **figures.of_lists(figures.top(scores), prepared.popularity, vectors),
        "diversified": _diversified(prepared, scores, vectors),
        "interval": figures.interval(found, seed),
        "situations": len(situations),
        "targets": len(found.rank),
        "items": len(prepared.catalogue.items),
    }


def _diversified(prepared: Prepared, scores: np.ndarray, vectors: csr_matrix) -> dict[str, float]:
    """Return what maximal marginal relevance does to the lists: their recall, coverage and diversity."""
    lists = figures.diversified(scores, vectors, _DIVERSITY)
    hits = [
        row in shown
        for one, shown in zip(prepared.held_out.situations, lists.tolist(), strict=True)
        for row in one.targets
    ]
    recall = {"recall@10": round(float(np.mean(hits)), 4)}
    return recall | figures.of_lists(lists, prepared.popularity, vectors)


def attribute_vectors(catalogue: Catalogue) -> csr_matrix:
    """Return a unit vector of attributes (idf-weighted) an item."""
    links = csr_matrix(hstack(list(catalogue.links.values())))
    counts = np.asarray(links.sum(axis=0)).ravel()
    weighted = links @ diags(np.log(1 + links.shape[0] / np.maximum(counts, 1)))
    norms = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    return csr_matrix(diags(1 / np.maximum(norms, 1e-9)) @ weighted)


GROUPS = {
    "graph": ("direct_", "shared_", "met_", "degree"),
    "dialogues": ("follows_", "lift_", "together_", "popularity"),
    "contexts": ("neighbours", "nearest"),
    "text": ("words_",),
    "mentions": ("named_", "times_named"),
    "embeddings": ("embedding_",),
}
"""Feature groups of the ablation: beginnings of feature names."""


def without(prepared: Prepared, group: str) -> Prepared:
    """Return the same data with one group of features set to nothing."""
    kept = np.array([not name.startswith(GROUPS[group]) for name in prepared.names])
    return replace(
        prepared,
        names=tuple(name for name, keep in zip(prepared.names, kept, strict=True) if keep),
        training=replace(prepared.training, features=prepared.training.features[..., kept]),
        held_out=replace(prepared.held_out, features=prepared.held_out.features[..., kept]),
    )
