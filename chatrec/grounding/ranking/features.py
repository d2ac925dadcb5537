"""What speaks for items in situations, as numbers of no domain: the same for films, shops and benchmark folders.

All are computed at once for a list of items; none is named after a slot. A dislike counts in the features of likes, with
the other sign. Every feature speaks for an item the more the larger it is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from chatrec.grounding.ranking.vectors import Space, Vectors, unit

FEATURES = (
    "like_mean",
    "like_nearest",
    "like_best_relation",
    "like_second_relation",
    "like_words",
    "like_places",
    "wished_share",
    "wished_met",
    "wished_places",
    "known",
)
"""Names of the features, in the order of the last axis.

The likeness to liked items (less that to disliked ones): the cosine with all, later ones counting more; with the nearest;
by the one relation and by the next one that speak most; by words; by places in the graph. How large a part of an item the
wished values are, how many of the wishes it meets, and how near it is to them. How well known it is.
"""
SITUATION = ("likes", "dislikes", "wishes", "no_likes", "no_wishes")
"""Names of what is told of a situation as a whole."""
MANY = 5.0
"""So many likes or wishes count as all that there can be."""
_FADE = 0.6
"""How much a like counts less than the next later one."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """What was said in situations.

    Attributes:
        liked, disliked: situations x rows of the catalogue, the weights of a situation adding up to 1.
        wished: situations x entities; each wish has 1 / wishes at every value that meets it.
        counts: situations x 3: how many likes, dislikes and wishes there are.
    """

    liked: csr_matrix
    disliked: csr_matrix
    wished: csr_matrix
    counts: np.ndarray

    def at(self, places: np.ndarray) -> Evidence:
        """Return the situations at these places."""
        return Evidence(self.liked[places], self.disliked[places], self.wished[places], self.counts[places])

    @property
    def situation(self) -> np.ndarray:
        """What a network is told of each situation as a whole, situations x SITUATION."""
        some = np.minimum(self.counts / MANY, 1.0)
        return np.hstack([some, self.counts[:, [0, 2]] == 0]).astype(np.float32)


def gather(space: Space, said: list[tuple[list[int], list[int], list[list[int]]]]) -> Evidence:
    """Gather likes and dislikes (rows, oldest first) and wishes (entities that meet each) of situations."""
    items, entities = len(space.catalogue.items), len(space.catalogue.names)
    return Evidence(
        _stack([_faded(likes) for likes, _, _ in said], items),
        _stack([{row: 1 / len(dislikes) for row in dislikes} for _, dislikes, _ in said], items),
        _stack([_shares(wishes) for _, _, wishes in said], entities),
        np.array([[len(set(group)) for group in (one[0], one[1])] + [len(one[2])] for one in said], float),
    )


def _faded(likes: list[int]) -> dict[int, float]:
    """Weigh likes, the last one most."""
    distinct = list(dict.fromkeys(reversed(likes)))
    weights = _FADE ** np.arange(len(distinct))
    return dict(zip(distinct, weights / max(weights.sum(), 1e-9), strict=True))


def _shares(wishes: list[list[int]]) -> dict[int, float]:
    return {entity: 1 / len(wishes) for wish in wishes for entity in wish}


def _stack(rows: list[dict[int, float]], width: int) -> csr_matrix:
    columns = [column for row in rows for column in row]
    lengths = np.cumsum([0, *map(len, rows)])
    values = np.array([value for row in rows for value in row.values()], dtype=np.float32)
    return csr_matrix((values, np.array(columns, dtype=int), lengths), shape=(len(rows), width))


def features(space: Space, items: Vectors, evidence: Evidence) -> np.ndarray:
    """Return the features of items in situations: situations x items x FEATURES, float32."""
    liked, disliked = (_likeness(space, items, said) for said in (evidence.liked, evidence.disliked))
    wishes = evidence.wished.T
    nothing = np.zeros((len(items.known), wishes.shape[1]))
    share = sum(((part @ wishes).toarray() for part in items.parts), nothing)
    met = sum(((part.astype(bool) @ wishes).toarray() for part in items.parts), nothing)
    near = items.places @ unit(evidence.wished @ space.places).T
    known = np.broadcast_to(items.known[:, None], near.shape)
    wished = [share, np.minimum(met, 1.0), near, known]
    return np.stack([*(liked - disliked), *wished]).transpose(2, 1, 0).astype(np.float32)


def _likeness(space: Space, items: Vectors, said: csr_matrix) -> np.ndarray:
    """Return the likeness of items to what was said of others: six features x items x situations."""
    rows = np.unique(said.indices)
    weights = said[:, rows].T.toarray()
    others = space.vectors.at(rows)
    parts = [(one @ other.T).toarray() for one, other in zip(items.parts, others.parts, strict=True)]
    by_relation = np.stack([part @ weights for part in (parts or [np.zeros((len(items.known), len(rows)))])])
    best = np.sort(np.concatenate([by_relation, np.zeros_like(by_relation[:1])]), axis=0)[::-1]
    near = unit(weights.T @ space.vectors.places[rows])
    return np.stack(
        [
            by_relation.sum(axis=0),
            _nearest(sum(parts, np.zeros((len(items.known), len(rows)))), weights),
            best[0],
            best[1],
            (items.words @ others.words.T).toarray() @ weights,
            items.places @ near.T,
        ]
    )


def _nearest(likeness: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the likeness to the nearest of the others that a situation names, items x situations."""
    found = np.zeros((len(likeness), weights.shape[1]))
    for place, column in enumerate(weights.T):
        named = np.flatnonzero(column)
        if len(named):
            found[:, place] = likeness[:, named].max(axis=1)
    return found
