"""Simulated users: a hidden target, a hidden taste, and what follows from both."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from chatrec.dialogue.feedback import Rating
from chatrec.dialogue.values import Language
from chatrec.learning.simulation.world import World, spoken_slots

_UNLINKED = 0.25
"""How much a slot counts for a taste that does not make items alike by the shapes."""
_LIKED, _DISLIKED = 0.03, 0.15
"""A user likes items among this share of the nearest to the target, and dislikes those beyond the second share."""
_CROWD = 0.03
"""The targets of users of one taste lie within this share of the items."""
_PRESSED = 0.8
"""How often a user presses a button where there is something to press."""
_LOVED = 10
"""An item liked before is one of so many of the nearest to the target."""


@dataclass(frozen=True, slots=True)
class User:
    """Who talks: the target is an item (by IRI), `weights` say how much each slot counts for the taste."""

    target: str
    language: Language
    weights: Mapping[str, float]
    seed: int


def draw_users(
    world: World, count: int, languages: Sequence[Language], seed: int, popular: bool = False
) -> Iterator[User]:
    """Yield users: each target and taste once in every language; `popular` draws well-known targets more often."""
    rng = random.Random(seed)
    items = list(world.items)
    popularity = [world.known[item] + 0.01 if popular else 1.0 for item in items]
    for number in range(count):
        target = rng.choices(items, popularity)[0]
        weights = draw_weights(world, rng)
        for language in languages:
            yield User(target, language, weights, seed * 1_000_003 + number)


def draw_weights(world: World, rng: random.Random) -> dict[str, float]:
    """Draw how much each slot counts for one person: on average as the shapes say, but every person differs."""
    weights = {
        slot.name: rng.gammavariate(1, 1) * max(slot.links, _UNLINKED) for slot in spoken_slots(world.schema)
    }
    total = sum(weights.values())
    return {slot: weight / total for slot, weight in weights.items()}


def draw_crowd(
    world: World, count: int, languages: Sequence[Language], seed: int, kind: int
) -> Iterator[User]:
    """Yield users of one taste: the same weights, and targets out of the nearest items to one that `kind` draws.

    Another seed gives other people of that taste.
    """
    of_kind, rng = random.Random(f"kind {kind}"), random.Random(seed)
    weights, middle = draw_weights(world, of_kind), of_kind.choice(list(world.items))
    order = nearest(world, middle, tuple(sorted(weights.items())))
    targets = (middle, *order[: round(_CROWD * len(order))])
    for number in range(count):
        target = rng.choice(targets)
        for language in languages:
            yield User(target, language, weights, seed * 1_000_003 + number)


@dataclass(frozen=True, eq=False)
class Taste:
    """What a user feels about items, all of which follows from the target and the weights.

    `nearest` holds all items but the target, the nearest to it first.
    """

    liked: frozenset[str]
    near: frozenset[str]
    nearest: tuple[str, ...]
    seed: int

    @classmethod
    def of(cls, world: World, user: User) -> Taste:
        """Work out the taste of a user."""
        order = nearest(world, user.target, tuple(sorted(user.weights.items())))
        size = len(order)
        liked = frozenset(order[: max(1, round(_LIKED * size))])
        return cls(liked, frozenset(order[: max(1, round(_DISLIKED * size))]), order, user.seed)

    def rating(self, item: str) -> Rating:
        """Return the button that the user presses for a listed item, or `none`; always the same for one item."""
        if random.Random(f"{self.seed} {item}").random() > _PRESSED:
            return "none"
        if item in self.liked:
            return "like"
        return "none" if item in self.near else "dislike"

    def loved(self, rng: random.Random) -> str:
        """Return an item that the user liked before the conversation."""
        return rng.choice(self.nearest[:_LOVED])


@lru_cache(maxsize=4096)
def nearest(world: World, target: str, weights: tuple[tuple[str, float], ...]) -> tuple[str, ...]:
    """Return all items but the target by how much of the target they share, the nearest first."""
    wanted = world.items[target]

    def shared(item: str) -> float:
        held = world.items[item]
        return sum(
            weight * len(wanted[slot] & held.get(slot, frozenset())) / len(wanted[slot])
            for slot, weight in weights
            if slot in wanted
        )

    others = (item for item in world.items if item != target)
    return tuple(sorted(others, key=shared, reverse=True))
