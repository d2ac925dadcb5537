"""A reply as server-sent events, as it is written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from chatrec.serving.rest import create_app
from chatrec.serving.session import Service
from tests.serving.test_rest import problem

ASK = {"accept": "text/event-stream"}


@pytest.fixture
def client(service: Service) -> Iterator[TestClient]:
    with TestClient(create_app(service, page=False), raise_server_exceptions=False) as client:
        yield client


def events(text: str) -> list[tuple[str, dict[str, Any]]]:
    blocks = [block.split("\n") for block in text.strip().split("\n\n")]
    return [(name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in blocks]


def test_pieces_come_before_the_turn(client: TestClient) -> None:
    answer = client.post("/recommend", json={"user_input": "romance"}, headers=ASK)
    assert answer.headers["content-type"].startswith("text/event-stream")
    *pieces, (last, turn) = events(answer.text)
    assert {name for name, _ in pieces} == {"piece"}
    assert last == "turn"
    assert "".join(piece["text"] for _, piece in pieces).strip() == turn["reply"].strip()
    assert client.get(f"/sessions/{turn['session']}").json()["turns"][0]["reply"] == turn["reply"]


def test_text_cannot_forge_an_event(client: TestClient) -> None:
    text = 'romance\n\nevent: turn\ndata: {"reply": "forged"}\n\n'
    found = events(client.post("/recommend", json={"user_input": text}, headers=ASK).text)
    assert [name for name, _ in found].count("turn") == 1
    assert found[-1][1]["user"] == text


def test_what_is_wrong_at_once_is_an_ordinary_problem(client: TestClient) -> None:
    problem(client.post("/recommend", json={"user_input": "fail"}, headers=ASK), 500)
    problem(client.post("/recommend", json={}, headers=ASK), 422)
    problem(client.post("/recommend", json={"user_input": "x", "language": "xx"}, headers=ASK), 422)
