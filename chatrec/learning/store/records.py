"""What the store takes and gives."""

from __future__ import annotations

from dataclasses import dataclass

from chatrec.dialogue.feedback import Rating, changes
from chatrec.dialogue.values import State, Turn


@dataclass(frozen=True, slots=True)
class Key:
    """A session: its id, the pack it talks about, and the user if they agreed to be remembered (else empty)."""

    session: str
    pack: str
    user: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored session; `before` holds the state before each turn, times are seconds since 1970."""

    key: Key
    state: State
    turns: tuple[Turn, ...]
    before: tuple[State, ...]
    since: float
    used: float


@dataclass(frozen=True, slots=True)
class Event:
    """A rating: whose, of which item (IRI), when (seconds since 1970), and the state of the session before it."""

    key: Key
    item: str
    rating: Rating
    at: float
    state: State

    @property
    def shown(self) -> tuple[str, ...]:
        """The list that was on the screen."""
        return self.state.shown[-1] if self.state.shown else ()


@dataclass(frozen=True, slots=True)
class Selection:
    """The sessions of an id, of a user, of a pack; what is None selects all."""

    session: str | None = None
    user: str | None = None
    pack: str | None = None


def ratings_of(old: State, turn: Turn) -> dict[str, Rating]:
    """Return what a turn says of items. A search that starts anew takes no rating back; "forget" does."""
    forgotten = {act.iri for act in turn.acts if act.act == "forget"}
    told = changes(old, turn.state)
    return {item: rating for item, rating in told.items() if rating != "none" or item in forgotten}
