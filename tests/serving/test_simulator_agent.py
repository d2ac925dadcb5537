"""A user of DialogueKit talks to a running chatrec through our agent (skipped without the extra `usersimcrs`)."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("dialoguekit")

from dialoguekit.connector import DialogueConnector
from dialoguekit.core import AnnotatedUtterance, Intent, Utterance
from dialoguekit.participant.participant import DialogueParticipant
from dialoguekit.participant.user import User
from dialoguekit.platforms import Platform

from chatrec.scripts.agent import ChatrecAgent
from chatrec.serving.rest import create_app
from chatrec.serving.session import Service
from tests.serving.conftest import served


class ReadingUser(User):
    """Says given messages, one after each utterance of the agent, and keeps what it heard."""

    def __init__(self, messages: list[str]) -> None:
        super().__init__("reader")
        self._messages, self.heard = messages, list[AnnotatedUtterance]()

    def receive_utterance(self, utterance: Utterance) -> None:
        """Hear an utterance and say the next message."""
        self.heard.append(utterance)
        if self._messages:
            said = AnnotatedUtterance(self._messages.pop(0), participant=DialogueParticipant.USER)
            self.dialogue_connector.register_user_utterance(said)


class QuietPlatform(Platform):
    """Shows nothing."""

    def start(self) -> None:
        """Nothing has to be started."""

    def display_agent_utterance(self, utterance: Utterance, agent_id: str, user_id: str) -> None:
        """Show nothing of the agent's."""

    def display_user_utterance(self, utterance: Utterance, user_id: str) -> None:
        """Show nothing of the user's."""


@pytest.fixture(scope="module")
def address(plain_service: Service) -> Iterator[str]:
    """A server with plain replies."""
    with served(create_app(plain_service, page=False)) as url:
        yield url


def talk(agent: ChatrecAgent, *messages: str) -> tuple[Any, list[AnnotatedUtterance]]:
    """Hold a dialogue; return it and what the user heard."""
    user = ReadingUser(list(messages))
    connector = DialogueConnector(agent, user, QuietPlatform(ChatrecAgent), save_dialogue_history=False)
    connector.start()
    return connector.dialogue_history, user.heard


def test_a_dialogue_from_welcome_to_goodbye(address: str, plain_service: Service) -> None:
    before = len(plain_service.sessions)
    agent = ChatrecAgent("crs", address, stop_intent=Intent("END"))
    history, heard = talk(agent, "two war films", "who directed the first one?", "\\end")
    assert [str(u.get_intents()[0]) for u in heard] == ["INQUIRE", "REVEAL", "DISCLOSE.MORE"]
    assert [u.participant.name for u in history.utterances] == ["AGENT", "USER"] * 3 + ["AGENT"]
    assert history.utterances[-1].get_intents() == [Intent("END")]
    assert len(plain_service.sessions) == before


def test_the_titles_are_annotated_where_they_stand(address: str) -> None:
    _, heard = talk(ChatrecAgent("crs", address), "two war films")
    titles = [one for one in heard[-1].dialogue_acts[0].annotations if one.slot == "TITLE"]
    items = heard[-1].metadata["chatrec"]["items"]
    assert [title.value for title in titles] == [item["label"] for item in items]
    assert all(heard[-1].text[title.start : title.end] == title.value for title in titles)


def test_each_dialogue_is_a_session_of_its_own_in_its_language(address: str) -> None:
    agent = ChatrecAgent("crs", address, greeting="你好", farewell="再见")
    (_, first), (history, second) = talk(agent, "推荐一部喜剧片"), talk(agent, "推荐一部喜剧片", "\\giveup")
    sessions = {u.metadata["chatrec"]["session"] for u in (*first, *second)}
    assert len(sessions) == 2
    assert {u.metadata["chatrec"]["language"] for u in (*first, *second)} == {"zh"}
    assert history.utterances[-1].get_intents() == [agent.stop_intent]


def test_a_goodbye_of_the_user_ends_the_dialogue(address: str) -> None:
    history, _ = talk(ChatrecAgent("crs", address), "goodbye", "never said")
    assert [u.text for u in history.utterances][1] == "goodbye"
    assert len(history.utterances) == 3


def test_the_dialogue_can_be_exported(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    user = ReadingUser(["a comedy", "\\end"])
    DialogueConnector(ChatrecAgent("crs", address), user, QuietPlatform(ChatrecAgent)).start()
    (exported,) = json.loads((tmp_path / "dialogue_export" / "crs_reader.json").read_text())
    assert len(exported["conversation"]) == 5


def test_the_code_in_the_docs_runs(address: str) -> None:
    text = (Path(__file__).parents[2] / "docs" / "scripts.md").read_text(encoding="utf-8")
    code = text.split("```python\n")[1].split("```")[0].replace("http://127.0.0.1:7860", address)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.stdout.strip(), done.stderr
