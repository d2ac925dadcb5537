"""What every request passes: ids, limits, headers, figures, logs, and errors of one kind."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from chatrec.serving import logs
from chatrec.serving.rest import create_app
from chatrec.serving.session import Service
from tests.serving.test_rest import problem

Configure = Callable[..., None]


@pytest.fixture
def client(service: Service) -> Iterator[TestClient]:
    with TestClient(create_app(service, page=False), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="module")
def whole(plain_service: Service) -> Iterator[TestClient]:
    """The application with the page, which answers all that REST does not know."""
    with TestClient(create_app(plain_service), raise_server_exceptions=False) as client:
        yield client


def test_a_request_keeps_its_id_or_gets_one(client: TestClient) -> None:
    assert client.get("/healthz", headers={"X-Request-ID": "abc-1"}).headers["x-request-id"] == "abc-1"
    made = [client.get("/healthz").headers["x-request-id"] for _ in range(2)]
    assert made[0] != made[1]
    for bad in ("a b", "x" * 101, "<script>"):
        assert client.get("/healthz", headers={"X-Request-ID": bad}).headers["x-request-id"] != bad


def test_a_fault_carries_the_id_too(client: TestClient) -> None:
    answer = client.post("/recommend", json={"user_input": "fail"}, headers={"X-Request-ID": "abc-2"})
    problem(answer, 500)
    assert answer.headers["x-request-id"] == "abc-2"


@pytest.mark.parametrize("path", ["/nowhere", "/widget/none.js", "/sessions/gone", "/a/b/c.php"])
def test_what_is_not_there_is_a_problem(client: TestClient, whole: TestClient, path: str) -> None:
    problem(client.get(path), 404)
    problem(whole.get(path), 404)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/recommend", "POST"),
        ("DELETE", "/feedback", "POST"),
        ("POST", "/sessions/x", "DELETE, GET"),
        ("POST", "/healthz", "GET"),
        ("PUT", "/metrics", "GET"),
        ("POST", "/docs", "GET"),
    ],
)
def test_a_wrong_method_is_a_problem_that_names_the_right_one(
    whole: TestClient, method: str, path: str, allowed: str
) -> None:
    answer = whole.request(method, path)
    problem(answer, 405)
    assert answer.headers["allow"] == allowed


def test_a_client_that_asks_too_often_is_told_when_to_return(configure: Configure, service: Service) -> None:
    configure(rate_limit=1, rate_burst=2)
    with TestClient(create_app(service, page=False)) as client:
        for _ in range(2):
            assert client.post("/recommend", data={"user_input": "romance"}).status_code == 200
        answer = client.post("/recommend", data={"user_input": "romance"})
        problem(answer, 429)
        assert 1 <= int(answer.headers["retry-after"]) <= 60
        assert client.get("/healthz").status_code == 200


def test_a_body_may_be_so_large_and_no_larger(configure: Configure, service: Service) -> None:
    configure(max_request_kb=1)
    with TestClient(create_app(service, page=False)) as client:
        assert client.post("/recommend", data={"user_input": "a" * 900}).status_code == 200
        pieces = iter([b"user_input="] + [b"a" * 100] * 20)
        form = {"content-type": "application/x-www-form-urlencoded"}
        problem(client.post("/recommend", content=pieces, headers=form), 413)


def test_only_the_sites_on_the_list_may_ask(configure: Configure, service: Service) -> None:
    configure(cors_origins="https://a.example, https://b.example/")
    with TestClient(create_app(service, page=False)) as client:
        for origin, allowed in (("https://b.example", "https://b.example"), ("https://c.example", None)):
            answer = client.post("/recommend", data={"user_input": "romance"}, headers={"origin": origin})
            assert answer.headers.get("access-control-allow-origin") == allowed


def test_a_page_may_be_framed_by_the_sites_on_the_list(configure: Configure, service: Service) -> None:
    configure(embed_origins="https://a.example")
    with TestClient(create_app(service, page=False)) as client:
        for path in ("/docs", "/widget", "/demo"):
            policy = client.get(path).headers["content-security-policy"]
            assert "frame-ancestors 'self' https://a.example" in policy
        assert client.get("/widget?origin=https://a.example").status_code == 200
        problem(client.get("/widget?origin=https://c.example"), 403)


def test_the_figures_tell_turns_and_stages_and_no_text(client: TestClient) -> None:
    client.post("/recommend", json={"user_input": "romance, my secret"})
    client.post("/recommend", json={"user_input": "fail"})
    client.get("/sessions/my-secret")
    figures = client.get("/metrics").text
    for line in (
        'chatrec_turns_total{intent="recommend",language="en"} 1.0',
        'chatrec_stage_seconds_count{stage="total"} 1.0',
        'chatrec_requests_total{method="GET",route="/sessions/{session_id}",status="404"} 1.0',
        "chatrec_sessions 2.0",
        "chatrec_queue_length 0.0",
        "chatrec_errors_total 1.0",
    ):
        assert line in figures
    assert "secret" not in figures


@pytest.fixture
def lines() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """What was logged, line by line."""
    stream, logger = io.StringIO(), logging.getLogger("chatrec")
    before = (logger.handlers, logger.propagate, logger.level)
    logs.set_up(stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logger.handlers, logger.propagate = before[:2]
    logger.setLevel(before[2])


def test_the_log_tells_what_happened_without_a_word_of_the_user(client: TestClient, lines: Any) -> None:
    client.post("/recommend", json={"user_input": "romance secret"}, headers={"X-Request-ID": "abc"})
    client.post("/recommend", json={"user_input": "fail"})
    turn, request, fault, failed = lines()
    assert (turn["event"], turn["intent"], turn["request_id"]) == ("turn", "recommend", "abc")
    assert (request["event"], request["route"], request["status"]) == ("request", "/recommend", 200)
    assert (fault["event"], fault["error"]) == ("fault", "RuntimeError")
    assert failed["status"] == 500
    assert "secret" not in str(lines())
    assert "as asked" not in str(lines())


def test_words_are_logged_where_that_is_switched_on(
    configure: Configure, client: TestClient, lines: Any
) -> None:
    configure(log_text="true")
    client.post("/recommend", json={"user_input": "romance"})
    assert lines()[0]["user"] == "romance"
    assert lines()[0]["reply"]
