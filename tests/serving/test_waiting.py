"""The line: in order, with places, bounded, and nobody is lost."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi.testclient import TestClient

from chatrec.dialogue.values import State, Turn
from chatrec.grounding.pack import Pack
from chatrec.serving.listening import Piece
from chatrec.serving.rest import create_app
from chatrec.serving.session import Service
from chatrec.serving.waiting import BusyError, Line, Waiting
from tests.serving.conftest import FakeEngine


class Gated(FakeEngine):
    """An engine that waits until it is let go."""

    gate = threading.Event()

    def turn(self, message: str, state: State) -> Iterator[Piece]:
        self.gate.wait(10)
        yield from super().turn(message, state)


@pytest.fixture
def gated(wines: Pack) -> Iterator[Service]:
    Gated.gate.clear()
    yield Service(Gated(wines))
    Gated.gate.set()


def test_those_behind_move_up() -> None:
    line, gate, heard = Line(most=5), threading.Event(), [[], [], []]
    places = [line.join(gate.wait, heard[n].append) for n in range(3)]
    assert len(line) == 3
    gate.set()
    for place in places:
        place.result(5)
    assert [[told.ahead for told in one] for one in heard] == [[], [1, 0], [2, 1, 0]]


def test_who_leaves_makes_room() -> None:
    line, gate, heard = Line(most=5), threading.Event(), [[], [], []]
    tells = [one.append for one in heard]
    places = [line.join(gate.wait, tell) for tell in tells]
    line.leave(places[1], tells[1])
    assert heard[2] == [Waiting(2), Waiting(1)]
    line.leave(places[0], tells[0])
    assert len(line) == 2, "a reply that is being written keeps its place"
    gate.set()


def test_a_full_or_closed_line_takes_nobody() -> None:
    line, gate = Line(most=1), threading.Event()
    for _ in range(2):
        line.join(gate.wait, print)
    with pytest.raises(BusyError, match="2 people wait"):
        line.join(gate.wait, print)
    gate.set()
    line.close()
    with pytest.raises(BusyError, match="about to stop"):
        line.join(gate.wait, print)


def test_a_fault_does_not_hold_up_the_line() -> None:
    line = Line(most=1)
    with pytest.raises(ZeroDivisionError):
        line.join(lambda: print(1 / 0), print).result(5)
    assert line.join(threading.Event, print).result(5) is None
    assert len(line) == 0


def test_a_listener_hears_its_place_before_the_reply(gated: Service) -> None:
    with ThreadPoolExecutor() as people:
        first = people.submit(lambda: list(gated.say(None, "Merlot")))
        while not len(gated.line):
            pass
        second = people.submit(lambda: list(gated.say(None, "Riesling")))
        while len(gated.line) < 2:
            pass
        Gated.gate.set()
        assert isinstance(first.result()[-1], Turn)
        assert second.result()[:2] == [Waiting(1), Waiting(0)]
        assert isinstance(second.result()[-1], Turn)


def test_who_comes_to_a_full_line_is_asked_to_try_later(configure: Any, wines: Pack) -> None:
    configure(queue=1)
    Gated.gate.clear()
    service = Service(Gated(wines))
    with TestClient(create_app(service, page=False)) as client, ThreadPoolExecutor() as people:
        waiting = [people.submit(client.post, "/recommend", data={"user_input": "Merlot"}) for _ in range(2)]
        while len(service.line) < 2:
            pass
        refused = client.post("/recommend", data={"user_input": "Merlot"})
        assert refused.status_code == 503
        assert int(refused.headers["retry-after"]) > 0
        Gated.gate.set()
        answers = [one.result() for one in waiting]
        assert [answer.status_code for answer in answers] == [200, 200]
        assert sorted(answer.headers["x-queue-position"] for answer in answers) == ["0", "1"]


def test_32_people_at_once_all_get_their_own_answers(wines: Pack) -> None:
    wishes = ["Merlot", "Riesling"] * 16
    service = Service(FakeEngine(wines, pause=0.01))

    def talk(wish: str) -> tuple[str, int]:
        first = client.post("/recommend", json={"user_input": wish}).json()
        later = client.post("/recommend", json={"user_input": "more", "session": first["session"]})
        assert later.json()["session"] == first["session"]
        return later.json()["constraints"][0]["value"], int(later.headers["x-queue-position"])

    with TestClient(create_app(service, page=False)) as client, ThreadPoolExecutor(32) as people:
        answers = list(people.map(talk, wishes))
    assert [wish for wish, _ in answers] == wishes
    assert max(place for _, place in answers) > 1, "they did wait in line"
    assert len(service.line) == 0
