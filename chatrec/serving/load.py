"""Many people talking to a server at once: do all get their own answers, how soon, and does memory stay flat?"""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import numpy as np

from chatrec.config import settings
from chatrec.errors import ChatrecError
from chatrec.grounding.pack import Pack, open_pack
from chatrec.learning.messages import Messages

_TURNS = 4
"""Turns of a conversation."""
_PATIENCE = 300.0
_MEMORY_EVERY = 5.0
_RESIDENT = "process_resident_memory_bytes "


@dataclass
class Seen:
    """What happened in a run: times in seconds, memory in MB by second of the run."""

    seconds: list[float] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    memory: list[tuple[float, float]] = field(default_factory=list)
    conversations: int = 0
    mixed: int = 0


def measure(
    pack: str | None, url: str, users: int, seconds: float, pause: float, seed: int
) -> dict[str, Any]:
    """Let people talk to a server for some time and return the figures; without a url one is started."""
    opened = open_pack(pack)
    if url:
        return asyncio.run(_run(opened, url, users, seconds, pause, seed))
    with started(pack or settings().pack) as address:
        return asyncio.run(_run(opened, address, users, seconds, pause, seed))


@contextmanager
def started(pack: str, **environment: str) -> Iterator[str]:
    """Start a server of our own on a free port, without a limit of rate; yield its address, then stop it.

    It stores what is said, in a folder that is deleted in the end.
    """
    command = [sys.executable, "-m", "chatrec.serving.cli", "serve", "--port", "0", "--pack", pack]
    free = {"CHATREC_RATE_LIMIT": "0", "CHATREC_LOG_LEVEL": "ERROR"}
    with TemporaryDirectory() as folder:
        database = {"CHATREC_DATABASE": f"sqlite:///{folder}/chatrec.db"}
        env = {**os.environ, **free, **database, **environment}
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env) as server:
            try:
                yield _address(server)
            finally:
                server.terminate()


def _address(server: subprocess.Popen[str]) -> str:
    for line in server.stdout or ():
        if "ready: " in line:
            return line.split("ready: ")[1].strip()
    raise ChatrecError("The server did not start.", "Its own message says why.")


async def _run(pack: Pack, url: str, users: int, seconds: float, pause: float, seed: int) -> dict[str, Any]:
    messages, seen, limits = Messages(pack.schema, pack.entries), Seen(), httpx.Limits(max_connections=None)
    begun = time.monotonic()
    async with httpx.AsyncClient(base_url=url, timeout=_PATIENCE, limits=limits) as client:
        watch = asyncio.create_task(_watch(client, seen, begun))
        people = (_Person(client, messages, pack, seen, random.Random(seed + n), pause) for n in range(users))
        await asyncio.gather(*(person.talk(begun + seconds) for person in people))
        watch.cancel()
    return _figures(seen, users, time.monotonic() - begun)


async def _watch(client: httpx.AsyncClient, seen: Seen, begun: float) -> None:
    """Note the server's memory now and then."""
    while True:
        text = (await client.get("/metrics")).text
        for line in text.splitlines():
            if line.startswith(_RESIDENT):
                seen.memory.append((time.monotonic() - begun, float(line.split()[1]) / 1e6))
        await asyncio.sleep(_MEMORY_EVERY)


@dataclass
class _Person:
    """Someone who holds one conversation after the other, and looks whether the answers are theirs."""

    client: httpx.AsyncClient
    messages: Messages
    pack: Pack
    seen: Seen
    rng: random.Random
    pause: float

    async def talk(self, until: float) -> None:
        while time.monotonic() < until:
            language = self.rng.choice(self.pack.schema.languages)
            session, said = None, []
            for message in self.messages.session(language, _TURNS, self.rng):
                answer = await self._say(message, session)
                if answer is None:
                    break
                said.append(message)
                own = answer["user"] == message and session in (None, answer["session"])
                self.seen.mixed += not (own and answer["turn"] == len(said))
                session = answer["session"]
                await asyncio.sleep(self.pause)
            if session:
                await self._close(session, said)

    async def _say(self, message: str, session: str | None) -> dict[str, Any] | None:
        started = time.perf_counter()
        try:
            response = await self.client.post("/recommend", json={"user_input": message, "session": session})
        except httpx.HTTPError as error:
            self.seen.errors[type(error).__name__] += 1
            return None
        if response.status_code != 200:
            self.seen.errors[str(response.status_code)] += 1
            return None
        self.seen.seconds.append(time.perf_counter() - started)
        self.seen.places.append(int(response.headers["x-queue-position"]))
        answer: dict[str, Any] = response.json()
        return answer

    async def _close(self, session: str, said: list[str]) -> None:
        """Compare what the server kept with what was said, and forget the conversation."""
        kept = (await self.client.get(f"/sessions/{session}")).json()
        self.seen.mixed += [turn["user"] for turn in kept["turns"]] != said
        self.seen.conversations += 1
        await self.client.delete(f"/sessions/{session}")


def _figures(seen: Seen, users: int, seconds: float) -> dict[str, Any]:
    return {
        "users": users,
        "seconds": round(seconds),
        "replies": len(seen.seconds),
        "conversations": seen.conversations,
        "errors": sum(seen.errors.values()),
        "errors_by_kind": dict(seen.errors),
        "mixed": seen.mixed,
        "replies_per_s": round(len(seen.seconds) / seconds, 2),
        "latency_s": _percentiles(seen.seconds),
        "ahead": _percentiles(seen.places),
        "rss_mb": _by_time(seen.memory, seconds),
    }


def _percentiles(values: list[float] | list[int]) -> dict[str, float]:
    return {f"p{p}": round(float(np.percentile(values, p)), 2) for p in (50, 95, 99, 100)} if values else {}


def _by_time(memory: list[tuple[float, float]], seconds: float) -> dict[str, int]:
    """Return the memory at six points of the run, by second."""
    points = [seconds * part / 5 for part in range(6)]
    nearest = [min(memory, key=lambda found: abs(found[0] - point)) for point in points] if memory else []
    return {f"{at:.0f}": round(mb) for at, mb in nearest}


def table(figures: Mapping[str, Any]) -> str:
    """Write the figures as a table in Markdown."""
    rows = []
    for name, value in figures.items():
        cell = ", ".join(f"{k}: {v}" for k, v in value.items()) if isinstance(value, dict) else value
        rows.append(f"| {name} | {cell} |")
    return "\n".join(("| figure | value |", "|---|---|", *rows))
