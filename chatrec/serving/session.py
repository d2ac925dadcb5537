"""The service that answers within sessions: what REST, page and terminal share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cached_property
from typing import Protocol

from rdflib import RDF, URIRef

from chatrec.config import settings
from chatrec.dialogue.feedback import RATINGS, Rating, rate
from chatrec.dialogue.values import Constraint, State, Turn
from chatrec.errors import ChatrecError, InputError
from chatrec.grounding.pack import Pack, Progress
from chatrec.learning.store.records import Selection
from chatrec.learning.store.store import Store
from chatrec.serving.listening import Heard, Listening, Piece
from chatrec.serving.logs import log_turn
from chatrec.serving.memory import USER, Session, Sessions, UnknownSessionError
from chatrec.serving.metrics import Metrics
from chatrec.serving.waiting import Line


class Talker(Protocol):
    """What answers a message: `chatrec.turn.Engine`, or a scripted stand-in in a test."""

    @property
    def pack(self) -> Pack:
        """The pack it talks about."""

    def turn(self, message: str, state: State) -> Iterator[Piece]:
        """Yield the reply piece by piece, then the whole turn."""


class Service:
    """Answers messages and takes feedback, session by session.

    All replies are written by one thread, one after the other: the model uses every core already. A listener
    who goes away therefore never holds up others, and leaves the session as it was before the message.
    """

    def __init__(self, engine: Talker, store: Store | None = None) -> None:
        self.engine = engine
        self.store = None if engine.pack.schema.private else store
        self.sessions = Sessions(settings().session_minutes, store=self.store, pack=engine.pack.name)
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
            raise UnknownSessionError
        return session

    def say(self, session_id: str | None, text: str, language: str = "", user: str = "") -> Iterator[Heard]:
        """Answer a message: yield the checked pieces of the reply, then the turn.

        Before them, where other replies are to be written first, how many: each time it changes. Raises
        BusyError where too many wait already.

        Args:
            session_id: the session; a new one is started for None or an unknown id.
            text: what the user typed, as it came.
            language: the language to assume where the message does not tell. Raises InputError if not spoken.
            user: the id of a user who agrees to be remembered from session to session.
        """
        self._check_language(language)
        _check_user(user)
        return self._listen(self.session(session_id), _readable(text), language, user)

    def _check_language(self, language: str) -> None:
        spoken = self.pack.schema.languages
        if language and language not in spoken:
            raise InputError(
                f"The language {language!r} is not spoken here.", f"Spoken: {', '.join(spoken)}."
            )

    def _listen(self, session: Session, text: str, language: str, user: str) -> Iterator[Heard]:
        session.listening = listening = Listening()
        place = self.line.join(lambda: self._write(session, text, language, user, listening), listening.put)
        try:
            yield from listening
        finally:
            listening.stopped = True
            self.line.leave(place, listening.put)

    def _write(self, session: Session, text: str, language: str, user: str, listening: Listening) -> None:
        """Run one turn in the writer's thread, unless nobody listens any more. It is stored before it is handed over."""
        try:
            with session.held():
                self.sessions.agree(session, user)
                state = replace(session.state, language=language or session.state.language)
                for piece in self.engine.turn(text, state):
                    if listening.stopped:
                        return
                    if isinstance(piece, Turn):
                        self.sessions.note(session, piece)
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

    def answer(self, session_id: str | None, text: str, language: str = "", user: str = "") -> Turn:
        """Answer a message and return the whole turn."""
        *_, last = self.say(session_id, text, language, user)
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
        with session.held():
            self.sessions.change(session, rate(session.state, item, rating))
            return session.state

    def remove_constraint(self, session_id: str, constraint: Constraint) -> State:
        """Drop a wish of a session, if it is still in force. Raises UnknownSessionError."""
        return self.remove_constraints(session_id, lambda wish: wish == constraint)

    def remove_constraints(self, session_id: str, unwanted: Callable[[Constraint], bool]) -> State:
        """Drop the wishes of a session that are unwanted. Raises UnknownSessionError."""
        session = self.known(session_id)
        with session.held():
            kept = tuple(wish for wish in session.state.constraints if not unwanted(wish))
            self.sessions.change(session, replace(session.state, constraints=kept))
            return session.state

    def vary(self, session_id: str | None, diversity: float) -> Session:
        """Let the lists of a session (a new one where it is not known) avoid what is alike that much, from 0 to 1."""
        session = self.session(session_id)
        with session.held():
            self.sessions.change(session, replace(session.state, diversity=min(1.0, max(0.0, diversity))))
        return session

    def take_back(self, session_id: str) -> str:
        """Undo the latest turn of a session; return what was said. Raises UnknownSessionError."""
        session = self.known(session_id)
        with session.held():
            return self.sessions.take_back(session)

    def forget(self, session_id: str) -> None:
        """Forget a session and all that was said in it, for good. Raises UnknownSessionError."""
        if not self.sessions.delete(session_id):
            raise UnknownSessionError

    def remember(self, session_id: str, user: str) -> None:
        """Let a session, if there is one, be a user's who agrees to be remembered. Raises InputError."""
        _check_user(user)
        if session := self.sessions.get(session_id):
            with session.held():
                self.sessions.agree(session, user)

    def withdraw(self, session_id: str, user: str) -> None:
        """Forget a user; a session of theirs that goes on is nobody's from then on. Raises InputError."""
        session = self.sessions.get(session_id)
        if session and session.user == user:
            with session.held():
                self.sessions.withdraw(session)
        self.forget_user(user)

    def remembered(self, user: str) -> dict[str, Rating]:
        """Return how a user last rated each item, over all their sessions. Raises InputError."""
        _check_user(user)
        return self.store.remembered(user, self.pack.name) if self.store and user else {}

    def forget_user(self, user: str) -> int:
        """Forget all sessions of a user for good; return how many. Raises InputError."""
        _check_user(user)
        return self.store.erase(Selection(user=user)) if self.store and user else 0


def _readable(text: str) -> str:
    """Replace lone surrogates: no reply that quotes them could be sent."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _check_user(user: str) -> None:
    if user and not USER.fullmatch(user):
        raise InputError(
            "That is no id of a user.",
            "It is 22 to 64 letters, digits, - and _, drawn at random: whoever knows it can read what it stands for.",
        )


def open_service(
    pack: str | None = None, progress: Progress | None = None, store: Store | None = None
) -> Service:
    """Open a pack and the model, and return the service that talks about it; a store keeps what is said."""
    from chatrec.turn import Engine  # it brings torch, which a stand-in does not need

    engine = Engine.open(pack, progress)
    name, private = engine.pack.name, engine.pack.schema.private
    kept = None if private else store
    tallies = (lambda: kept.tallies(name)) if kept else dict
    engine = replace(engine, tallies=tallies, explore=settings().explore)
    return Service(engine, store)
