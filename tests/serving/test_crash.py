"""kill -9 in the middle of 200 conversations with a real server: all that was confirmed is there after a restart."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

PEOPLE = 200
CONFIRMED = 250
"""How many messages and ratings are confirmed when the server is killed."""
MESSAGES = ("a comedy", "nothing with horror", "说中文，再来一部")
SERVE = [sys.executable, "-m", "chatrec.serving.cli", "serve", "--port", "0"]


@contextmanager
def server(database: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server in a process of its own, and its address."""
    settings = {"GENERATE": "false", "RATE_LIMIT": "0", "QUEUE": str(PEOPLE), "DATABASE": database}
    env = {**os.environ, **{f"CHATREC_{name}": value for name, value in settings.items()}}
    with subprocess.Popen(SERVE, stdout=subprocess.PIPE, text=True, env=env) as process:
        assert process.stdout
        try:
            yield process, next(line for line in process.stdout if "ready" in line).split()[-1]
        finally:
            process.kill()


@dataclass
class Person:
    """Someone who talks and rates, and notes what was confirmed, until the server is gone."""

    session: str = ""
    replies: list[str] = field(default_factory=list)
    liked: list[str] = field(default_factory=list)

    def talk(self, client: httpx.Client, confirmed: Callable[[], None]) -> None:
        try:
            for message in MESSAGES:
                said = {"user_input": message, "session": self.session or None}
                answer = client.post("/recommend", json=said).raise_for_status().json()
                self.session = answer["session"]
                self.replies.append(answer["reply"])
                confirmed()
                like = {"session": self.session, "item": answer["items"][0]["iri"], "rating": "like"}
                client.post("/feedback", json=like).raise_for_status()
                self.liked.append(like["item"])
                confirmed()
        except httpx.TransportError:
            return  # the server was killed


def test_nothing_confirmed_is_lost(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'chatrec.db'}"
    people, count = [Person() for _ in range(PEOPLE)], []
    limits = httpx.Limits(max_connections=PEOPLE)
    with (
        server(database) as (process, address),
        httpx.Client(base_url=address, timeout=300, limits=limits) as client,
        ThreadPoolExecutor(PEOPLE) as pool,
    ):
        talks = [pool.submit(person.talk, client, lambda: count.append(1)) for person in people]
        while len(count) < CONFIRMED:
            time.sleep(0.01)
        process.kill()
        for talk in talks:
            talk.result()
    assert len(count) < 2 * PEOPLE * len(MESSAGES), "it was killed in the middle"
    with server(database) as (_, address), httpx.Client(base_url=address, timeout=60) as client:
        for person in people:
            if person.session:
                check(person, client.get(f"/sessions/{person.session}").raise_for_status().json())


def check(person: Person, kept: dict[str, Any]) -> None:
    """See that a session holds what was confirmed, in order, and at most the one thing that was under way."""
    replies, asked = [turn["reply"] for turn in kept["turns"]], len(person.replies)
    assert replies[:asked] == person.replies
    assert [turn["user"] for turn in kept["turns"]] == list(MESSAGES[: len(replies)])
    assert kept["likes"][: len(person.liked)] == person.liked
    assert len(replies) + len(kept["likes"]) - asked - len(person.liked) <= 1
