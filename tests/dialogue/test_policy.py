"""What is done, given what was said and what is known."""

from __future__ import annotations

import pytest

from chatrec.dialogue.policy import decide, settle
from chatrec.dialogue.values import Act, Constraint, Decision, State
from chatrec.grounding.pack import Pack

WISH = Act("inform", "genre", "=", "war", "urn:war")
DISLIKED = Act("inform", "genre", "=", "war", "urn:war", "dislike")
LIKED = Act("like", "title", "=", "A", "a", item=True)
SEEN = Act("seen", "title", "=", "A", "a", "neutral", item=True)
ABOUT_A = Act("ask", "title", "=", "A", "a", "neutral", item=True)
ABOUT_B = Act("ask", "title", "=", "B", "b", "neutral", item=True)
WHEN = Act("ask", "year", "?", polarity="neutral")
AWARDS = Act("ask", None, "?", polarity="neutral")
UNKNOWN = Act("unknown", value="Zzyzx Road", polarity="neutral")
NEAR = Act("unknown", value="Inceptoin", iri="a", polarity="neutral")

NEW = State("en")
LISTED = State("en", shown=(("a", "b", "c"),), focus=("a", "b", "c"))
WISHED = State("en", (Constraint("genre", "=", "war", "urn:war"),))


def act(name: str, value: str | int | None = None) -> Act:
    return Act(name, value=value, polarity="neutral")


RECOMMEND = Decision("recommend", "recommend")

CASES = [
    # (state after the acts, acts, decision)
    (NEW, (act("too_long"),), Decision("refuse", "too_long")),
    (NEW, (act("unclear"),), Decision("ask", "unclear")),
    (NEW, (), Decision("ask", "unclear")),
    (WISHED, (act("refuse"), act("request")), Decision("refuse", "refuse")),
    (NEW, (act("unsupported", "fr"),), Decision("refuse", "unsupported")),
    (WISHED, (WISH, act("unsupported", "fr")), RECOMMEND),
    (NEW, (act("greet"), act("unsupported", "fr")), Decision("greet", "greet")),
    # recommending
    (WISHED, (WISH,), RECOMMEND),
    (WISHED, (DISLIKED,), RECOMMEND),
    (State("en", likes=("a",)), (LIKED,), RECOMMEND),
    (State("en", seen=("a",)), (SEEN,), RECOMMEND),
    (WISHED, (act("request"),), RECOMMEND),
    (WISHED, (act("greet"), WISH, act("thank")), RECOMMEND),
    (LISTED, (act("more"),), RECOMMEND),
    (LISTED, (act("reject"),), RECOMMEND),
    (LISTED, (act("switch", "zh"),), RECOMMEND),
    (LISTED, (Act("forget", "year", "-", polarity="neutral"),), RECOMMEND),
    (WISHED, (UNKNOWN, WISH), RECOMMEND),
    # vague openings
    (NEW, (act("request"),), Decision("ask", "ask", slot="genre")),
    (NEW, (act("greet"), act("request")), Decision("ask", "ask", slot="genre")),
    (NEW, (act("more"),), Decision("ask", "ask", slot="genre")),
    (State("en", asked=("genre",)), (act("request"),), RECOMMEND),
    (NEW, (act("restart"),), Decision("ask", "ask", slot="genre")),
    (NEW, (Act("forget", "year", "-", polarity="neutral"),), Decision("ask", "forget")),
    # about items
    (LISTED, (WHEN, ABOUT_A), Decision("answer", "answer", ("a",), "year")),
    (LISTED, (WHEN, ABOUT_B, act("thank")), Decision("answer", "answer", ("b",), "year")),
    (LISTED, (ABOUT_B,), Decision("answer", "answer", ("b",), "synopsis")),
    (LISTED, (AWARDS, ABOUT_A), Decision("answer", "answer", ("a",), None)),
    (NEW, (WHEN,), Decision("ask", "unknown")),
    (LISTED, (act("explain"), ABOUT_B), Decision("explain", "explain", ("b",))),
    (LISTED, (act("explain"),), Decision("explain", "explain", ("a",))),
    (NEW, (act("explain"),), Decision("explain", "explain")),
    (LISTED, (act("compare"), ABOUT_B, ABOUT_A), Decision("compare", "compare", ("b", "a"))),
    (LISTED, (act("compare"),), Decision("compare", "compare", ("a", "b"))),
    (
        LISTED,
        (act("compare"), Act("ask", "title", "=", "C", "c", "neutral", item=True)),
        Decision("compare", "compare", ("c", "a")),
    ),
    (NEW, (act("compare"),), Decision("compare", "compare")),
    (NEW, (UNKNOWN,), Decision("ask", "unknown", text="Zzyzx Road")),
    (NEW, (NEAR, act("request")), Decision("ask", "unknown", ("a",), text="Inceptoin")),
    (LISTED, (WHEN, UNKNOWN), Decision("ask", "unknown", text="Zzyzx Road")),
    # small talk
    (NEW, (act("greet"),), Decision("greet", "greet")),
    (LISTED, (act("thank"),), Decision("thank", "thank")),
    (LISTED, (act("thank"), act("close")), Decision("close", "close")),
    (NEW, (act("chitchat"),), Decision("chitchat", "chitchat")),
    (NEW, (act("switch", "zh"),), Decision("greet", "greet")),
]


@pytest.mark.parametrize(("state", "acts", "decision"), CASES)
def test_decision(movies: Pack, state: State, acts: tuple[Act, ...], decision: Decision) -> None:
    assert decide(state, acts, movies.schema) == decision


def test_questions_go_through_the_slots_in_order_and_skip_what_is_known(movies: Pack) -> None:
    asking = [slot.name for slot in movies.schema.slots if slot.question]
    state = State("en")
    assert decide(state, (act("restart"),), movies.schema).slot == asking[0]
    state = State("en", (Constraint(asking[0], "=", "war", "urn:war"),), asked=(asking[1],))
    assert decide(state, (act("restart"),), movies.schema).slot == asking[2]
    state = State("en", asked=tuple(asking))
    assert decide(state, (act("restart"),), movies.schema) == RECOMMEND


def test_settle_drops_the_wishes_that_bring_most() -> None:
    war, old = Constraint("genre", "=", "war", "urn:war"), Constraint("year", "<", 1950)
    decision = settle(RECOMMEND, [((old,), 7), ((war,), 2)])
    assert decision == Decision("relax", "relax", dropped=(old,), count=7, options=(((war,), 2),))


def test_settle_without_options_says_that_nothing_fits() -> None:
    assert settle(RECOMMEND, []) == Decision("relax", "relax", count=0)
