"""The reply: the model writes under the constraint, sentence by sentence; each is read by the guard before it is shown."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from chatrec.config import settings
from chatrec.dialogue.slots import Schema
from chatrec.dialogue.values import Entry, Language, Sentence, Triple
from chatrec.errors import ChatrecError, ModelError
from chatrec.generation.conversation import Codec
from chatrec.generation.drafting import Drafter, Drafting, Draught
from chatrec.generation.guard import Guard
from chatrec.generation.plan import Plan
from chatrec.generation.surface import join, render
from chatrec.generation.templates import Template, pointer_names, targets
from chatrec.generation.verbaliser import closing, complete, notice, verbalise

__all__ = ["Replier", "join", "open_replier"]

_ATTEMPTS = 4
"""How often a sentence is written anew where the guard refuses it or the model finds it absurd."""
_ABSURD = -9.0
"""Log-probability (nats) below which a unit makes its sentence absurd."""
_SEPARATOR = "\x00"
Progress = Callable[[str], None]
log = logging.getLogger(__name__)


class Knowledge(Protocol):
    """What a replier needs of a pack: its labels and its schema."""

    @property
    def entries(self) -> Sequence[Entry]: ...

    @property
    def schema(self) -> Schema: ...


@dataclass(frozen=True, eq=False)
class Replier:
    """Writes replies: with the model where there is one, else with the verbaliser."""

    guard: Guard
    writer: Drafter | None = None
    seconds: float = 8.0

    def write(self, plan: Plan) -> Iterator[Sentence]:
        """Yield the reply to a plan piece by piece, each checked; a failure of the model never loses the reply."""
        opening = notice(plan)
        if opening is not None:
            yield opening
        stated: list[Triple] = []
        shown = 0
        try:
            for sentence in self._written(plan):
                shown += 1
                stated += [claim.triple for claim in sentence.claims]
                yield _after(opening, sentence) if shown == 1 else sentence
        except ModelError as error:
            log.warning("%s\nThe verbaliser answers.", error)
        except Exception:  # whatever breaks in the model, the turn is answered
            log.exception("the model failed; the verbaliser answers")
        yield from complete(plan, stated) if shown else verbalise(plan)
        yield from closing(plan)

    def _written(self, plan: Plan) -> Iterator[Sentence]:
        draft = self.writer.draft(plan) if self.writer else None
        started = time.monotonic()
        said: set[str] = set()
        while draft is not None and not draft.ended:
            sentence = self._next(draft, plan, said)
            if sentence is None or time.monotonic() - started > self.seconds:
                return
            said.add(sentence.text.strip())
            yield sentence

    def _next(self, draft: Drafting, plan: Plan, said: set[str]) -> Sentence | None:
        """Write the next sentence: one that the guard lets pass, and that the model does not find absurd if it can be had.

        It is none of those that were `said` before in the reply.
        """
        mark = draft.mark()
        passed: list[tuple[Draught, Sentence]] = []
        for _ in range(_ATTEMPTS):
            written = draft.sentence()
            sentence = render(written.parts, plan.licence, plan.language, first=mark.first)
            if found := self.guard.violations(sentence):
                log.info("refused: %s (%s)", sentence.text, ", ".join(found))
            elif sentence.text.strip() in said:
                log.info("said before: %s", sentence.text)
            elif written.worst > _ABSURD:
                return sentence
            else:
                passed.append((written, sentence))
            draft.back(mark)
        if not passed:
            return None
        best, sentence = max(passed, key=lambda pair: pair[0].worst)
        draft.back(best.after)
        return sentence


def _after(opening: Sentence | None, sentence: Sentence) -> Sentence:
    """Keep a blank between a notice and the reply behind it."""
    if opening is None:
        return sentence
    moved = tuple(replace(claim, start=claim.start + 1, end=claim.end + 1) for claim in sentence.claims)
    return Sentence(" " + sentence.text, moved)


def open_replier(pack: Knowledge, progress: Progress | None = None) -> Replier:
    """Open the replier of a pack with the model of the settings.

    Without a model it still answers, plainly. A pack that no replies are written for is spoken of in the replies for any pack.
    """
    guard = Guard(pack.entries, pack.schema.name_slot.name)
    chosen = settings()
    if not chosen.generate:
        return Replier(guard)
    try:
        writer = _open_writer(guard, pack.schema, progress)
    except ChatrecError as error:
        log.warning("%s\nReplies are plain until this is mended.", error)
        return Replier(guard)
    return Replier(guard, writer, chosen.reply_seconds)


def _open_writer(guard: Guard, schema: Schema, progress: Progress | None) -> Drafter | None:
    from chatrec.generation.files import adapter_dir, base_model_dir

    replies = {language: clean(language, guard, schema.pack) for language in schema.languages}
    if not any(replies.values()):
        return None
    chosen = settings()
    names = pointer_names(schema.pack, schema.languages)
    if chosen.engine_url:
        from chatrec.generation.engine import EngineWriter, Server

        codec = Codec.of_folder(base_model_dir(chosen.model, progress), names)
        server = Server(chosen.engine_url, chosen.temperature)
        return EngineWriter(server, codec, replies, chosen.reply_seconds)
    from chatrec.generation.model import load_model
    from chatrec.generation.writer import Writer

    adapter = adapter_dir(chosen.adapter)
    loaded = load_model(base_model_dir(chosen.model, progress), adapter, chosen.threads)
    trained = set(names) <= set(loaded.codec.pointers)
    return Writer(loaded.speaking(names), replies, chosen.temperature, trained)


def clean(language: Language, guard: Guard, pack: str = "movies") -> dict[str, tuple[Template, ...]]:
    """Return the replies of a language whose free words name nothing that the graph of the guard holds."""
    return {
        section: tuple(t for t in group if not guard.violations(Sentence(_SEPARATOR.join(t.parts[::2]))))
        for section, group in targets(language, pack).items()
    }
