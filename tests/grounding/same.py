"""What must be the same whatever store holds a pack."""

from __future__ import annotations

from chatrec.dialogue.values import Constraint
from chatrec.grounding.candidates import find
from chatrec.grounding.pack import Pack

_MOVIES = "urn:chatrec:movies:"


def _one(slot: str, name: str, polarity: str = "like") -> Constraint:
    return Constraint(slot, "=", name, f"{_MOVIES}{slot}:{name}", polarity)  # type: ignore[arg-type]


WISHES: tuple[tuple[Constraint, ...], ...] = (
    (),
    (_one("genre", "comedy"),),
    (_one("genre", "science-fiction"), Constraint("year", ">", 2014)),
    (_one("genre", "drama"), Constraint("year", "<=", 2000), _one("mood", "dark", "dislike")),
    (_one("genre", "comedy", "dislike"), Constraint("runtime", "<", 100)),
    (Constraint("rating", "=", "PG-13"), Constraint("year", ">=", 1990), Constraint("year", "<", 2000)),
    (Constraint("title", "=", "Arrival", f"{_MOVIES}film:arrival-2016"),),
    (
        Constraint("title", "=", "Arrival", f"{_MOVIES}film:arrival-2016", "dislike"),
        Constraint("year", "=", 2016),
    ),
    (_one("genre", "none-such"),),
    (Constraint("rating", "=", "\\\"'\n\r\t}{ ?s ?p ?o . # 'x' \u200b\U0001f600 你好"),),
)
"""Wishes on the movies pack: of every kind of slot, both polarities, and hostile ones."""


def differences(one: Pack, other: Pack) -> list[str]:
    """Name what two packs do not read the same."""
    items = find(other, ()).items[::40]
    read = {
        "broader": (one.broader, other.broader),
        "weights": (one.weights, other.weights),
        "entries": (one.entries, other.entries),
        "items": (one.items(items), other.items(items)),
    }
    return [name for name, (left, right) in read.items() if left != right]
