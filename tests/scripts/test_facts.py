"""`facts_only`: replies that state what the graph holds, and all the ways not to."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chatrec.dialogue.values import Claim, Triple, Turn
from chatrec.grounding.pack import Pack
from chatrec.scripts.facts import check_facts
from chatrec.scripts.moment import Moment

MakeTurn = Callable[..., Turn]
T, V, S = "urn:test:", "urn:chatrec:vocab:", "https://schema.org/"
ARRIVAL: Triple = (T + "arrival", S + "name", "Arrival")


def at(reply: str, words: str, triple: Triple) -> Claim:
    """Claim some words where they first stand in a reply."""
    start = reply.index(words)
    return Claim(start, start + len(words), words, triple)


def gaps(pack: Pack, turn: Turn) -> list[str]:
    """Return what `facts_only` finds."""
    return [failure.got for failure in check_facts(Moment(turn, (), pack))]


@pytest.mark.parametrize(
    ("reply", "claims"),
    [
        ("How about tonight?", {}),
        ("Try Arrival.", {"Arrival": ARRIVAL}),
        ("Try Arrival (2016).", {"Arrival": ARRIVAL, "2016": (T + "arrival", V + "year", "2016")}),
        ("It runs 116 minutes.", {"116": (T + "arrival", V + "runtime", "116")}),
        ("It runs 116 minutes.", {"116 minutes": (T + "arrival", V + "runtime", "116")}),
        (
            "Denis Villeneuve directs.",
            {"Denis Villeneuve": (T + "arrival", S + "director", T + "villeneuve")},
        ),
        ("Science fiction, that.", {"Science fiction": (T + "arrival", S + "genre", T + "science-fiction")}),
        ("是科幻片。", {"科幻": (T + "arrival", S + "genre", T + "science-fiction")}),
        ("看看《降临》。", {"降临": (T + "arrival", S + "name", "降临")}),
        (
            "You said horror; 3 fit.",
            {"horror": ("session", "said", "horror"), "3": ("session", "count", "3")},
        ),
        ("Together we find one.", {}),
        ("The heat is on, he said in a scream.", {}),
        ("Preheated.", {}),
    ],
)
def test_facts(pack: Pack, make_turn: MakeTurn, reply: str, claims: dict[str, Triple]) -> None:
    turn = make_turn(reply, claims=tuple(at(reply, words, triple) for words, triple in claims.items()))
    assert gaps(pack, turn) == []


@pytest.mark.parametrize(
    ("reply", "claims", "got"),
    [
        ("Try Arrival.", {}, ["'Arrival' names something of the graph and is none"]),
        ("I like Amy Adams.", {}, ["'Amy Adams' names something of the graph and is none"]),
        ("导演是陈凯歌。", {}, ["'陈凯歌' names something of the graph and is none"]),
        ("看看《某片》。", {}, ["'某片' is put as a title and is none"]),
        ("Try one of 3.", {}, ["'3' is a number and is none"]),
        ("We watch Together.", {}, ["'Together' names something of the graph and is none"]),
        (
            "Arrival, yes. Arrival!",
            {"Arrival": ARRIVAL},
            ["'Arrival' names something of the graph and is none"],
        ),
    ],
)
def test_what_is_stated_outside_of_a_claim(
    pack: Pack, make_turn: MakeTurn, reply: str, claims: dict[str, Triple], got: list[str]
) -> None:
    items = ("arrival",)
    turn = make_turn(
        reply, items=items, claims=tuple(at(reply, words, triple) for words, triple in claims.items())
    )
    assert gaps(pack, turn) == got


@pytest.mark.parametrize(
    ("words", "triple", "got"),
    [
        ("2017", (T + "arrival", V + "year", "2017"), f"it does not hold {T}arrival {V}year 2017"),
        ("2017", (T + "arrival", V + "year", "2016"), "that is 2016"),
        ("Amy Adams", (T + "arrival", S + "director", T + "villeneuve"), f"that is {T}villeneuve"),
        (
            "Amy Adams",
            (T + "nowhere", S + "actor", T + "adams"),
            f"it does not hold {T}nowhere {S}actor {T}adams",
        ),
    ],
)
def test_a_claim_that_is_false(pack: Pack, make_turn: MakeTurn, words: str, triple: Triple, got: str) -> None:
    reply = f"Look: {words}."
    assert gaps(pack, make_turn(reply, claims=(at(reply, words, triple),))) == [got]


def test_a_claim_in_the_wrong_place(pack: Pack, make_turn: MakeTurn) -> None:
    claim = Claim(0, 7, "Arrival", ARRIVAL)
    assert gaps(pack, make_turn("A look.", claims=(claim,))) == ["reply[0:7] is 'A look.'"]


def test_a_word_at_the_start_counts_when_the_talk_is_of_that_film(pack: Pack, make_turn: MakeTurn) -> None:
    assert gaps(pack, make_turn("Together is it.", items=("together",))) == [
        "'Together' names something of the graph and is none"
    ]
