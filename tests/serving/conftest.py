"""A scripted stand-in for the engine: the real graph and ranking, no understanding to speak of, no model."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import pytest
import uvicorn
from fastapi import FastAPI

from chatrec.config import settings
from chatrec.dialogue.values import Act, Candidate, Claim, Constraint, Entry, Language, Sentence, State, Turn
from chatrec.grounding.candidates import find
from chatrec.grounding.pack import Pack, open_pack
from chatrec.grounding.ranking import rank
from chatrec.serving.server import listen
from chatrec.serving.session import Service, open_service

PIECES = {"en": ("How about {}? ", "Mark {}."), "zh": ("推荐《{}》。", "记住{}。")}


@dataclass(frozen=True, eq=False)
class FakeEngine:
    """Finds labels of the graph in a message, lists what fits, and says the first name and its first number.

    `pause` is the time before each piece, in seconds; a message "fail" raises.
    """

    pack: Pack
    pause: float = 0.0

    def turn(self, message: str, state: State) -> Iterator[Sentence | Turn]:
        """Answer as the engine does: pieces first, the turn last."""
        if message == "fail":
            raise RuntimeError("as asked")
        started = time.perf_counter()
        language = (
            "zh" if any("\u4e00" <= letter <= "\u9fff" for letter in message) else state.language or "en"
        )
        acts = tuple(self._act(entry) for entry in self._found(message))
        state = self._update(state, acts, language)
        candidates, sparql = self._candidates(state)
        pieces = self._pieces(candidates, language)
        for piece in pieces:
            time.sleep(self.pause)
            yield piece
        reply = "".join(piece.text for piece in pieces)
        shown = (*state.shown, tuple(candidate.item.iri for candidate in candidates))
        ms = dict.fromkeys(("understand", "ground", "rank", "generate", "first_token"), 1.0)
        ms["total"] = round(1000 * (time.perf_counter() - started), 1)
        state = replace(state, shown=shown)
        claims = _whole(pieces)
        yield Turn(
            state.turn, message, language, "recommend", acts, state, reply, claims, candidates, sparql, ms
        )

    def _found(self, message: str) -> list[Entry]:
        found = [
            e for e in self.pack.entries if e.preferred and len(e.surface) > 1 and _occurs(e.surface, message)
        ]
        return [e for e in found if not any(e.surface in other.surface for other in found if other is not e)]

    def _act(self, entry: Entry) -> Act:
        name = "like" if entry.slots[0] == self.pack.schema.name_slot.name else "inform"
        return Act(name, entry.slots[0], "=", entry.value, entry.iri, "like", entry.surface, 0)

    def _update(self, state: State, acts: tuple[Act, ...], language: Language) -> State:
        likes = [act.iri for act in acts if act.act == "like"]
        wishes = [
            Constraint(act.slot or "", "=", act.value or "", act.iri) for act in acts if act.act == "inform"
        ]
        return replace(
            state,
            language=language,
            likes=tuple(dict.fromkeys((*state.likes, *likes))),
            constraints=tuple(dict.fromkeys((*state.constraints, *wishes))),
            turn=state.turn + 1,
        )

    def _candidates(self, state: State) -> tuple[tuple[Candidate, ...], str]:
        out = (*state.likes, *state.dislikes, *state.seen, *(iri for group in state.shown for iri in group))
        found = find(self.pack, state.constraints, out)
        return rank(self.pack, found.items, state, 3), found.sparql

    def _pieces(self, candidates: tuple[Candidate, ...], language: Language) -> list[Sentence]:
        if not candidates:
            return [Sentence("Nothing fits. " if language == "en" else "没有合适的。")]
        item, pieces = candidates[0].item, []
        number = next(slot.name for slot in self.pack.schema.slots if slot.kind == "number")
        for slot, form in zip((self.pack.schema.name_slot.name, number), PIECES[language], strict=True):
            fact = item.fact(slot, language)
            text, start = fact.label(language), form.index("{}")
            claim = Claim(start, start + len(text), text, fact.triple)
            pieces.append(Sentence(form.format(text), (claim,)))
        return pieces


def _occurs(label: str, message: str) -> bool:
    edge = r"\b" if label.isascii() else ""
    return re.search(edge + re.escape(label) + edge, message, re.IGNORECASE) is not None


def _whole(pieces: list[Sentence]) -> tuple[Claim, ...]:
    claims, offset = [], 0
    for piece in pieces:
        claims += [
            replace(claim, start=claim.start + offset, end=claim.end + offset) for claim in piece.claims
        ]
        offset += len(piece.text)
    return tuple(claims)


@pytest.fixture(scope="session")
def pack() -> Pack:
    """The movies."""
    return open_pack("movies")


@pytest.fixture
def service(pack: Pack) -> Service:
    """A service that answers with the stand-in."""
    return Service(FakeEngine(pack))


@pytest.fixture
def configure(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Change settings for one test: `configure(rate_limit=60)`."""

    def change(**values: object) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"CHATREC_{name.upper()}", str(value))
        settings.cache_clear()

    yield change
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture(scope="session")
def plain_service() -> Iterator[Service]:
    """The real engine, with plain replies instead of the language model's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHATREC_GENERATE", "false")
        settings.cache_clear()
        yield open_service("movies")
    settings.cache_clear()


@contextmanager
def served(app: FastAPI, host: str = "127.0.0.1") -> Iterator[str]:
    """Serve an application in a thread, on a free port; yield its address."""
    listener = listen(host, 0)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://{host}:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join()
