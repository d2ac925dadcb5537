"""How varied lists are is a person's choice: over REST it holds for the session, from the next list on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient

from chatrec.config import settings
from chatrec.dialogue.values import State
from chatrec.grounding.pack import Pack
from chatrec.grounding.ranking import pack_space
from chatrec.serving.cards import varieties
from chatrec.serving.rest import create_app
from chatrec.serving.session import Service

WISH = "comedy"


@pytest.fixture
def client(service: Service) -> Iterator[TestClient]:
    with TestClient(create_app(service, page=False)) as client:
        yield client


def likeness(pack: Pack, answer: dict[str, Any]) -> float:
    """Return how alike the items of an answer are: the mean cosine of each with each other."""
    space = pack_space(pack)
    vectors = space.vectors.at(np.array(space.catalogue.rows([item["iri"] for item in answer["items"]])))
    alike = vectors.likeness(vectors)
    return float(alike[~np.eye(len(alike), dtype=bool)].mean())


def test_a_list_gets_more_varied(client: TestClient, service: Service) -> None:
    alike = [
        likeness(
            service.pack, client.post("/recommend", json={"user_input": WISH, "diversity": wanted}).json()
        )
        for wanted in (0.0, 0.6, 0.9)
    ]
    assert alike[0] > alike[1] >= alike[2]
    assert alike[2] < alike[0] / 2


def test_the_session_keeps_it(client: TestClient, service: Service) -> None:
    first = client.post("/recommend", data={"user_input": WISH, "diversity": "0.9"}).json()
    going_on = client.post("/recommend", json={"user_input": "more", "session": first["session"]}).json()
    without = client.post("/recommend", json={"user_input": WISH}).json()
    assert client.get(f"/sessions/{first['session']}").json()["diversity"] == 0.9
    assert client.get(f"/sessions/{without['session']}").json()["diversity"] == settings().diversity
    assert likeness(service.pack, going_on) < likeness(service.pack, without)


@pytest.mark.parametrize("wrong", ["-0.1", "1.1", '"a lot"', "[]", "NaN"])
def test_another_number_is_refused(client: TestClient, wrong: str) -> None:
    body = f'{{"user_input": "{WISH}", "diversity": {wrong}}}'
    refused = client.post("/recommend", content=body, headers={"Content-Type": "application/json"})
    assert refused.status_code == 422
    assert "diversity" in refused.json()["detail"]


@pytest.mark.parametrize("kind", ["form", "json"])
def test_null_says_nothing(client: TestClient, kind: str) -> None:
    body: dict[str, Any] = {"data": {"user_input": WISH, "diversity": "null"}}
    if kind == "json":
        body = {"json": {"user_input": WISH, "diversity": None}}
    answer = client.post("/recommend", **body).json()
    assert client.get(f"/sessions/{answer['session']}").json()["diversity"] == settings().diversity


def test_the_message_taken_back_leaves_it(service: Service) -> None:
    answered = service.session()
    service.answer(answered.id, WISH)
    service.vary(answered.id, 0.9)
    service.take_back(answered.id)
    assert answered.state.diversity == 0.9


@pytest.mark.parametrize(
    ("diversity", "label"), [(None, "Focused"), (0.0, "Focused"), (0.55, "Mixed"), (1.0, "Wide")]
)
def test_the_page_marks_the_nearest_choice(diversity: float | None, label: str) -> None:
    assert [choice.label for choice in varieties(State(diversity=diversity), "en") if choice.chosen] == [
        label
    ]
