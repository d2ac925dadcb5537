"""What speaks for items in situations, as numbers of no domain: the same for films, shops and benchmark folders.

All are computed at once for a list of items; none is named after a slot. A dislike counts in the features of likes, with
the other sign. Every feature speaks for an item the more the larger it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

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


@dataclass(frozen=True)
class Said:
    """What was said in one situation: rows of liked and of disliked items, oldest first; entities that meet each wish."""

    likes: Sequence[int] = ()
    dislikes: Sequence[int] = ()
    wishes: Sequence[Sequence[int]] = ()


@dataclass(frozen=True, eq=False)
class Evidence:
    """What was said in situations, as weights that add up to 1 in each.

    Attributes:
        items: rows of the items that are liked or disliked in any situation.
        liked, disliked: those items x situations.
        wishes: entities x wishes, 1 where an entity meets a wish.
        wished: wishes x situations.
        counts: situations x 3: how many likes, dislikes and wishes there are.
    """

    items: np.ndarray
    liked: np.ndarray
    disliked: np.ndarray
    wishes: np.ndarray
    wished: np.ndarray
    counts: np.ndarray

    @property
    def situation(self) -> np.ndarray:
        """What a network is told of each situation as a whole, situations x SITUATION."""
        some = np.minimum(self.counts / MANY, 1.0)
        return np.hstack([some, self.counts[:, [0, 2]] == 0]).astype(np.float32)


def gather(space: Space, said: Sequence[Said]) -> Evidence:
    """Gather what was said in situations."""
    items = np.unique([row for one in said for row in (*one.likes, *one.dislikes)]).astype(int)
    wishes = list(dict.fromkeys(tuple(wish) for one in said for wish in one.wishes))
    met = np.zeros((len(space.catalogue.names), len(wishes)), dtype=np.float32)
    for place, wish in enumerate(wishes):
        met[list(wish), place] = 1
    number = {wish: place for place, wish in enumerate(wishes)}
    places = {int(row): place for place, row in enumerate(items)}
    return Evidence(
        items,
        _weights([_faded([places[row] for row in one.likes]) for one in said], len(items)),
        _weights([_even([places[row] for row in one.dislikes]) for one in said], len(items)),
        met,
        _weights([_even([number[tuple(wish)] for wish in one.wishes]) for one in said], len(wishes)),
        np.array([[len(set(one.likes)), len(set(one.dislikes)), len(one.wishes)] for one in said], float),
    )


def _faded(likes: Sequence[int]) -> dict[int, float]:
    """Weigh likes, the last one most."""
    distinct = list(dict.fromkeys(reversed(likes)))
    weights = _FADE ** np.arange(len(distinct))
    return dict(zip(distinct, (weights / max(weights.sum(), 1e-9)).tolist(), strict=True))


def _even(places: Sequence[int]) -> dict[int, float]:
    return dict.fromkeys(places, 1 / max(len(set(places)), 1))


def _weights(columns: Sequence[dict[int, float]], height: int) -> np.ndarray:
    found = np.zeros((height, len(columns)), dtype=np.float32)
    for place, column in enumerate(columns):
        found[list(column), place] = list(column.values())
    return found


def features(space: Space, items: Vectors, evidence: Evidence) -> np.ndarray:
    """Return the features of items in situations: situations x items x FEATURES, float32."""
    others = space.vectors.at(evidence.items)
    alike, shares = _products(items, others, evidence.wishes)
    words = items.words @ others.words.T.toarray()
    liked, disliked = (
        _likeness(items, others, alike, words, weights) for weights in (evidence.liked, evidence.disliked)
    )
    near = items.places @ unit((space.places.T @ evidence.wishes @ evidence.wished).T).T
    known = np.broadcast_to(items.known[:, None], near.shape)
    wished = [shares @ evidence.wished, (shares > 0) @ evidence.wished, near, known]
    return np.stack([*(liked - disliked), *wished]).transpose(2, 1, 0).astype(np.float32)


def _products(items: Vectors, others: Vectors, wishes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the likeness by relation (relations x items x others), and how large a part of an item each wish is."""
    size = len(items.known)
    alike = np.zeros((max(len(items.parts), 2), size, len(others.known)), dtype=np.float32)
    shares = np.zeros((size, wishes.shape[1]), dtype=np.float32)
    for place, (one, other) in enumerate(zip(items.parts, others.parts, strict=True)):
        found = one @ np.hstack([other.T.toarray(), wishes])
        alike[place], shares = found[:, : len(others.known)], shares + found[:, len(others.known) :]
    return alike, shares


def _likeness(
    items: Vectors, others: Vectors, alike: np.ndarray, words: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """Return the likeness of items to others by these weights: six features x items x situations."""
    by_relation = alike @ weights
    best = np.partition(by_relation, (-2, -1), axis=0)
    near = unit(weights.T @ others.places)
    whole = alike.sum(axis=0)
    nearest = [whole[:, column > 0].max(axis=1, initial=0) for column in weights.T]
    return np.stack(
        [
            whole @ weights,
            np.stack(nearest, axis=1),
            best[-1],
            best[-2],
            words @ weights,
            items.places @ near.T,
        ]
    )
