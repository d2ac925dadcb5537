"""No text breaks a turn: anything can be typed, pasted or injected."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatrec.config import settings as configured
from chatrec.dialogue.language import Detected
from chatrec.dialogue.policy import decide
from chatrec.dialogue.state import show, update
from chatrec.dialogue.understanding import Understanding
from chatrec.dialogue.values import Act, State
from chatrec.grounding.pack import Pack
from tests.dialogue.conftest import Say

INTENTS = {
    "recommend", "ask", "answer", "explain", "compare", "relax", "greet", "thank", "close", "refuse", "chitchat",
}  # fmt: skip

WORDS = (
    "I loved |no |不要|Inception|星际穿越|like |who directed |the second one|1999|90s|newer|再新一点"
    "|forget |the year|under two hours"
)
SIGNS = (
    "?|。|《|》|\"|(2010)| or |and |'s |{n}|\\d+|(((|<script>|%s|SELECT ?x WHERE {|R-rated |PG-13|👍🏽|İ|ß|ﬁ"
    "|e\u0301|\0|\u202e|\n|\t"
)
PIECES = st.sampled_from([*WORDS.split("|"), *SIGNS.split("|"), "a" * 50])
TEXTS = st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=8).map("".join))


@settings(max_examples=400, deadline=None, database=None)
@given(message=TEXTS)
def test_any_text_is_read_and_answered(movies: Pack, understanding: Understanding, message: str) -> None:
    shown = tuple(entry.iri for entry in movies.entries[:3])
    before = State("en", shown=(shown,), focus=shown, likes=shown[:1])
    masked = understanding.mask(message)
    assert len(masked) == len(message)
    acts = understanding.read(message, Detected("en"), before)
    assert acts
    assert acts == understanding.read(message, Detected("en"), before)
    for act in acts:
        assert act.start < 0 or message[act.start : act.start + len(act.text)] == act.text
        assert act.op in ("=", ">", ">=", "<", "<=", "?", "-")
    state = update(before, acts, "en")
    decision = decide(state, acts, movies.schema)
    assert decision.intent in INTENTS
    assert show(state, decision, ()).turn == 1


@pytest.mark.parametrize("message", ["", " ", "\n\n", "?!", "👍👍", "\u200b", "\x00\x01", "…", "（）"])
def test_what_cannot_be_read_is_unclear(say: Say, message: str) -> None:
    assert [act.act for act in say(message)] == ["unclear"]


def test_what_is_too_long_is_not_read(understanding: Understanding) -> None:
    limit = configured().max_message
    acts = understanding.read("horror " * limit, Detected("en"), State())
    assert acts == (Act("too_long", polarity="neutral"),)
    assert understanding.read("horror".ljust(limit), Detected("en"), State())[0].slot == "genre"


INJECTIONS = [
    'horror"} . ?s ?p ?o . {',
    "comedy'; DROP TABLE films; --",
    "{{ 7 * 7 }} thriller",
    "<script>alert('horror')</script>",
    "horror\u202e gnisrever",
    "(((((((((((((((( horror",
    "[a-z]+ horror \\",
    "no no no no no no no no horror",
]


@pytest.mark.parametrize("message", INJECTIONS)
def test_signs_of_other_languages_are_only_words(say: Say, message: str) -> None:
    assert {act.slot for act in say(message) if act.value and act.act == "inform"} == {"genre"}


def test_a_turn_is_read_quickly(understanding: Understanding) -> None:
    """Even what is full of typos or names an unknown title takes less than 25 ms of one core."""
    messages = [
        "I loved Interstellar. Something like it, but newer?",
        "recomend me a goood thriler with Leonrado DiCaprio from the 90s, nothing too violent pls",
        "想看一部类似星际穿越的科幻片，不要太长，最好是诺兰导演的",
        "who directed Zzyzx Road and is it based on a true story?",
    ]
    for message in messages:
        assert min(_read_seconds(understanding, message) for _ in range(5)) < 0.025


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "no ",
        "和",
        "第一部",
        "horror, ",
        "1999 ",
        "newer ",
        "xqzw blorp ",
        "《不存在》",
        "who directed it? ",
        "any year ",
        "(",
    ],
)
def test_a_long_message_of_one_thing_takes_no_more_than_a_moment(
    understanding: Understanding, piece: str
) -> None:
    message = (piece * configured().max_message)[: configured().max_message]
    assert min(_read_seconds(understanding, message) for _ in range(3)) < 0.15


def _read_seconds(understanding: Understanding, message: str) -> float:
    start = time.process_time()
    understanding.mask(message)
    understanding.read(message, Detected("en"), State("en"))
    return time.process_time() - start
