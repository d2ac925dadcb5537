"""Another engine as the writer: an OpenAI-compatible server that takes a grammar, asked sentence by sentence.

What it answers is never believed: the automaton is walked again with our own licence, and the guard reads what comes of it.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import httpx
from pydantic import BaseModel, ValidationError

from chatrec.dialogue.values import Language
from chatrec.errors import ModelError
from chatrec.generation.automata import FRESH, ROOM, Automata
from chatrec.generation.constraint import Walk
from chatrec.generation.conversation import Codec
from chatrec.generation.drafting import Draught
from chatrec.generation.grammar import readings, sentence_grammar, spell
from chatrec.generation.plan import Plan
from chatrec.generation.templates import Template

_TRIES = 3
"""How often a sentence is asked for where the engine's follows none of our replies."""
_MOST_BYTES = 100_000
"""The longest answer that is read."""
log = logging.getLogger(__name__)


class _Choice(BaseModel):
    text: str


class _Answer(BaseModel):
    choices: list[_Choice]


class Server:
    """An OpenAI-compatible server with `/v1/completions`.

    Args:
        url: its address, without the path.
        temperature: of the sampling.
    """

    def __init__(self, url: str, temperature: float) -> None:
        self.url = url.rstrip("/").removesuffix("/v1")
        self._temperature = temperature
        self._client = httpx.Client()

    def complete(self, prompt: str, grammar: str, seed: int, deadline: float) -> str:
        """Return how the server goes on with a prompt. Raises ModelError: no answer by the deadline, or none at all."""
        asked = {"prompt": prompt, "grammar": grammar, "seed": seed, "temperature": self._temperature}
        try:
            return self._text(self._post({**asked, "max_tokens": 2 * ROOM}, deadline))
        except (httpx.HTTPError, httpx.InvalidURL, ValidationError, IndexError) as error:
            reason = str(error) or type(error).__name__
            raise ModelError(
                f"The engine at {self.url} did not answer: {reason}",
                "Start it, or mend CHATREC_ENGINE_URL.",
            ) from error

    def _text(self, body: bytes) -> str:
        return _Answer.model_validate_json(body).choices[0].text

    def _post(self, asked: Mapping[str, object], deadline: float) -> bytes:
        left = deadline - time.monotonic()
        if left <= 0:
            raise httpx.ReadTimeout("no time left")
        read = b""
        with self._client.stream("POST", f"{self.url}/v1/completions", json=asked, timeout=left) as response:
            response.raise_for_status()
            for part in response.iter_bytes():
                read += part
                if time.monotonic() > deadline or len(read) > _MOST_BYTES:
                    raise httpx.ReadTimeout("an answer without end")
        return read


@dataclass(frozen=True, slots=True)
class EngineMark:
    """A place in a draft to come back to: the walk and the text so far."""

    walk: Walk
    written: str
    first: bool = True
    ended: bool = False


class EngineDraft:
    """A reply in the making, written by a server."""

    def __init__(self, server: Server, prompt: str, walk: Walk, seed: int, deadline: float) -> None:
        self._server, self._prompt, self._deadline = server, prompt, deadline
        self._place = EngineMark(walk, "")
        self._random = random.Random(seed)

    @property
    def ended(self) -> bool:
        """Tell whether nothing can follow."""
        return self._place.ended

    def mark(self) -> EngineMark:
        """Remember this place."""
        return self._place

    def back(self, mark: EngineMark) -> None:
        """Return to a place; the random numbers go on."""
        self._place = mark

    def sentence(self) -> Draught:
        """Have the server write to the end of a sentence. Raises ModelError where it writes none of ours."""
        walk, written = self._place.walk, self._place.written
        grammar = sentence_grammar(walk, self._first(walk))
        for _ in range(_TRIES):
            seed = self._random.getrandbits(31)
            text = self._server.complete(self._prompt + written, grammar, seed, self._deadline)
            units = next(readings(walk, text, walk.automaton.codec), None)
            if units is not None:
                return self._advance(units)
            log.info("the engine wrote none of our sentences: %r", text[:200])
        raise ModelError(
            f"The engine at {self._server.url} does not keep to the grammar.",
            "Use a server that takes `grammar` (llama.cpp).",
        )

    def _first(self, walk: Walk) -> list[int]:
        """Draw the units to begin with: those that leave every hand-written reply, or any."""
        fresh = walk.fresh(walk.allowed())
        return fresh if fresh and self._random.random() < FRESH else []

    def _advance(self, units: Sequence[int]) -> Draught:
        place, codec = self._place, self._place.walk.automaton.codec
        walk = place.walk
        for unit in units:
            walk = walk.step(unit)
        ended = not units or not codec.stops(units[-1]) or walk.allowed() == [codec.eos]
        self._place = EngineMark(walk, place.written + spell(tuple(units), codec), False, ended)
        return Draught(codec.parts(units), 0.0, self._place)


class EngineWriter:
    """Starts drafts that a server writes.

    Args:
        server: the engine.
        codec: of the units that our automata are made of.
        replies: the replies of each language by section.
        seconds: time budget of a reply.
    """

    def __init__(
        self,
        server: Server,
        codec: Codec,
        replies: Mapping[Language, Mapping[str, Sequence[Template]]],
        seconds: float,
    ) -> None:
        self._server, self._codec, self._seconds = server, codec, seconds
        self._automata = Automata(codec, replies)

    def tokens(self, text: str) -> int:
        """Return how many tokens of the base a text has."""
        return len(self._codec.words(text))

    def draft(self, plan: Plan) -> EngineDraft | None:
        """Start the reply to a plan; None where none can be written under its licence."""
        walk = self.walk(plan)
        if walk is None:
            return None
        deadline = time.monotonic() + self._seconds
        return EngineDraft(self._server, self._prompt(plan), walk, plan.seed, deadline)

    def walk(self, plan: Plan) -> Walk | None:
        """Return the first position of the reply to a plan."""
        return self._automata.walk(plan)

    def _prompt(self, plan: Plan) -> str:
        """Return the prompt that our own model reads, as text; the server adds the beginning's token."""
        units = self._codec.prompt(plan.language, plan.section, plan.user, plan.licence)
        return spell(units if self._codec.bos is None else units[1:], self._codec)
