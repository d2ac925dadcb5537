"""Understanding over the real movies pack, and a plain notation for dialogue acts."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable

import pytest

from chatrec.dialogue.language import detect
from chatrec.dialogue.understanding import Understanding
from chatrec.dialogue.values import Act, State
from chatrec.grounding.pack import Pack

Say = Callable[..., tuple[Act, ...]]

RECENT = datetime.datetime.now(tz=datetime.UTC).year - 5
"""The first year that counts as recent."""


@pytest.fixture(scope="session")
def understanding(movies: Pack) -> Understanding:
    """Understanding as the engine builds it."""
    return Understanding(movies.schema, movies.entries, movies.items)


@pytest.fixture(scope="session")
def say(movies: Pack, understanding: Understanding) -> Say:
    """Read a message, given the state before it."""

    def read(message: str, state: State | None = None) -> tuple[Act, ...]:
        before = state or State()
        masked = understanding.mask(message)
        detected = detect(message, before.language, movies.schema.languages, masked)
        return understanding.read(message, detected, before)

    return read


@pytest.fixture(scope="session")
def iri(movies: Pack) -> Callable[[str], str]:
    """Find a node of the graph by its English label, the best known one of namesakes."""

    def find(label: str) -> str:
        named = [entry for entry in movies.entries if entry.value == label and entry.iri]
        return max(named, key=lambda entry: entry.weight).iri

    return find


def write(act: Act) -> str:
    """Write an act down: `inform not genre horror`, `like title Up`, `ask year`, `forget year`, `request 3`."""
    if act.slot is None:
        return f"{act.act} {act.value}" if act.value is not None else act.act
    if act.op == "?":
        return f"{act.act} {act.slot}"
    negated = " not" if act.act == "inform" and act.polarity == "dislike" else ""
    compared = "" if act.op in ("=", "-") else f"{act.op} "
    value = "" if act.value is None else f" {compared}{act.value}"
    return f"{act.act}{negated} {act.slot}{value}"


def written(acts: Iterable[Act], expected: str) -> list[str]:
    """Write acts down in an order of no meaning; a bare `request` counts only where it is expected."""
    lines = sorted({write(act) for act in acts})
    return lines if "request" in expected.split("; ") else [line for line in lines if line != "request"]


def wanted(expected: str) -> list[str]:
    """Read the notation of a table; `recent` stands for the first recent year."""
    return sorted(line.replace("recent", str(RECENT)) for line in expected.split("; "))
