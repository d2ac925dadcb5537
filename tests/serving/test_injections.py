"""Hostile inputs (injections.txt) through REST, MCP's arguments and the page: nothing runs, changes or leaks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from chatrec.dialogue.values import Constraint, State
from chatrec.serving import render
from chatrec.serving.rest import create_app
from chatrec.serving.session import Service

CORPUS = [
    json.loads(line)
    for line in (Path(__file__).parent / "injections.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]
LEAKS = ("Traceback", 'File "', "site-packages", "chatrec/", "/home/", str(Path.cwd()), str(Path.home()))
LEAKS += ("CHATREC_CACHE", "root:x:", "uid=", "RuntimeError", "sqlite")


@pytest.fixture(scope="module")
def client(plain_service: Service) -> Iterator[TestClient]:
    app = create_app(plain_service, page=False)
    with TestClient(app, raise_server_exceptions=False, client=("192.0.2.1", 1)) as client:
        yield client


@pytest.fixture(autouse=True)
def unlimited(configure) -> None:
    configure(rate_limit=0)


@pytest.fixture(scope="module")
def graph(plain_service: Service) -> Iterator[int]:
    """The graph is the same before and after all of it."""
    before = len(plain_service.pack.graph)
    yield before
    assert len(plain_service.pack.graph) == before


def safe(text: str, given: str) -> None:
    """Assert that an answer says nothing about this machine that was not in the question."""
    assert not [leak for leak in LEAKS if leak in text and leak not in given]


def sent(text: str) -> str:
    """Return the text as it arrives: half a character cannot be sent back and is replaced."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def test_there_are_enough() -> None:
    assert len(set(CORPUS)) >= 100


@pytest.mark.parametrize("text", CORPUS)
def test_as_a_message(client: TestClient, plain_service: Service, graph: int, text: str) -> None:
    body = json.dumps({"user_input": text})
    answer = client.post("/recommend", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 200
    turn = answer.json()
    assert turn["user"] == sent(text)
    safe(turn["reply"] + json.dumps(turn["items"]), text)
    assert all(turn["reply"][claim["start"] : claim["end"]] == claim["text"] for claim in turn["claims"])
    assert len(plain_service.pack.graph) == graph
    assert "set-cookie" not in answer.headers
    after = client.post("/recommend", json={"user_input": "a comedy", "session": turn["session"]})
    assert after.status_code == 200


@pytest.mark.parametrize("text", CORPUS)
def test_in_any_other_field(client: TestClient, graph: int, text: str) -> None:
    json_type = {"content-type": "application/json"}
    for path, body in (
        ("/recommend", {"user_input": "a comedy", "session": text}),
        ("/recommend", {"user_input": "a comedy", "language": text}),
        ("/feedback", {"session": text, "item": text, "rating": text}),
    ):
        answer = client.post(path, content=json.dumps(body), headers=json_type)
        assert answer.status_code in (200, 404, 422)
        if answer.status_code != 200:
            assert answer.headers["content-type"] == "application/problem+json"
            safe(answer.text, text)


@pytest.mark.parametrize("text", CORPUS)
def test_in_a_path_a_query_or_a_header(client: TestClient, text: str) -> None:
    quoted = sent(text)
    for answer in (
        client.get("/sessions/" + quote(quoted)),
        client.get("/widget", params={"pack": quoted, "lang": quoted, "accent": quoted, "origin": quoted}),
        client.get("/widget", params={"pack": quoted, "lang": quoted, "accent": quoted}),
        client.get("/" + quote(quoted)),
        client.get("/healthz", headers={"X-Request-ID": quoted.encode("utf-8", "replace").hex()[:200]}),
    ):
        assert answer.status_code in (200, 307, 403, 404, 405, 422)
        safe(answer.text, text)


class Tags(HTMLParser):
    """Collects the elements of a page, with the attributes that can run something."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, tuple[str, ...]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, tuple(name for name, _ in attrs)))


@pytest.mark.parametrize("text", CORPUS)
def test_on_the_page_it_is_text(plain_service: Service, client: TestClient, text: str) -> None:
    pack = plain_service.pack

    def page(said: str) -> list[tuple[str, tuple[str, ...]]]:
        wish = Constraint("genre", "=", said, "", "like")
        lines = (render.said(said), render.reply(said, (), pack, "en"))
        html = render.chat(lines, pack, "en") + render.panel(State(constraints=(wish,)), None, pack, "en")
        return Tags(html).found

    assert page(sent(text)) == page("hello")


@pytest.mark.parametrize("text", CORPUS)
def test_in_the_frame_it_is_text(client: TestClient, text: str) -> None:
    def frame(said: str) -> list[tuple[str, tuple[str, ...]]]:
        return Tags(client.get("/widget", params={"pack": said, "accent": said}).text).found

    assert frame(sent(text)[:200]) == frame("other")
