"""The REST interface: the contract's fields, clear refusals, and nothing that an attacker's text could do."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi.testclient import TestClient

from chatrec.serving.rest import create_app
from chatrec.serving.session import Service

INJECTIONS = [
    "<script>alert(1)</script>",
    '"} ; DELETE WHERE {?s ?p ?o} #',
    "'); DROP TABLE sessions; --",
    "{{ 7 * 7 }} ${alert(1)} {0.__class__}",
    "\x00\x01\x1b[31m\u202e\u2028",
    "a" * 10_000,
    "🎬🍿😀",
    "   ",
    "",
]


@pytest.fixture
def client(service: Service) -> Iterator[TestClient]:
    with TestClient(create_app(service, page=False), raise_server_exceptions=False) as client:
        yield client


def problem(response: Any, status: int) -> dict[str, Any]:
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    content: dict[str, Any] = response.json()
    assert content["status"] == status
    assert content["title"]
    assert content["detail"]
    return content


def test_a_form_is_answered(client: TestClient) -> None:
    answer = client.post("/recommend", data={"user_input": "romance"}).json()
    assert answer["recommendation"] == answer["reply"] != ""
    assert answer["session"]
    assert answer["turn"] == 1


def test_json_goes_on_with_a_session(client: TestClient) -> None:
    first = client.post("/recommend", json={"user_input": "romance"}).json()
    second = client.post("/recommend", json={"user_input": "more", "session": first["session"]}).json()
    third = client.post("/recommend", data={"user_input": "more", "session": first["session"]}).json()
    assert [second["turn"], third["turn"]] == [2, 3]
    assert second["constraints"] == first["constraints"]


def test_a_multipart_form_is_read(client: TestClient) -> None:
    answer = client.post("/recommend", files={"user_input": (None, "爱情片")})
    assert answer.json()["language"] == "zh"


def test_an_unknown_session_starts_a_new_one(client: TestClient) -> None:
    answer = client.post("/recommend", json={"user_input": "romance", "session": "gone"}).json()
    assert answer["session"] != "gone"
    assert answer["turn"] == 1


def test_a_language_may_be_given(client: TestClient) -> None:
    assert client.post("/recommend", json={"user_input": "123", "language": "en"}).json()["language"] == "en"
    assert (
        "Spoken: en, zh"
        in problem(client.post("/recommend", json={"user_input": "x", "language": "xx"}), 422)["detail"]
    )


def test_feedback_is_kept_and_taken_back(client: TestClient) -> None:
    answer = client.post("/recommend", json={"user_input": "romance"}).json()
    sent = {"session": answer["session"], "item": answer["items"][0]["iri"]}
    assert client.post("/feedback", json={**sent, "rating": "like"}).json()["likes"] == [sent["item"]]
    assert client.get(f"/sessions/{sent['session']}").json()["likes"] == [sent["item"]]
    assert client.post("/feedback", json={**sent, "rating": "none"}).json()["likes"] == []


def test_a_session_is_shown_and_forgotten(client: TestClient) -> None:
    answer = client.post("/recommend", json={"user_input": "romance"}).json()
    path = f"/sessions/{answer['session']}"
    kept = client.get(path).json()
    assert [turn["reply"] for turn in kept["turns"]] == [answer["reply"]]
    assert kept["constraints"] == answer["constraints"]
    assert client.delete(path).json() == {"session": answer["session"], "deleted": True}
    problem(client.get(path), 404)
    problem(client.delete(path), 404)


@pytest.mark.parametrize(
    ("sent", "status", "said"),
    [
        ({"json": {}}, 422, "user_input"),
        ({"json": {"user_input": 7}}, 422, "user_input"),
        ({"json": {"user_input": "x", "session": ["a"]}}, 422, "session"),
        ({"json": ["user_input"]}, 422, "object"),
        ({"data": {"other": "x"}}, 422, "user_input"),
        ({"content": b"{", "headers": {"content-type": "application/json"}}, 400, "JSON"),
        ({"content": b"[" * 100_000, "headers": {"content-type": "application/json"}}, 400, "JSON"),
        ({"content": b"\xff\xfe", "headers": {"content-type": "application/json"}}, 400, "JSON"),
        ({"content": b"romance", "headers": {"content-type": "text/plain"}}, 415, "application/json"),
        ({"content": b"romance"}, 415, "content type"),
        ({"json": {"user_input": "a" * 300_000}}, 413, "too large"),
    ],
)
def test_a_malformed_request_is_refused_clearly(
    client: TestClient, sent: dict, status: int, said: str
) -> None:
    assert said in problem(client.post("/recommend", **sent), status)["detail"]


@pytest.mark.parametrize(
    ("change", "status"),
    [({"session": "gone"}, 404), ({"rating": "love"}, 422), ({"item": "urn:none"}, 422), ({"item": 3}, 422)],
)
def test_unusable_feedback_is_refused(client: TestClient, change: dict, status: int) -> None:
    answer = client.post("/recommend", json={"user_input": "romance"}).json()
    sent = {"session": answer["session"], "item": answer["items"][0]["iri"], "rating": "like"}
    problem(client.post("/feedback", json={**sent, **change}), status)


def test_a_wrong_method_names_the_right_one(client: TestClient) -> None:
    assert client.get("/recommend").headers["allow"] == "POST"
    problem(client.put("/feedback"), 405)
    problem(client.get("/nowhere"), 404)


def test_a_fault_of_ours_is_told_without_details(client: TestClient) -> None:
    assert "as asked" not in problem(client.post("/recommend", json={"user_input": "fail"}), 500)["detail"]
    assert client.post("/recommend", json={"user_input": "romance"}).status_code == 200


@pytest.mark.parametrize("text", INJECTIONS)
def test_hostile_text_changes_nothing(client: TestClient, service: Service, text: str) -> None:
    before = len(service.pack.graph)
    answer = client.post("/recommend", json={"user_input": text})
    assert answer.status_code == 200
    assert answer.json()["user"] == text
    assert len(service.pack.graph) == before
    after = client.post("/recommend", json={"user_input": "romance", "session": answer.json()["session"]})
    assert after.json()["items"]


def test_half_a_character_is_answered(client: TestClient) -> None:
    sent = {"content": b'{"user_input": "romance \\ud83d"}', "headers": {"content-type": "application/json"}}
    assert client.post("/recommend", **sent).status_code == 200


def test_it_tells_how_it_is(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok", "packs": ["movies"]}
    assert client.get("/readyz").json()["status"] == "ready"


def test_the_documentation_needs_nothing_from_elsewhere(client: TestClient) -> None:
    page = client.get("/docs").text
    assert all(path in page for path in ("/recommend", "/feedback", "/sessions/{session_id}"))
    assert "http" not in page
    assert "user_input" in client.get("/openapi.json").text


def test_no_other_site_may_ask(client: TestClient) -> None:
    for headers in ({"origin": "https://elsewhere.example", "host": "chat.example"}, {"origin": "null"}):
        answer = client.post("/recommend", json={"user_input": "romance"}, headers=headers)
        assert "access-control-allow-origin" not in answer.headers


def test_people_at_once_stay_apart(client: TestClient) -> None:
    def talk(wish: str) -> str:
        first = client.post("/recommend", json={"user_input": wish}).json()
        later = client.post("/recommend", json={"user_input": "more", "session": first["session"]}).json()
        return str(later["constraints"][0]["value"])

    wishes = ["comedy", "romance", "horror"] * 3
    with ThreadPoolExecutor(6) as people:
        assert list(people.map(talk, wishes)) == wishes


def test_a_context_brings_soft_wishes_that_stay_away_once_removed(
    client: TestClient, service: Service
) -> None:
    sent = {"user_input": "hello", "context": {"time": "2026-10-30T20:15:00", "device": "phone"}}
    answer = client.post("/recommend", json=sent).json()
    horror = {"slot": "genre", "op": "=", "value": "horror", "polarity": "like"}
    told = {"soft": True, "label": "ideally horror", "reason": "because it is nearly Halloween"}
    assert {**horror, **told} in answer["constraints"]
    wishes = f"/sessions/{answer['session']}/wishes"
    left = client.delete(wishes, params=horror).json()["constraints"]
    assert left == [wish for wish in answer["constraints"] if wish["value"] != "horror"]
    for wish in left:
        client.delete(wishes, params={"slot": wish["slot"], "value": wish["value"]})
    again = client.post("/recommend", json={**sent, "session": answer["session"]}).json()
    assert again["constraints"] == []


def test_a_wish_that_is_not_in_force_is_dropped_without_a_trace(client: TestClient) -> None:
    answer = client.post("/recommend", json={"user_input": "romance"}).json()
    path = f"/sessions/{answer['session']}/wishes"
    for named in (
        {"value": "comedy"},
        {"value": "romance", "polarity": "dislike"},
        {"value": "romance", "op": ">"},
    ):
        assert (
            client.delete(path, params={"slot": "genre", **named}).json()["constraints"]
            == answer["constraints"]
        )
    assert client.delete(path, params={"slot": "genre", "value": "romance"}).json()["constraints"] == []
    problem(client.delete("/sessions/unknown/wishes", params={"slot": "genre", "value": "x"}), 404)
    assert "slot" in problem(client.delete(path), 422)["detail"]


def test_a_context_that_makes_no_sense_is_refused(client: TestClient) -> None:
    told = problem(client.post("/recommend", json={"user_input": "x", "context": {"time": "soon"}}), 422)
    assert "context.time" in told["detail"]
