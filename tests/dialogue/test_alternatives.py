"""Alternatives: "a thriller or a comedy" is met by either."""

from __future__ import annotations

import pytest

from chatrec.dialogue.language import detect
from chatrec.dialogue.state import update
from chatrec.dialogue.understanding import Understanding
from chatrec.dialogue.values import State
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
