"""A real server in a process of its own: it stops without breaking a reply off, and logs as JSON."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

PEOPLE = 12
SERVE = [sys.executable, "-m", "chatrec.serving.cli", "serve", "--port", "0"]


@pytest.fixture
def server() -> Iterator[tuple[subprocess.Popen[str], str]]:
    env = {**os.environ, "CHATREC_GENERATE": "false"}
    with subprocess.Popen(
        SERVE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env
    ) as process:
        assert process.stdout
        ready = next(line for line in process.stdout if "ready" in line)
        yield process, ready.split()[-1]
        process.kill()


def test_a_stop_lets_everyone_have_their_reply(server: tuple[subprocess.Popen[str], str]) -> None:
    process, address = server

    def ask(number: int) -> httpx.Response:
        return httpx.post(
            f"{address}/recommend", json={"user_input": f"a film after {1960 + number}"}, timeout=60
        )

    with ThreadPoolExecutor(PEOPLE) as people:
        asked = [people.submit(ask, number) for number in range(PEOPLE)]
        while "chatrec_queue_length 0.0" in httpx.get(f"{address}/metrics").text:
            time.sleep(0.005)
        process.send_signal(signal.SIGTERM)
        answers = [one.result() for one in asked]
    done = [answer for answer in answers if answer.status_code == 200]
    late = [answer for answer in answers if answer.status_code == 503]
    assert len(done) + len(late) == PEOPLE
    assert len(done) >= 1
    assert all("retry-after" in answer.headers for answer in late)
    assert all(answer.json()["constraints"][0]["value"] >= 1960 for answer in done)
    assert process.wait(30) in (0, -signal.SIGTERM)
    lines = [json.loads(line) for line in process.stderr if line.startswith("{")]  # type: ignore[union-attr]
    assert sum(line["event"] == "turn" for line in lines) == len(done)
