"""A conversation that took place becomes a script, and the script passes on the engine it came from."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from chatrec.config import settings
from chatrec.dialogue.feedback import rate
from chatrec.dialogue.values import Act, Constraint, State, Turn
from chatrec.scripts.format import load
from chatrec.scripts.recording import record
from chatrec.scripts.runner import run_paths
from chatrec.scripts.talks import Engines, open_engine

SCIFI = Constraint("genre", "=", "science fiction", "urn:test:scifi")


def expectation(turn: Turn) -> dict[str, Any]:
    return dict(yaml.safe_load(record([turn]))["dialogues"][0]["turns"][0]["expect"])


@pytest.mark.parametrize(
    ("act", "entry"),
    [
        (Act("like", "title", value="Heat", iri="urn:test:heat"), {"like": "Heat"}),
        (Act("dislike", "genre", value="war", polarity="dislike"), {"dislike": "war"}),
        (Act("inform", "year", ">", 2014), {"op": ">", "slot": "year", "value": 2014}),
        (
            Act("inform", "genre", value="war", polarity="dislike"),
            {"slot": "genre", "value": "war", "polarity": "dislike"},
        ),
        (
            Act("ask", "director", "?", polarity="neutral"),
            {"act": "ask", "op": "?", "slot": "director", "polarity": "neutral"},
        ),
    ],
)
def test_what_was_understood_is_expected(
    make_turn: Callable[..., Turn], act: Act, entry: dict[str, Any]
) -> None:
    assert expectation(make_turn(acts=(act,)))["understood"] == [entry]


def test_a_list_is_expected_to_keep_to_the_wishes(make_turn: Callable[..., Turn]) -> None:
    wishes = (
        SCIFI,
        Constraint("year", ">=", 1980),
        Constraint("year", "<=", 1989),
        Constraint("genre", "=", "war", polarity="dislike"),
    )
    assert expectation(make_turn(items=("arrival",), wishes=wishes))["items"] == {
        "min": 1,
        "all": {
            "genre": "science fiction",
            "year": [{"op": ">=", "value": 1980}, {"op": "<=", "value": 1989}],
        },
        "none": {"genre": "war"},
    }


def test_a_reply_without_a_list_expects_none(make_turn: Callable[..., Turn]) -> None:
    assert expectation(make_turn(intent="greet")) == {"language": "en", "intent": "greet", "facts_only": True}


def test_buttons_are_recorded_where_they_were_pressed(make_turn: Callable[..., Turn]) -> None:
    first = make_turn(items=("heat", "arrival"))
    pressed = rate(rate(first.state, "urn:test:arrival", "like"), "urn:test:heat", "seen")
    second = replace(make_turn(items=("interstellar",)), state=pressed)
    steps = yaml.safe_load(record([first, second]))["dialogues"][0]["turns"]
    assert steps[1:3] == [{"like": 2}, {"seen": 1}]
    assert steps[3]["expect"]["items"]["not_repeated"] is True


def test_what_was_said_is_no_button(make_turn: Callable[..., Turn]) -> None:
    first = make_turn(items=("heat",))
    said = Act("like", "title", value="Heat", iri="urn:test:heat")
    second = replace(make_turn(acts=(said,)), state=State("en", likes=("urn:test:heat",)))
    assert len(yaml.safe_load(record([first, second]))["dialogues"][0]["turns"]) == 2


def test_a_recorded_conversation_passes(movies_engine: Any, tmp_path: Path) -> None:
    state, turns = State(), []
    for message in (
        "I loved Interstellar. Something like it, but newer?",
        "别太长，不要恐怖片",
        "who made the second one",
    ):
        *_, turn = movies_engine.turn(message, state)
        turns.append(turn)
        state = rate(turn.state, turn.candidates[0].item.iri, "like") if turn.candidates else turn.state
    script = tmp_path / "recorded.dialogue.yaml"
    script.write_text(record(turns, "movies"), encoding="utf-8")
    report = run_paths([script], partner=Engines(lambda pack: movies_engine), tell=lambda line: None)
    assert report.passed, record(turns, "movies")


@pytest.fixture(scope="module")
def movies_engine() -> Any:
    """The engine of the movies, which writes plain replies."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHATREC_GENERATE", "false")
        settings.cache_clear()
        engine = open_engine("movies")
    settings.cache_clear()
    return engine


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"])), min_size=1, max_size=4))
def test_any_words_come_back_as_they_were_said(said: list[str]) -> None:
    turns = [
        Turn(number, text, "en", "greet", (), State("en"), "Hi.", (), (), "", {})
        for number, text in enumerate(said, 1)
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "said.yaml"
        path.write_text(record(turns), encoding="utf-8")
        assert [step.say for step in load(path).dialogues[0].turns] == said
