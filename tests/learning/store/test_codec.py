"""Whatever a session can hold is read back as it was written."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatrec.dialogue.values import Candidate, Constraint, Fact, Item, State, Turn
from chatrec.learning.store.codec import decode_state, decode_turn, encode_state, encode_turn

numbers = st.floats(allow_nan=False, allow_infinity=False)
labels = st.dictionaries(st.sampled_from(["en", "zh"]), st.text(), min_size=1)
facts = st.builds(Fact, st.tuples(st.text(), st.text(), st.text()), st.text(), labels)
items = st.builds(Item, st.text(), st.dictionaries(st.text(), st.tuples(facts), max_size=2))
wishes = st.from_type(Constraint)
candidates = st.builds(
    Candidate, items, numbers, st.tuples(st.tuples(wishes, facts)), st.tuples(st.tuples(facts, st.text()))
)
turns = st.builds(
    Turn,
    candidates=st.tuples(candidates),
    timings_ms=st.dictionaries(st.sampled_from(["rank", "total"]), numbers),
)


@given(st.from_type(State))
def test_every_state(state: State) -> None:
    assert decode_state(encode_state(state)) == state


@settings(max_examples=30, deadline=None)
@given(turns)
def test_every_turn(turn: Turn) -> None:
    assert decode_turn(encode_turn(turn)) == turn


def test_the_state_of_another_version() -> None:
    written = json.dumps({"language": "zh", "likes": ["urn:a"], "mood_of_the_day": "sunny"})
    assert decode_state(written) == State("zh", likes=("urn:a",))


def test_what_is_no_state() -> None:
    with pytest.raises(ValueError, match="likes"):
        decode_state('{"likes": 7}')
