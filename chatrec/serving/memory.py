"""Sessions: the latest ones in memory, and all of them in the store where there is one."""

from __future__ import annotations

import re
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

from chatrec.dialogue.feedback import carry_over, merge
from chatrec.dialogue.values import State, Turn
from chatrec.errors import InputError
from chatrec.learning.store.records import Key, Selection
from chatrec.learning.store.store import ErasedError, Store
from chatrec.serving.listening import Listening

_MOST_SESSIONS = 10_000
_MOST_TURNS = 500
"""How many turns stay in memory where the store has them as well (about 0.1 MB each)."""
_KEPT_TURNS = 50


USER = re.compile(r"[A-Za-z0-9_-]{22,64}")
"""What the id of a user who agreed to be remembered looks like: long enough that nobody guesses it."""


class UnknownSessionError(InputError):
    """A request names a session that does not exist (any more)."""

    def __init__(self) -> None:
        super().__init__(
            "There is no session of that id.",
            "It may have expired or been deleted. Send a message without a session to start a new one.",
        )


@dataclass(eq=False)
class Session:
    """One conversation: where it stands and what was said, the latest turn last; `before` holds the state before each.

    `user` is empty unless they agreed to be remembered. `stored` tells whether the store has it, `brief` that it never
    shall, `gone` that it was forgotten.
    """

    id: str
    state: State = field(default_factory=State)
    turns: tuple[Turn, ...] = ()
    before: tuple[State, ...] = ()
    user: str = ""
    used: float = 0.0
    stored: bool = False
    brief: bool = False
    gone: bool = False
    listening: Listening | None = None
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Have the session to oneself. Raises UnknownSessionError where it was forgotten meanwhile."""
        with self.lock:
            if self.gone:
                raise UnknownSessionError
            yield


class Sessions:
    """The sessions of one pack, by id. Safe to use from many threads; who changes a session holds it.

    A change is in the store before it is in memory. No session is in memory twice: one that somebody still
    works with is found again.

    Args:
        minutes: how long an idle session stays in memory; without a store it is lost then.
        clock: returns seconds; a test may move it.
        store: keeps the sessions, if any does.
        pack: name of the pack they talk about.
    """

    def __init__(
        self,
        minutes: float,
        clock: Callable[[], float] = time.monotonic,
        store: Store | None = None,
        pack: str = "",
    ) -> None:
        self._seconds, self._clock = 60 * minutes, clock
        self.store, self._pack = store, pack
        self._recent: dict[str, Session] = {}  # the longest idle first
        self._alive: WeakValueDictionary[str, Session] = WeakValueDictionary()
        self._lock = threading.Lock()

    def create(self, brief: bool = False) -> Session:
        """Return a new session under an id that cannot be guessed; a brief one is never stored."""
        session = Session(secrets.token_urlsafe(16), brief=brief)
        with self._lock:
            self._expire()
            self._touch(session)
        return session

    def get(self, session_id: str) -> Session | None:
        """Return a session, or None where it never was, was forgotten or has expired."""
        with self._lock:
            self._expire()
            session = self._alive.get(session_id) or self._load(session_id)
            if session is None or session.gone:
                return None
            if self.store and session.stored and not self.store.has(session_id):  # erased by another process
                self._drop(session)
                return None
            self._touch(session)
            return session

    def delete(self, session_id: str) -> bool:
        """Forget a session for good; tell whether there was one. A reply that it is getting breaks off."""
        with self._lock:
            session = self._alive.get(session_id)
        if session is not None:
            if session.listening is not None:
                session.listening.stop()
            with session.lock, self._lock:
                self._drop(session)
        erased = self.store.erase(Selection(session=session_id)) if self.store else 0
        return session is not None or bool(erased)

    def note(self, session: Session, turn: Turn) -> None:
        """Keep a finished turn."""
        self._keep(session, lambda store, key, first: store.say(key, session.state, turn, first))
        session.before = (*session.before, session.state)[-_KEPT_TURNS:]
        session.state, session.turns = turn.state, (*session.turns, turn)[-_KEPT_TURNS:]

    def change(self, session: Session, state: State) -> None:
        """Keep a state that a button has changed."""
        self._keep(session, lambda store, key, first: store.press(key, session.state, state, first))
        session.state = state

    def take_back(self, session: Session) -> str:
        """Undo the latest turn and return what the user had said; what was pressed since then stays."""
        if not session.turns:
            return ""
        turn = session.turns[-1]
        state = carry_over(session.before[-1], turn.state, session.state)
        self._keep(
            session, lambda store, key, first: store.press(key, session.state, state, first, turn.turn)
        )
        session.state, session.before, session.turns = state, session.before[:-1], session.turns[:-1]
        return turn.user

    def agree(self, session: Session, user: str) -> None:
        """Let a session be a user's, with what they rated in earlier ones. It stays the user's whose it was first."""
        if self.store is None or session.brief or session.user or not user:
            return
        remembered = self.store.remembered(user, self._pack)
        self._link(session, user, merge(session.state, remembered))

    def withdraw(self, session: Session) -> None:
        """Let a session be nobody's."""
        self._link(session, "", session.state)

    def _link(self, session: Session, user: str, state: State) -> None:
        key = Key(session.id, self._pack, user)
        self._keep(session, lambda store, _, first: store.link(key, state, first))
        session.user, session.state = user, state

    def _keep(self, session: Session, change: Callable[[Store, Key, bool], None]) -> None:
        """Store a change of a session. Raises UnknownSessionError where another process has erased it."""
        if self.store is None or session.brief:
            return
        try:
            change(self.store, Key(session.id, self._pack, session.user), not session.stored)
        except ErasedError:
            with self._lock:
                self._drop(session)
            raise UnknownSessionError from None
        session.stored = True

    def _load(self, session_id: str) -> Session | None:
        kept = self.store.load(session_id, _KEPT_TURNS) if self.store else None
        if kept is None or kept.key.pack != self._pack:
            return None
        return Session(session_id, kept.state, kept.turns, kept.before, kept.key.user, stored=True)

    def _touch(self, session: Session) -> None:
        session.used = self._clock()
        self._recent.pop(session.id, None)
        self._recent[session.id] = self._alive[session.id] = session

    def _drop(self, session: Session) -> None:
        session.gone = True
        self._recent.pop(session.id, None)
        self._alive.pop(session.id, None)

    def _expire(self) -> None:
        """Let go of idle sessions; where memory holds too many turns, also of others that the store has."""
        oldest = self._clock() - self._seconds
        turns = sum(len(session.turns) for session in self._recent.values()) if self.store else 0
        for session in list(self._recent.values()):
            idle = session.used < oldest or len(self._recent) > _MOST_SESSIONS
            if not idle and turns <= _MOST_TURNS:
                return
            if not idle and not session.stored:
                continue
            turns -= len(session.turns)
            del self._recent[session.id]
            if self.store is None:
                self._drop(session)

    def __len__(self) -> int:
        return len(self._recent)
