"""Figures of a ranking: recall, NDCG and MRR by kind of target, with intervals; coverage, diversity, popularity.

One evaluation a target item, all items being candidates, as in iEvaLM (Wang et al. 2023); ties count against us.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from chatrec.grounding.ranking.catalogue import Catalogue
from chatrec.grounding.ranking.diversity import by_marginal_relevance
from chatrec.learning.recommendation.corpus import MISSING, Situation

CUTS = (1, 10, 50)
_LIST = 10
_DRAWS = 1000


@dataclass(frozen=True, eq=False)
class Ranks:
    """The rank (from 1) of each target, its kind, and the situation it belongs to."""

    rank: np.ndarray
    repeated: np.ndarray
    dialogue: np.ndarray


def ranks(catalogue: Catalogue, situations: Sequence[Situation], scores: np.ndarray) -> Ranks:
    """Rank every target among all items by its score; a missing target ranks behind all."""
    found, repeated, dialogue = [], [], []
    for one, row_scores in zip(situations, scores, strict=True):
        for row in one.targets:
            missed = max(len(row_scores), CUTS[-1]) + 1
            beaten = missed if row == MISSING else int((row_scores >= row_scores[row]).sum())
            found.append(beaten)
            repeated.append(row != MISSING and int(catalogue.items[row]) in one.mentions)
            dialogue.append(one.dialogue)
    return Ranks(np.array(found), np.array(repeated, dtype=bool), np.array(dialogue))


def of_ranks(rank: np.ndarray) -> dict[str, float]:
    """Return recall at the cuts, NDCG at 10 and the mean reciprocal rank."""
    if not len(rank):
        return {}
    figures = {f"recall@{cut}": float((rank <= cut).mean()) for cut in CUTS}
    figures["ndcg@10"] = float(np.where(rank <= 10, 1 / np.log2(rank + 1), 0).mean())
    figures["mrr"] = float((1 / rank).mean())
    return {name: round(value, 4) for name, value in figures.items()}


def interval(ranks_: Ranks, seed: int) -> dict[str, list[float]]:
    """Return the 95% bootstrap interval of each figure, drawing whole dialogues."""
    names, group = np.unique(ranks_.dialogue, return_inverse=True)
    draw = np.random.default_rng(seed)
    values: dict[str, list[float]] = {}
    weights = draw.multinomial(len(names), np.full(len(names), 1 / len(names)), size=_DRAWS)[:, group]
    for cut in CUTS:
        hit = ranks_.rank <= cut
        values[f"recall@{cut}"] = list((weights @ hit) / weights.sum(axis=1))
    values["mrr"] = list((weights @ (1 / ranks_.rank)) / weights.sum(axis=1))
    return {
        name: [round(float(q), 4) for q in np.quantile(found, (0.025, 0.975))]
        for name, found in values.items()
    }


def of_lists(lists: np.ndarray, popularity: np.ndarray, vectors: csr_matrix) -> dict[str, float]:
    """Return coverage, intra-list diversity and popularity bias of lists (situations x list size, rows of items)."""
    share = np.argsort(np.argsort(popularity)) / max(len(popularity) - 1, 1)
    exposure = np.bincount(lists.ravel(), minlength=len(popularity))
    likeness = [_likeness(vectors[rows]) for rows in lists]
    return {
        "coverage": round(float((exposure > 0).mean()), 4),
        "diversity": round(1 - float(np.mean(likeness)), 4),
        "popularity_bias": round(float(share[lists].mean()), 4),
        "gini": round(_gini(exposure), 4),
    }


def _likeness(vectors: csr_matrix) -> float:
    count = vectors.shape[0]
    alike = np.asarray((vectors @ vectors.T).todense())
    return float((alike.sum() - np.trace(alike)) / max(count * (count - 1), 1))


def _gini(exposure: np.ndarray) -> float:
    ordered = np.sort(exposure)
    ranks_ = np.arange(1, len(ordered) + 1)
    return float((2 * (ranks_ * ordered).sum() / max(ordered.sum(), 1) - (len(ordered) + 1)) / len(ordered))


def by_kind(ranks_: Ranks, known: frozenset[str] = frozenset()) -> dict[str, Mapping[str, float]]:
    """Return the figures of all, novel and repeated targets, and of dialogues that no training file holds."""
    unseen = np.array([name not in known for name in ranks_.dialogue])
    return {
        "all": of_ranks(ranks_.rank),
        "novel": of_ranks(ranks_.rank[~ranks_.repeated]),
        "repeated": of_ranks(ranks_.rank[ranks_.repeated]),
        "unseen_dialogues": of_ranks(ranks_.rank[unseen]),
    }


def top(scores: np.ndarray, count: int = _LIST) -> np.ndarray:
    """Return the rows of the best items, best first; equal scores in the order of rows."""
    return np.asarray(np.argsort(-scores, axis=1, kind="stable")[:, :count])


def diversified(scores: np.ndarray, vectors: csr_matrix, weight: float) -> np.ndarray:
    """Return lists of the best items by maximal marginal relevance (Carbonell & Goldstein 1998); `weight` 0: by score."""
    heads = top(scores, 5 * _LIST)
    lists = np.empty((len(heads), min(_LIST, heads.shape[1])), dtype=int)
    for i, head in enumerate(heads):
        alike = np.asarray((vectors[head] @ vectors[head].T).todense())
        lists[i] = head[by_marginal_relevance(scores[i, head], alike, lists.shape[1], weight)]
    return lists
