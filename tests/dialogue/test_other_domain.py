"""Nothing of films is in the code: the same understanding reads a pack of wines."""

from __future__ import annotations

import pytest

from chatrec.dialogue.language import Detected
from chatrec.dialogue.policy import decide
from chatrec.dialogue.state import update
from chatrec.dialogue.understanding import Understanding
from chatrec.dialogue.values import Decision, State
from chatrec.grounding.pack import Pack
from tests.dialogue.conftest import wanted, written


@pytest.mark.parametrize(
    ("utterance", "acts"),
    [
        ("something made of Merlot", "inform grape Merlot"),
        ("no riesling", "inform not grape Riesling"),
        ("I loved High Hill", "like name High Hill"),
        ("类似老橡树的", "like name Old Oak"),
        ("不要雷司令", "inform not grape Riesling"),
        ("I've had enough of Merlot", "dislike grape Merlot"),
    ],
)
def test_wines(wines: Pack, utterance: str, acts: str) -> None:
    understanding = Understanding(wines.schema, wines.entries, wines.items)
    assert written(understanding.read(utterance, Detected("en"), State()), acts) == wanted(acts)


def test_liked_wines_are_items(wines: Pack) -> None:
    understanding = Understanding(wines.schema, wines.entries, wines.items)
    acts = understanding.read("I loved High Hill", Detected("en"), State())
    state = update(State(), acts, "en")
    assert state.likes == ("urn:wines:high-hill",)
    assert state.constraints == ()
    assert decide(state, acts, wines.schema) == Decision("recommend", "recommend")
