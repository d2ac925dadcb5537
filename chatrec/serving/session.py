"""Sessions in memory, and the service that answers within them: what REST, page and terminal share."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from queue import SimpleQueue
from typing import Protocol

from rdflib import RDF, URIRef

from chatrec.config import settings
from chatrec.dialogue.feedback import RATINGS, carry_over, rate
from chatrec.dialogue.values import Constraint, Sentence, State, Turn
from chatrec.errors import ChatrecError, InputError
from chatrec.grounding.pack import Pack, Progress, open_pack
from chatrec.serving.logs import log_turn
from chatrec.serving.metrics import Metrics
from chatrec.serving.waiting import Line, Waiting

_MOST_SESSIONS = 10_000
_KEPT_TURNS = 50

Piece = Sentence | Turn
Heard = Piece | Waiting


class UnknownSessionError(InputError):
    """A request names a session that does not exist (any more)."""


class Talker(Protocol):
    """What answers a message: `chatrec.turn.Engine`, or a scripted stand-in in a test."""

    @property
    def pack(self) -> Pack:
        """The pack it talks about."""

    def turn(self, message: str, state: State) -> Iterator[Piece]:
        """Yield the reply piece by piece, then the whole turn."""


class Listening:
    """The line between the thread that writes a reply and the one that listens to it."""

    def __init__(self) -> None:
        self._pieces: SimpleQueue[Heard | Exception | None] = SimpleQueue()
        self.stopped = False

    def put(self, piece: Heard | Exception) -> None:
        """Hand over a piece, or the fault that ended the reply."""
        self._pieces.put(piece)

    def end(self) -> None:
        """Tell the listener that nothing more comes."""
        self._pieces.put(None)

    def stop(self) -> None:
        """End the reply at once; its writer gives up at the next piece."""
        self.stopped = True
        self.end()

    def __iter__(self) -> Iterator[Heard]:
        """Yield the pieces as they come. Raises the fault that ended the reply."""
        while (piece := self._pieces.get()) is not None:
            if isinstance(piece, Exception):
                raise piece
            yield piece


@dataclass(eq=False)
class Session:
    """One conversation: where it stands and what was said, the latest turn last; `before` holds the state before each."""

    id: str
    state: State = field(default_factory=State)
    turns: tuple[Turn, ...] = ()
    before: tuple[State, ...] = ()
    used: float = 0.0
    listening: Listening | None = None
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def note(self, turn: Turn) -> None:
        """Keep a finished turn."""
        self.before = (*self.before, self.state)[-_KEPT_TURNS:]
        self.state, self.turns = turn.state, (*self.turns, turn)[-_KEPT_TURNS:]

    def take_back(self) -> str:
        """Undo the latest turn and return what the user had said; what was pressed since then stays."""
        if not self.turns:
            return ""
        turn = self.turns[-1]
        self.state = carry_over(self.before[-1], turn.state, self.state)
        self.before, self.turns = self.before[:-1], self.turns[:-1]
        return turn.user


class Sessions:
    """The sessions of this process, by id. Safe to use from many threads.

    Args:
        minutes: how long an idle session is kept.
        clock: returns seconds; a test may move it.
    """

    def __init__(self, minutes: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds, self._clock = 60 * minutes, clock
        self._sessions: dict[str, Session] = {}  # the longest idle first
        self._lock = threading.Lock()

    def create(self) -> Session:
        """Return a new session under an id that cannot be guessed."""
        session = Session(secrets.token_urlsafe(16))
        with self._lock:
            self._expire()
            self._touch(session)
        return session

    def get(self, session_id: str) -> Session | None:
        """Return a session, or None where it never was, was forgotten or has expired."""
        with self._lock:
            self._expire()
            session = self._sessions.get(session_id)
            if session is not None:
                self._touch(session)
            return session

    def delete(self, session_id: str) -> bool:
        """Forget a session; tell whether there was one."""
        with self._lock:
            return self._sessions.pop(session_id, None) is not None

    def _touch(self, session: Session) -> None:
        session.used = self._clock()
        self._sessions.pop(session.id, None)
        self._sessions[session.id] = session

    def _expire(self) -> None:
        oldest = self._clock() - self._seconds
        for session in list(self._sessions.values()):
            if session.used >= oldest and len(self._sessions) <= _MOST_SESSIONS:
                return
            del self._sessions[session.id]

    def __len__(self) -> int:
        return len(self._sessions)


class Service:
    """Answers messages and takes feedback, session by session.

    All replies are written by one thread, one after the other: the model uses every core already. A listener
    who goes away therefore never holds up others, and leaves the session as it was before the message.
    """

    def __init__(self, engine: Talker, sessions: Sessions | None = None) -> None:
        self.engine = engine
        self.sessions = sessions or Sessions(settings().session_minutes)
        self.line = Line(settings().queue)
        self.metrics = Metrics(lambda: len(self.sessions), lambda: len(self.line))

    @property
    def pack(self) -> Pack:
        """The pack that this service talks about."""
        return self.engine.pack

    @cached_property
    def _items(self) -> frozenset[str]:
        class_ = URIRef(self.pack.schema.item_class)
        return frozenset(str(item) for item in self.pack.graph.rdf.subjects(RDF.type, class_))

    def session(self, session_id: str | None = None) -> Session:
        """Return the session of that id, or a new one where there is none (any more)."""
        return (self.sessions.get(session_id) if session_id else None) or self.sessions.create()

    def known(self, session_id: str) -> Session:
        """Return the session of that id. Raises UnknownSessionError."""
        session = self.sessions.get(session_id)
        if session is None:
            raise UnknownSessionError(
                "There is no session of that id.",
                "It may have expired or been deleted. Send a message without a session to start a new one.",
            )
        return session

    def say(self, session_id: str | None, text: str, language: str = "") -> Iterator[Heard]:
        """Answer a message: yield the checked pieces of the reply, then the turn.

        Before them, where other replies are to be written first, how many: each time it changes. Raises
        BusyError where too many wait already.

        Args:
            session_id: the session; a new one is started for None or an unknown id.
            text: what the user typed, as it came.
            language: the language to assume where the message does not tell. Raises InputError if not spoken.
        """
        self._check_language(language)
        return self._listen(self.session(session_id), _readable(text), language)

    def _check_language(self, language: str) -> None:
        spoken = self.pack.schema.languages
        if language and language not in spoken:
            raise InputError(
                f"The language {language!r} is not spoken here.", f"Spoken: {', '.join(spoken)}."
            )

    def _listen(self, session: Session, text: str, language: str) -> Iterator[Heard]:
        session.listening = listening = Listening()
        place = self.line.join(lambda: self._write(session, text, language, listening), listening.put)
        try:
            yield from listening
        finally:
            listening.stopped = True
            self.line.leave(place, listening.put)

    def _write(self, session: Session, text: str, language: str, listening: Listening) -> None:
        """Run one turn in the writer's thread, unless nobody listens any more."""
        try:
            with session.lock:
                state = replace(session.state, language=language or session.state.language)
                for piece in self.engine.turn(text, state):
                    if listening.stopped:
                        return
                    if isinstance(piece, Turn):
                        session.note(piece)
                        self.metrics.turn(piece)
                        log_turn(piece)
                    listening.put(piece)
        except Exception as error:  # it belongs to the listener, in the other thread
            self.metrics.errors.inc()
            listening.put(error)
        finally:
            listening.end()

    def stop(self, session_id: str) -> None:
        """Stop the reply that a session is getting, if any: the message then counts as not said."""
        session = self.sessions.get(session_id)
        if session is not None and session.listening is not None:
            session.listening.stop()

    def answer(self, session_id: str | None, text: str, language: str = "") -> Turn:
        """Answer a message and return the whole turn."""
        *_, last = self.say(session_id, text, language)
        if not isinstance(last, Turn):
            raise ChatrecError("The reply broke off.", "Try again.")
        return last

    def feedback(self, session_id: str, item: str, rating: str) -> State:
        """Rate an item (like, dislike, seen, none). Raises UnknownSessionError or InputError."""
        session = self.known(session_id)
        if rating not in RATINGS:
            raise InputError(f"{rating!r} is no rating.", f"Allowed: {', '.join(RATINGS)}.")
        if item not in self._items:
            raise InputError(
                f"The graph has no item {item!r}.", "Send the `iri` of an item that a reply listed."
            )
        with session.lock:
            session.state = rate(session.state, item, rating)
            return session.state

    def remove_constraint(self, session_id: str, constraint: Constraint) -> State:
        """Drop a wish of a session, if it is still in force. Raises UnknownSessionError."""
        session = self.known(session_id)
        with session.lock:
            kept = tuple(wish for wish in session.state.constraints if wish != constraint)
            session.state = replace(session.state, constraints=kept)
            return session.state

    def take_back(self, session_id: str) -> str:
        """Undo the latest turn of a session; return what was said. Raises UnknownSessionError."""
        session = self.known(session_id)
        with session.lock:
            return session.take_back()

    def forget(self, session_id: str) -> None:
        """Forget a session and all that was said in it. Raises UnknownSessionError."""
        self.known(session_id)
        self.sessions.delete(session_id)


def _readable(text: str) -> str:
    """Replace lone surrogates: no reply that quotes them could be sent."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def open_service(pack: str | None = None, progress: Progress | None = None) -> Service:
    """Open a pack and the model, and return the service that talks about it."""
    from chatrec.generation.reply import open_replier  # both bring torch, which a stand-in does not need
    from chatrec.turn import Engine

    opened = open_pack(pack, progress)
    replier = open_replier(opened, progress)
    return Service(Engine.build(opened, replier, settings().list_size, explore=settings().explore))
