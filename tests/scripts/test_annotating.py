"""A turn in the words of DialogueKit, without DialogueKit."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from chatrec.scripts.annotating import INTENTS, Value, intent, values
from chatrec.scripts.fields import Intent

TURN: dict[str, Any] = {
    "intent": "recommend",
    "reply": "For horror, there is Psycho (1960), a tense one.",
    "claims": [
        {"start": 4, "end": 10, "text": "horror", "triple": ["session", "said", "horror"]},
        {"start": 21, "end": 27, "text": "Psycho", "triple": ["urn:f", "https://schema.org/name", "Psycho"]},
        {"start": 29, "end": 33, "text": "1960", "triple": ["urn:f", "urn:chatrec:vocab:year", "1960"]},
        {"start": 38, "end": 43, "text": "tense", "triple": ["urn:f", "urn:chatrec:vocab:mood", "urn:tense"]},
    ],
}


def test_what_is_said_of_items_is_annotated_where_it_stands() -> None:
    assert values(TURN) == [
        Value("TITLE", "Psycho", 21, 27),
        Value("YEAR", "1960", 29, 33),
        Value("KEYWORD", "tense", 38, 43),
    ]
    assert all(TURN["reply"][v.start : v.end] == v.value for v in values(TURN))


def test_the_slots_may_be_called_otherwise() -> None:
    assert [v.slot for v in values(TURN, {"name": "movie", "year": "when"})] == ["movie", "when", "MOOD"]


@pytest.mark.parametrize("name", get_args(Intent))
def test_every_intent_has_one_of_the_simulators(name: str) -> None:
    assert intent({"intent": name}) == INTENTS[name]


def test_an_intent_that_is_new_keeps_its_name() -> None:
    assert intent({"intent": "sing"}) == "SING"
    assert intent({"intent": "recommend"}, {"recommend": "INFORM"}) == "INFORM"
