"""Sessions that outlive their server, users who agree to be remembered, and what is forgotten for good."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from chatrec.dialogue.values import Sentence, State, Turn
from chatrec.errors import InputError, StoreError
from chatrec.grounding.pack import Pack, open_pack
from chatrec.learning.store.records import Key, Selection
from chatrec.learning.store.store import Store, open_store
from chatrec.serving.memory import UnknownSessionError
from chatrec.serving.rest import create_app
from chatrec.serving.session import Service
from tests.conftest import WINE_SHAPES, write_pack
from tests.serving.conftest import FakeEngine

OAK, HILL, LIGHT = "urn:wines:old-oak", "urn:wines:high-hill", "urn:wines:river-light"
ANN, BEN = "ann-agreed-to-be-remembered", "ben-agreed-to-be-remembered"
Start = Callable[[], Service]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "data" / "chatrec.db"


@pytest.fixture
def start(database: Path, wines: Pack) -> Iterator[Start]:
    """Start a service, or start it again: with the same database and nothing in memory."""
    stores: list[Store] = []

    def again() -> Service:
        store = open_store(f"sqlite:///{database}")
        assert store
        stores.append(store)
        return Service(FakeEngine(wines), store)

    yield again
    for store in stores:
        store.close()


def everything(database: Path) -> bytes:
    """Return every byte of the database's files."""
    return b"".join(file.read_bytes() for file in database.parent.iterdir())


def test_a_conversation_goes_on_after_a_restart(start: Start) -> None:
    service = start()
    session = service.session()
    service.answer(session.id, "Merlot")
    service.feedback(session.id, OAK, "like")
    later = start().known(session.id)
    assert (later.state, later.turns, later.before) == (session.state, session.turns, session.before)
    assert start().answer(session.id, "more").turn == 2


def test_what_was_taken_back_stays_taken_back_after_a_restart(start: Start) -> None:
    service = start()
    session = service.session()
    service.answer(session.id, "Merlot")
    service.answer(session.id, "Riesling")
    service.take_back(session.id)
    service.remove_constraint(session.id, session.state.constraints[0])
    later = start().known(session.id)
    assert [turn.user for turn in later.turns] == ["Merlot"]
    assert later.state.constraints == ()
    assert start().take_back(session.id) == "Merlot"


