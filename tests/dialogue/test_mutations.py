"""No slip of the finger breaks a turn: what people really type, with letters lost, doubled, swapped or glued together."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from chatrec.dialogue.policy import decide
from chatrec.dialogue.state import update
from chatrec.dialogue.understanding import Understanding
from chatrec.dialogue.values import State
from chatrec.grounding.meaning import open_meanings
from chatrec.grounding.pack import Pack

SCRIPTS = Path(__file__).parent.parent / "dialogues"
NOISE = " ,.!?'\"的不no《》()0123456789\n\u200b👍é"


def utterances() -> list[str]:
    """Return what the users of the dialogue scripts say."""
    scripts = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(SCRIPTS.glob("*.yaml"))]
    turns = [turn for script in scripts for dialogue in script["dialogues"] for turn in dialogue["turns"]]
    return sorted({str(turn["say"]) for turn in turns if "say" in turn})


UTTERANCES = utterances()


@st.composite
def mutations(draw: st.DrawFn) -> str:
    """Draw an utterance, or two glued together, with up to six slips in it."""
    texts = draw(st.lists(st.sampled_from(UTTERANCES), min_size=1, max_size=2))
    letters = list(draw(st.sampled_from(["", " ", "，", ". "])).join(texts))
    for _ in range(draw(st.integers(0, 6))):
        place = draw(st.integers(0, max(0, len(letters) - 1)))
        slip = draw(st.sampled_from(["lose", "double", "swap", "noise", "case"]))
        piece = letters[place : place + 1]
        changed = {"lose": [], "double": piece * 2, "noise": [*piece, draw(st.sampled_from(NOISE))]}
        changed["case"] = [letter.swapcase() for letter in piece]
        changed["swap"] = letters[place : place + 2][::-1]
        letters[place : place + (2 if slip == "swap" else 1)] = changed[slip]
    return "".join(letters)


@pytest.fixture(scope="module")
def reader(movies: Pack) -> Understanding:
    meanings = open_meanings(movies)
    return Understanding(movies.schema, movies.entries, movies.items, meanings.reach if meanings else None)


@settings(max_examples=150, deadline=None, database=None)
@given(messages=st.lists(mutations(), min_size=1, max_size=3))
def test_slips_are_read_and_answered(movies: Pack, reader: Understanding, messages: list[str]) -> None:
    state = State("en")
    for message in messages:
        detected = reader.detect(message, state)
        acts = reader.read(message, detected, state)
        assert acts
        assert all(
            act.start < 0 or message[act.start : act.start + len(act.text)] == act.text for act in acts
        )
        assert all(
            act.slot is None or act.slot in {slot.name for slot in movies.schema.slots} for act in acts
        )
        state = update(state, acts, detected.language)
        assert decide(state, acts, movies.schema).intent
