"""What the buttons of an item do: a pure update of the state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal, get_args

from chatrec.dialogue.values import State

Rating = Literal["like", "dislike", "seen", "none"]
"""What a person can say of an item with a button; `none` takes it back."""

RATINGS: tuple[Rating, ...] = get_args(Rating)


def rate(state: State, item: str, rating: Rating) -> State:
    """Return the state with an item (by IRI) rated; the last rating of an item counts. Raises ValueError."""
    if rating not in RATINGS:
        raise ValueError(f"{rating!r} is no rating; allowed: {', '.join(RATINGS)}")
    return replace(
        state,
        likes=_rated(state.likes, item, rating == "like"),
        dislikes=_rated(state.dislikes, item, rating == "dislike"),
        seen=_rated(state.seen, item, rating == "seen"),
    )


def rating_of(state: State, item: str) -> Rating:
    """Return the rating that an item (by IRI) has."""
    groups: tuple[tuple[Rating, tuple[str, ...]], ...] = (
        ("like", state.likes),
        ("dislike", state.dislikes),
        ("seen", state.seen),
    )
    return next((rating for rating, items in groups if item in items), "none")


def merge(state: State, ratings: Mapping[str, Rating]) -> State:
    """Return a state with ratings (by IRI) for the items that have none in it."""
    for item, rating in ratings.items():
        if rating_of(state, item) == "none":
            state = rate(state, item, rating)
    return state


def changes(old: State, new: State) -> dict[str, Rating]:
    """Return the new rating of every item (by IRI) that is rated otherwise in the new state than in the old."""
    groups = (old.likes, old.dislikes, old.seen, new.likes, new.dislikes, new.seen)
    items = dict.fromkeys(item for group in groups for item in group)
    return {item: rating_of(new, item) for item in items if rating_of(new, item) != rating_of(old, item)}


def carry_over(earlier: State, old: State, new: State) -> State:
    """Return an earlier state with what was pressed between two later ones: ratings, wishes taken back, how varied."""
    for item, rating in changes(old, new).items():
        earlier = rate(earlier, item, rating)
    dropped = set(old.constraints) - set(new.constraints)
    kept = tuple(wish for wish in earlier.constraints if wish not in dropped)
    return replace(earlier, constraints=kept, diversity=new.diversity)


def _rated(items: tuple[str, ...], item: str, chosen: bool) -> tuple[str, ...]:
    """Return the items without that one, or with it as the latest."""
    rest = tuple(other for other in items if other != item)
    return (*rest, item) if chosen else rest
