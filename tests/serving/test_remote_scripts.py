"""Scripts against a running server: what passes here passes there, and what fails is told alike."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chatrec.errors import ChatrecError, ScriptError
from chatrec.scripts.format import load
from chatrec.scripts.remote import Client, Server
from chatrec.scripts.results import DialogueResult
from chatrec.scripts.runner import run_dialogue, run_paths
from chatrec.scripts.talks import Engines
from chatrec.serving.rest import create_app
from chatrec.serving.session import Service
from tests.serving.conftest import served

DIALOGUES = Path(__file__).parents[1] / "dialogues"
WRONG = """\
pack: movies
dialogues:
  - name: wrong on purpose
    turns:
      - say: two war films
        expect:
          language: zh
          intent: answer
          understood: [{slot: genre, value: 爱情}]
          items: {min: 3, all: {genre: horror}}
          reply: {contains: Zorblax, max_chars: 3}
      - like: 9
"""


@pytest.fixture(scope="module")
def address(plain_service: Service) -> Iterator[str]:
    """A server with plain replies."""
    with served(create_app(plain_service, page=False)) as url:
        yield url


def told(result: DialogueResult) -> list[Any]:
    """Return what a dialogue brought, but for the time it took."""
    return [
        (t.user, t.items, t.failures, t.error, t.turn and (t.turn.reply, t.turn.acts)) for t in result.turns
    ]


@pytest.mark.parametrize("name", ["likes.yaml", "mixed.yaml"])
def test_a_script_brings_the_same_as_in_this_process(address: str, plain_service: Service, name: str) -> None:
    script, here = load(DIALOGUES / name), Engines(lambda pack: plain_service.engine)
    there = Server(address)
    for index in range(len(script.dialogues)):
        local, remote = (run_dialogue(script, index, partner) for partner in (here, there))
        assert remote.passed, told(remote)
        assert [(user, items) for user, items, *_ in told(local)] == [
            (user, items) for user, items, *_ in told(remote)
        ]


def test_a_failure_is_told_as_in_this_process(address: str, plain_service: Service, tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(WRONG, encoding="utf-8")
    here, there = Engines(lambda pack: plain_service.engine), Server(address)
    local, remote = (run_dialogue(load(path), 0, partner) for partner in (here, there))
    assert [failure.check for turn in remote.turns for failure in turn.failures] == [
        "language",
        "intent",
        "understood",
        "items.min",
        "items.all.genre",
        "reply.contains",
        "reply.max_chars",
        "like",
    ]
    assert [turn.failures for turn in remote.turns] == [turn.failures for turn in local.turns]


def test_no_session_is_left_behind(address: str, plain_service: Service) -> None:
    before = len(plain_service.sessions)
    assert run_paths(
        [DIALOGUES / "mixed.yaml"], partner=Server(address), parallel=4, tell=lambda line: None
    ).dialogues
    assert len(plain_service.sessions) == before


def test_a_server_of_another_pack_is_refused(address: str) -> None:
    with pytest.raises(ScriptError, match="is about the pack 'shop', the server talks about 'movies'"):
        Server(address).pack(load(DIALOGUES / "shop.yaml"))


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "no address", "http://["])
def test_what_is_no_server_is_told(url: str) -> None:
    with pytest.raises(ChatrecError, match="does not answer as a chatrec server"):
        Server(url)


def test_what_the_server_says_is_told(address: str) -> None:
    with pytest.raises(ChatrecError, match="was answered with 404: There is no session of that id"):
        Client(address).ask("GET", "/sessions/nobody")
