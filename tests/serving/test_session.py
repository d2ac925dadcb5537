"""Sessions: kept apart, expired, rated; a reply that nobody listens to any more does no harm."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from chatrec.dialogue.values import Constraint, State, Turn
from chatrec.errors import InputError
from chatrec.grounding.pack import Pack
from chatrec.serving.memory import Sessions, UnknownSessionError
from chatrec.serving.session import Service
from tests.serving.conftest import FakeEngine

FILM = "urn:chatrec:movies:film:interstellar-2014"


def test_an_idle_session_expires_and_a_used_one_does_not() -> None:
    now = [0.0]
    sessions = Sessions(minutes=1, clock=lambda: now[0])
    used, idle = sessions.create(), sessions.create()
    now[0] = 50
    assert sessions.get(used.id) is used
    now[0] = 100
    assert sessions.get(idle.id) is None
    assert sessions.get(used.id) is used
    assert len(sessions) == 1


def test_ids_cannot_be_guessed() -> None:
    sessions = Sessions(minutes=1)
    ids = {sessions.create().id for _ in range(100)}
    assert len(ids) == 100
    assert min(map(len, ids)) >= 20


def test_sessions_know_nothing_of_each_other(service: Service) -> None:
    one, two = service.session(), service.session()
    service.answer(one.id, "science fiction")
    service.answer(two.id, "romance")
    assert [wish.value for wish in one.state.constraints] == ["science fiction"]
    assert [wish.value for wish in two.state.constraints] == ["romance"]


def test_many_people_at_once_stay_apart(service: Service) -> None:
    wishes = ["comedy", "romance", "horror", "animation"] * 4

    def talk(wish: str) -> list[str]:
        session = service.session()
        service.answer(session.id, wish)
        return [str(constraint.value) for constraint in service.answer(session.id, "more").state.constraints]

    with ThreadPoolExecutor(8) as people:
        assert list(people.map(talk, wishes)) == [[wish] for wish in wishes]


def test_an_unknown_id_starts_a_new_session(service: Service) -> None:
    session = service.session("no such id")
    assert session.id != "no such id"
    assert service.known(session.id) is session


def test_a_listener_who_leaves_early_leaves_the_session_unharmed(pack: Pack) -> None:
    service = Service(FakeEngine(pack, pause=0.05))
    session = service.session()
    replies = service.say(session.id, "science fiction")
    next(replies)
    replies.close()
    assert service.answer(session.id, "romance").turn == 1
    assert [wish.value for wish in session.state.constraints] == ["romance"]


def test_a_reply_can_be_stopped(pack: Pack) -> None:
    service = Service(FakeEngine(pack, pause=0.2))
    session = service.session()
    reply = service.say(session.id, "science fiction")
    next(reply)
    service.stop(session.id)
    assert list(reply) == []
    assert session.state == State()
    assert service.answer(session.id, "romance").turn == 1


def test_stopping_without_a_reply_does_nothing(service: Service) -> None:
    session = service.session()
    service.stop(session.id)
    service.stop("gone")
    assert service.answer(session.id, "romance").turn == 1


def test_a_listener_who_stops_reading_holds_up_nobody(pack: Pack) -> None:
    service = Service(FakeEngine(pack, pause=0.01))
    stalled = service.say(service.session().id, "science fiction")
    next(stalled)
    assert isinstance(service.answer(None, "romance"), Turn)


def test_one_reply_is_written_at_a_time(pack: Pack) -> None:
    running, most = [], []

    class Watched(FakeEngine):
        def turn(self, message: str, state: State):
            running.append(1)
            most.append(len(running))
            yield from super().turn(message, state)
            running.pop()

    service = Service(Watched(pack, pause=0.01))
    threads = [threading.Thread(target=service.answer, args=(None, "romance")) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) == 1


def test_a_fault_reaches_the_listener_and_the_session_goes_on(service: Service) -> None:
    session = service.session()
    with pytest.raises(RuntimeError, match="as asked"):
        service.answer(session.id, "fail")
    assert service.answer(session.id, "romance").turn == 1


def test_feedback_moves_the_next_list(service: Service) -> None:
    plain, rated = service.session(), service.session()
    for session in (plain, rated):
        service.answer(session.id, "science fiction")
    service.feedback(rated.id, rated.turns[-1].candidates[2].item.iri, "like")
    lists = [
        [c.item.iri for c in service.answer(session.id, "more").candidates] for session in (plain, rated)
    ]
    assert lists[0] != lists[1]


def test_feedback_waits_for_the_reply_under_way(pack: Pack) -> None:
    service = Service(FakeEngine(pack, pause=0.05))
    session = service.session()
    reply = service.say(session.id, "romance")
    next(reply)
    service.feedback(session.id, FILM, "like")
    assert isinstance(list(reply)[-1], Turn)
    assert session.state.likes == (FILM,)
    assert session.state.turn == 1


@pytest.mark.parametrize(
    ("item", "rating", "said"),
    [
        (FILM, "love", "no rating"),
        ("urn:chatrec:movies:film:none", "like", "no item"),
        ("urn:chatrec:movies:person:matt-damon", "like", "no item"),
        ('x> } ; DELETE WHERE {?s ?p ?o} #"', "like", "no item"),
    ],
)
def test_unusable_feedback_is_refused(service: Service, item: str, rating: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        service.feedback(service.session().id, item, rating)


def test_a_wish_can_be_taken_back(service: Service) -> None:
    session = service.session()
    service.answer(session.id, "science fiction and romance")
    first, second = session.state.constraints
    service.remove_constraint(session.id, first)
    service.remove_constraint(session.id, Constraint("year", "=", 1900))
    assert session.state.constraints == (second,)


def test_a_forgotten_session_is_gone(service: Service) -> None:
    session = service.session()
    service.forget(session.id)
    with pytest.raises(UnknownSessionError):
        service.known(session.id)


def test_a_language_is_assumed_where_the_text_does_not_tell(service: Service) -> None:
    with pytest.raises(InputError, match="not spoken"):
        service.answer(None, "hello", language="xx")
    assert service.answer(None, "123", language="en").language == "en"


def test_half_a_character_cannot_break_a_reply(service: Service) -> None:
    turn = service.answer(None, "romance \ud83d")
    assert turn.user.encode("utf-8").startswith(b"romance")
