"""Alternatives: "a thriller or a comedy" is met by either."""

from __future__ import annotations

import pytest

from chatrec.dialogue.language import detect
from chatrec.dialogue.state import update
from chatrec.dialogue.understanding import Understanding
from chatrec.dialogue.values import State
from chatrec.grounding.candidates import find
from chatrec.grounding.pack import Pack


@pytest.fixture(scope="module")
def reader(movies: Pack) -> Understanding:
    return Understanding(movies.schema, movies.entries, movies.items)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a thriller or a comedy", [("thriller", 1), ("comedy", 1)]),
        ("horror movies or thrillers from the 70s", [("horror", 1), ("thriller", 1)]),
        ("something funny or uplifting", [("funny", 1), ("uplifting", 1)]),
        ("喜剧片或者动作片都行", [("comedy", 1), ("action", 1)]),
        ("a funny thriller", [("funny", 0), ("thriller", 0)]),
        ("no horror or thrillers", [("horror", 0), ("thriller", 0)]),
    ],
)
def test_either_will_do(reader: Understanding, text: str, expected: list[tuple[str, int]]) -> None:
    detected = detect(text, "", ("en", "zh"), reader.mask(text))
    state = update(State(), reader.read(text, detected, State()), detected.language)
    found = [(wish.value, wish.either) for wish in state.constraints if isinstance(wish.value, str)]
    assert found == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("something from the 80s or 90s", [(">=", 1980, 0), ("<=", 1999, 0)]),
        ("from the 90s or the 80s", [(">=", 1980, 0), ("<=", 1999, 0)]),
        ("60s or 90s westerns", [(">=", 1960, 1), ("<=", 1969, 1), (">=", 1990, 1), ("<=", 1999, 1)]),
        ("八九十年代的港片", [(">=", 1980, 0), ("<=", 1999, 0)]),
        ("六十年代或者九十年代的", [(">=", 1960, 1), ("<=", 1969, 1), (">=", 1990, 1), ("<=", 1999, 1)]),
    ],
)
def test_decades_are_alternatives(
    reader: Understanding, text: str, expected: list[tuple[str, int, int]]
) -> None:
    detected = detect(text, "", ("en", "zh"), reader.mask(text))
    state = update(State(), reader.read(text, detected, State()), detected.language)
    found = [(wish.op, wish.value, wish.either) for wish in state.constraints if wish.slot == "year"]
    assert found == expected


def test_only_films_of_either_decade_are_found(movies: Pack, reader: Understanding) -> None:
    text = "westerns from the 60s or the 90s"
    detected = detect(text, "", ("en", "zh"), reader.mask(text))
    state = update(State(), reader.read(text, detected, State()), detected.language)
    items = movies.items(find(movies, state.constraints).items)
    years = {int(fact.triple[2]) for item in items for fact in item.facts["year"]}
    assert years
    assert all(1960 <= year <= 1969 or 1990 <= year <= 1999 for year in years)
