"""The state of a session, act by act."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chatrec.dialogue.state import excluded, show, update
from chatrec.dialogue.values import Act, Constraint, Decision, State


def wish(slot: str, value: str | int, op: str = "=", **more: object) -> Act:
    iri = "" if isinstance(value, int) else f"urn:{value}"
    return Act("inform", slot, op, value, iri, **more)  # type: ignore[arg-type]


def item(name: str, iri: str) -> Act:
    return Act(name, "title", "=", iri.upper(), iri, "dislike" if name == "dislike" else "like", item=True)


def forget(slot: str, value: str | None = None) -> Act:
    return Act("forget", slot, "-", value, f"urn:{value}" if value else "", "neutral")


def in_force(state: State) -> list[tuple[str, str, str | int, str]]:
    return [(wish.slot, wish.op, wish.value, wish.polarity) for wish in state.constraints]


def after(*turns: tuple[Act, ...]) -> State:
    state = State()
    for acts in turns:
        state = update(state, acts, "en")
    return state


@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        pytest.param(
            [(wish("year", 1990, ">="), wish("year", 1999, "<="))],
            [("year", ">=", 1990, "like"), ("year", "<=", 1999, "like")],
            id="a range is two wishes",
        ),
        pytest.param(
            [(wish("year", 1990, ">="), wish("year", 1999, "<=")), (wish("year", 2010, ">"),)],
            [("year", ">", 2010, "like")],
            id="a later number replaces a range",
        ),
        pytest.param(
            [(wish("year", 2010, ">"), wish("year", 2015, ">"))],
            [("year", ">", 2015, "like")],
            id="of two bounds in one turn the last stands",
        ),
        pytest.param(
            [(wish("year", 2010),), (wish("runtime", 100, "<"),)],
            [("year", "=", 2010, "like"), ("runtime", "<", 100, "like")],
            id="numbers of other slots stay",
        ),
        pytest.param(
            [(wish("genre", "horror"),), (wish("genre", "horror", polarity="dislike"),)],
            [("genre", "=", "horror", "dislike")],
            id="the last word on a value counts",
        ),
        pytest.param(
            [(wish("genre", "horror", polarity="dislike"),), (wish("genre", "comedy"),)],
            [("genre", "=", "horror", "dislike"), ("genre", "=", "comedy", "like")],
            id="a dislike stays beside a like",
        ),
        pytest.param(
            [(wish("genre", "comedy"), wish("genre", "romance"))],
            [("genre", "=", "comedy", "like"), ("genre", "=", "romance", "like")],
            id="values of one turn gather",
        ),
        pytest.param(
            [(wish("genre", "comedy"),), (wish("genre", "romance"),)],
            [("genre", "=", "romance", "like")],
            id="a later genre replaces the earlier one",
        ),
        pytest.param(
            [(wish("genre", "comedy"),), (wish("genre", "romance", join="also"),)],
            [("genre", "=", "comedy", "like"), ("genre", "=", "romance", "like")],
            id="unless it comes on top",
        ),
        pytest.param(
            [(wish("mood", "sad"),), (wish("mood", "epic"),)],
            [("mood", "=", "sad", "like"), ("mood", "=", "epic", "like")],
            id="moods gather",
        ),
        pytest.param(
            [(wish("mood", "sad"),), (wish("mood", "epic", join="instead"),)],
            [("mood", "=", "epic", "like")],
            id="unless one is to take the place of the other",
        ),
        pytest.param(
            [(wish("genre", "comedy"), wish("year", 2010)), (forget("year"),)],
            [("genre", "=", "comedy", "like")],
            id="a slot is forgotten",
        ),
        pytest.param(
            [(wish("mood", "sad"), wish("mood", "epic")), (forget("mood", "sad"),)],
            [("mood", "=", "epic", "like")],
            id="a value is forgotten",
        ),
        pytest.param(
            [(wish("director", "x"),), (Act("forget", "actor", "-", "x", "urn:x", "neutral"),)],
            [],
            id="a person is forgotten in whatever part",
        ),
        pytest.param(
            [
                (
                    Act("like", "actor", "=", "x", "urn:x"),
                    Act("dislike", "genre", "=", "war", "urn:war", "dislike"),
                )
            ],
            [("actor", "=", "x", "like"), ("genre", "=", "war", "dislike")],
            id="what is loved or hated is a wish",
        ),
        pytest.param(
            [(Act("ask", "year", "?", None, "", "neutral"), item("ask", "a"))],
            [],
            id="a question is none",
        ),
        pytest.param([(Act("inform", "genre", "=", None),)], [], id="nor is an act without a value"),
    ],
)
def test_wishes_in_force(
    turns: list[tuple[Act, ...]], expected: list[tuple[str, str, str | int, str]]
) -> None:
    assert in_force(after(*turns)) == expected


def test_the_last_word_on_an_item_counts() -> None:
    state = after((item("like", "a"), item("dislike", "b")), (item("like", "b"), item("dislike", "a")))
    assert (state.likes, state.dislikes) == (("b",), ("a",))


def test_seen_items_may_be_liked_as_well() -> None:
    state = after((item("seen", "a"), item("like", "a")))
    assert (state.seen, state.likes) == (("a",), ("a",))
    assert excluded(state) == ("a",)


def test_liked_disliked_and_seen_items_are_excluded_once_each() -> None:
    state = State(likes=("a", "b"), dislikes=("c",), seen=("a", "d"))
    assert excluded(state) == ("a", "b", "c", "d")


def test_a_film_that_was_not_seen_after_all_may_come_again() -> None:
    assert after((item("seen", "a"),), (Act("forget", "title", "-", iri="a", item=True),)).seen == ()


def test_restart_keeps_the_language_and_what_was_seen_or_disliked() -> None:
    before = State(
        "en", (Constraint("year", "=", 2000),), ("a",), ("b",), ("c",), (("d",),), ("d",), ("genre",), 3, 4
    )
    assert update(before, (Act("restart"),), "en") == State("en", dislikes=("b",), seen=("c",), turn=5)


def test_how_varied_lists_are_outlives_a_restart() -> None:
    assert update(State(diversity=0.9), [Act("restart")], "en").diversity == 0.9


def test_a_wish_said_with_the_restart_counts() -> None:
    assert in_force(after((wish("year", 2010),), (Act("restart"), wish("genre", "war")))) == [
        ("genre", "=", "war", "like")
    ]


def test_switch_decides_over_what_was_detected() -> None:
    assert update(State("en"), (Act("switch", value="zh"),), "en").language == "zh"


def test_the_count_is_of_this_turn_and_at_least_one() -> None:
    state = update(State(), (Act("request", value=3),), "en")
    assert state.count == 3
    assert update(state, (Act("more"),), "en").count is None
    assert update(state, (Act("request", value=0),), "en").count == 1


def test_items_named_come_into_focus_first() -> None:
    state = update(State(focus=("x", "y")), (item("like", "a"), item("ask", "y")), "en")
    assert state.focus == ("y", "a", "x")


def test_show_remembers_lists_focus_and_questions() -> None:
    state = show(State(focus=("z",)), Decision("recommend", "recommend"), ("a", "b"))
    assert (state.shown, state.focus) == ((("a", "b"),), ("a", "b"))
    assert show(state, Decision("answer", "answer", ("b",), "year"), ()).focus == ("b",)
    assert show(state, Decision("greet", "greet"), ()) == state
    asked = show(state, Decision("ask", "ask", slot="genre"), ())
    assert asked.asked == ("genre",)
    assert show(asked, Decision("ask", "ask", slot="genre"), ()).asked == ("genre",)


def test_the_old_state_is_left_as_it_was() -> None:
    before = State("en", (Constraint("year", "=", 2000),), likes=("a",))
    copy = replace(before)
    update(before, (wish("year", 2010, ">"), item("dislike", "a"), Act("restart")), "zh")
    assert before == copy