def test_memory_lets_go_of_sessions_and_finds_them_again(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatrec.serving.memory._MOST_TURNS", 5)
    service = start()
    ids = [service.session().id for _ in range(20)]
    for wish in ("Merlot", "more"):
        for session in ids:
            service.answer(session, wish)
    assert len(service.sessions) < 8
    for session in ids:
        assert [turn.user for turn in service.known(session).turns] == ["Merlot", "more"]


def test_a_session_that_someone_holds_is_not_loaded_twice(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatrec.serving.memory._MOST_TURNS", 0)
    service = start()
    held = service.session()
    service.answer(held.id, "Merlot")
    service.answer(None, "Riesling")
    assert service.known(held.id) is held


def test_a_turn_that_cannot_be_stored_is_not_confirmed(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    service = start()
    session = service.session()
    service.answer(session.id, "Merlot")

    def fail(*_: object) -> None:
        raise StoreError("The disk is full.")

    before = session.state
    with monkeypatch.context() as patch:
        patch.setattr(service.store, "_put", fail)
        with pytest.raises(StoreError, match="full"):
            service.answer(session.id, "Riesling")
        with pytest.raises(StoreError, match="full"):
            service.feedback(session.id, OAK, "like")
    assert session.state == before
    assert service.answer(session.id, "Riesling").turn == 2


def test_what_is_forgotten_is_in_no_byte_of_the_files(start: Start, database: Path) -> None:
    service = start()
    session = service.session()
    service.answer(session.id, "Merlot for my aunt Rosamund")
    service.answer(None, "Riesling for uncle Ambrose")
    assert b"Rosamund" in everything(database)
    start().forget(session.id)
    assert b"Rosamund" not in everything(database)
    assert b"Ambrose" in everything(database)
    with pytest.raises(UnknownSessionError):
        service.known(session.id)
    with pytest.raises(UnknownSessionError):
        service.forget(session.id)


@dataclass(frozen=True, eq=False)
class Paused(FakeEngine):
    """An engine that says its pieces, and ends its turn when it is let go."""

    gate: threading.Event = field(default_factory=threading.Event)

    def turn(self, message: str, state: State) -> Iterator[Sentence | Turn]:
        for piece in super().turn(message, state):
            if isinstance(piece, Turn):
                self.gate.wait(60)
            yield piece


def test_what_another_process_forgets_does_not_come_back(start: Start, database: Path, wines: Pack) -> None:
    engine = Paused(wines)
    engine.gate.set()
    service = Service(engine, start().store)
    session = service.session()
    service.answer(session.id, "Merlot for my aunt Rosamund")
    engine.gate.clear()
    reply = service.say(session.id, "more")
    next(reply)
    start().forget(session.id)
    engine.gate.set()
    with pytest.raises(UnknownSessionError):
        list(reply)
    assert service.session(session.id).id != session.id
    assert b"Rosamund" not in everything(database)


def test_a_reply_under_way_breaks_off_when_its_session_is_forgotten(start: Start, wines: Pack) -> None:
    engine = Paused(wines)
    service = Service(engine, start().store)
    session = service.session()
    reply = service.say(session.id, "Merlot")
    next(reply)
    with ThreadPoolExecutor() as others:
        forgetting = others.submit(service.forget, session.id)
        while not (session.listening and session.listening.stopped):
            pass
        engine.gate.set()
        forgetting.result()
    assert not any(isinstance(piece, Turn) for piece in reply)
    assert service.sessions.get(session.id) is None
    assert not start().store.has(session.id)


def test_a_private_pack_stores_nothing(tmp_path: Path, start: Start, cache: Path) -> None:
    shapes = WINE_SHAPES.replace("w: a chatrec:Pack ;", "w: a chatrec:Pack ; chatrec:private true ;")
    pack, store = open_pack(str(write_pack(tmp_path / "secret", shapes))), start().store
    service = Service(FakeEngine(pack), store)
    session = service.session()
    service.answer(session.id, "Merlot", user=ANN)
    service.feedback(session.id, OAK, "like")
    assert session.state.likes == (OAK,)
    assert store
    assert list(store.sessions(Selection())) == []


def test_a_user_who_agrees_is_remembered(start: Start) -> None:
    service = start()
    first = service.session()
    service.answer(first.id, "I love Old Oak", user=ANN)
    service.feedback(first.id, HILL, "dislike")
    service.feedback(first.id, LIGHT, "seen")
    service.feedback(first.id, LIGHT, "none")
    assert start().remembered(ANN) == {OAK: "like", HILL: "dislike"}
    second = service.session()
    service.answer(second.id, "something", user=ANN)
    assert (second.state.likes, second.state.dislikes, second.state.seen) == ((OAK,), (HILL,), ())
    assert [item.item.iri for item in second.turns[-1].candidates] == [LIGHT]
    stranger = service.session()
    service.answer(stranger.id, "something", user=BEN)
    assert stranger.state.likes == ()


def test_what_is_remembered_can_be_taken_back_in_any_later_session(start: Start) -> None:
    service = start()
    first, second = service.session(), service.session()
    service.answer(first.id, "I love Old Oak", user=ANN)
    service.answer(second.id, "something", user=ANN)
    service.feedback(second.id, OAK, "none")
    assert service.remembered(ANN) == {}


def test_agreeing_in_mid_conversation_and_withdrawing(start: Start) -> None:
    service = start()
    old, now = service.session(), service.session()
    service.answer(old.id, "I love Old Oak", user=ANN)
    service.answer(now.id, "Riesling")
    service.remember(now.id, ANN)
    assert now.state.likes == (OAK,)
    service.feedback(now.id, HILL, "like")
    assert service.remembered(ANN) == {OAK: "like", HILL: "like"}
    service.withdraw(now.id, ANN)
    assert service.remembered(ANN) == {}
    assert service.sessions.get(old.id) is None
    assert now.state.likes == (OAK, HILL), "this conversation goes on"
    service.feedback(now.id, LIGHT, "like")
    assert service.remembered(ANN) == {}


@pytest.mark.parametrize("user", ["ann", "a" * 65, "x" * 21 + "é", "' OR 1=1 -- " * 3])
def test_an_id_that_could_be_guessed_is_refused(start: Start, user: str) -> None:
    with pytest.raises(InputError, match="no id of a user"):
        start().answer(None, "Merlot", user=user)


def test_the_ratings_of_all_are_counted(start: Start) -> None:
    service = start()
    for wish in ("I love Old Oak", "Old Oak!", "Old Oak, as ever"):
        service.answer(None, wish)
    session = service.session()
    service.feedback(session.id, OAK, "dislike")
    assert service.store
    assert service.store.tallies("wines") == {OAK: (3, 1)}
    service.forget(session.id)
    assert service.store.tallies("wines") == {OAK: (3, 0)}


@pytest.fixture
def client(start: Start) -> Iterator[TestClient]:
    with TestClient(create_app(start(), page=False)) as client:
        yield client


def test_a_user_over_rest(client: TestClient) -> None:
    def say(text: str, **also: Any) -> dict[str, Any]:
        return dict(client.post("/recommend", json={"user_input": text, **also}).json())

    first = say("I love Old Oak", user=ANN)
    assert client.get(f"/users/{ANN}").json() == {"user": ANN, "likes": [OAK], "dislikes": [], "seen": []}
    second = say("something", user=ANN)
    assert client.get(f"/sessions/{second['session']}").json()["likes"] == [OAK]
    assert client.delete(f"/users/{ANN}").json() == {"user": ANN, "sessions": 2}
    assert client.get(f"/users/{ANN}").json()["likes"] == []
    assert client.get(f"/sessions/{first['session']}").status_code == 404
    assert say("more", session=first["session"])["turn"] == 1


def test_an_id_that_could_be_guessed_is_refused_over_rest(client: TestClient) -> None:
    refused = client.post("/recommend", json={"user_input": "Merlot", "user": "ann"})
    assert refused.status_code == 422
    assert "user" in refused.json()["detail"]
    assert client.get("/users/ann").status_code == 422


def test_what_is_old_is_erased_when_the_server_starts(start: Start, database: Path) -> None:
    service = start()
    assert service.store
    service.store._clock = lambda: 0.0
    service.store.press(Key("old", "wines"), State(), State(likes=("urn:Rosamund",)), first=True)
    with TestClient(create_app(start(), page=False)) as client:
        while client.get("/sessions/old").status_code != 404:
            pass
    assert b"Rosamund" not in everything(database)
