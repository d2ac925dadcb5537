"""The service with the real engine (without the language model): the contract's example, and hostile text."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from chatrec.serving.rest import create_app
from chatrec.serving.session import Service
from tests.serving.test_rest import INJECTIONS


@pytest.fixture(scope="module")
def client(plain_service: Service) -> Iterator[TestClient]:
    with TestClient(create_app(plain_service, page=False)) as client:
        yield client


def test_the_example_of_the_contract(client: TestClient, plain_service: Service) -> None:
    asked = "I loved Interstellar. Something like it, but newer?"
    turn = client.post("/recommend", data={"user_input": asked}).json()
    assert (turn["language"], turn["intent"]) == ("en", "recommend")
    assert {"slot": "year", "op": ">", "value": 2014, "polarity": "like"} in turn["constraints"]
    assert any(act["act"] == "like" and act["value"] == "Interstellar" for act in turn["acts"])
    assert turn["items"]
    for claim in turn["claims"]:
        assert turn["reply"][claim["start"] : claim["end"]] == claim["text"]
    assert all(plain_service.pack.graph.holds(fact) for item in turn["items"] for fact in item["facts"])
    assert turn["timings_ms"]["total"] >= turn["timings_ms"]["first_token"] > 0


def test_a_dislike_keeps_an_item_off_the_lists(client: TestClient) -> None:
    first = client.post("/recommend", json={"user_input": "a science fiction film"}).json()
    item = first["items"][0]["iri"]
    client.post("/feedback", json={"session": first["session"], "item": item, "rating": "dislike"})
    for text in ("more", "a science fiction film", "another"):
        later = client.post("/recommend", json={"user_input": text, "session": first["session"]}).json()
        assert item not in [shown["iri"] for shown in later["items"]]


@pytest.mark.parametrize("text", INJECTIONS)
def test_hostile_text_is_answered_politely(client: TestClient, plain_service: Service, text: str) -> None:
    before = len(plain_service.pack.graph)
    answer = client.post("/recommend", json={"user_input": text}).json()
    assert answer["reply"].strip()
    assert answer["user"] == text
    assert len(plain_service.pack.graph) == before
    after = client.post("/recommend", json={"user_input": "a comedy", "session": answer["session"]}).json()
    assert after["items"]
