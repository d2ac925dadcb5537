"""The latest turn of a session is taken back, as if it had not been said; what was pressed since then stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatrec.dialogue.feedback import RATINGS, carry_over, rate, rating_of
from chatrec.dialogue.values import State
from chatrec.serving.memory import UnknownSessionError
from chatrec.serving.session import Service

FILM = "urn:chatrec:movies:film:interstellar-2014"
items = st.sampled_from(["a", "b", "c"])
presses = st.lists(st.tuples(items, st.sampled_from(RATINGS)), max_size=6)


def test_a_turn_is_taken_back(service: Service) -> None:
    session = service.session()
    service.answer(session.id, "romance")
    before = session.state
    service.answer(session.id, "horror")
    assert service.take_back(session.id) == "horror"
    assert session.state == before
    assert [turn.user for turn in session.turns] == ["romance"]


def test_all_turns_are_taken_back_one_after_the_other(service: Service) -> None:
    session = service.session()
    for message in ("romance", "horror"):
        service.answer(session.id, message)
    assert [service.take_back(session.id) for _ in range(3)] == ["horror", "romance", ""]
    assert session.state == State()


def test_what_was_pressed_since_stays(service: Service) -> None:
    session = service.session()
    service.answer(session.id, "romance")
    wish = session.state.constraints[0]
    service.answer(session.id, "Interstellar")
    service.remove_constraint(session.id, wish)
    other = session.turns[-1].candidates[0].item.iri
    service.feedback(session.id, other, "seen")
    service.take_back(session.id)
    assert session.state.constraints == ()
    assert session.state.seen == (other,)
    assert session.state.likes == (), "Interstellar was liked with the message that is taken back"


def test_a_rating_taken_back_since_stays_taken_back(service: Service) -> None:
    session = service.session()
    service.answer(session.id, "romance")
    service.feedback(session.id, FILM, "like")
    service.answer(session.id, "horror")
    service.feedback(session.id, FILM, "none")
    service.take_back(session.id)
    assert session.state.likes == ()


def test_an_unknown_session_has_nothing_to_take_back(service: Service) -> None:
    with pytest.raises(UnknownSessionError):
        service.take_back("no such id")


@given(presses, presses, presses)
def test_only_what_changed_is_carried_over(
    first: list[tuple[str, str]], second: list[tuple[str, str]], third: list[tuple[str, str]]
) -> None:
    earlier, old = _pressed(State(), first), _pressed(State(), second)
    new = _pressed(old, third)
    carried = carry_over(earlier, old, new)
    for item in "abc":
        changed = rating_of(new, item) != rating_of(old, item)
        assert rating_of(carried, item) == rating_of(new if changed else earlier, item)


def _pressed(state: State, ratings: list[tuple[str, str]]) -> State:
    for item, rating in ratings:
        state = rate(state, item, rating)  # type: ignore[arg-type]
    return state
