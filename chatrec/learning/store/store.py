"""The store of conversations and ratings. What it has confirmed outlives a crash; what it has erased cannot be read."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, delete, exists, insert, select, update

from chatrec.dialogue.feedback import Rating, changes
from chatrec.dialogue.values import State, Turn
from chatrec.errors import StoreError
from chatrec.grounding.priors import Tallies
from chatrec.learning.store import queries
from chatrec.learning.store.codec import decode_state, decode_turn, encode_state, encode_turn
from chatrec.learning.store.database import NOWHERE, explained, open_engine, scrub
from chatrec.learning.store.records import Event, Kept, Key, Selection, ratings_of
from chatrec.learning.store.tables import ratings, sessions, turns

_LOG = logging.getLogger(__name__)
_DAY = 24 * 60 * 60
_PAGE = 500
"""How many ratings are read at once: a reader that pauses holds up nobody."""


class ErasedError(StoreError):
    """A session was erased while it was in use."""


class Store:
    """Keeps sessions, their turns and their ratings. Safe to use from many threads.

    Every method raises StoreError where the database cannot be used. One that changes something returns when
    the change is on the disk.

    Args:
        engine: the database, its tables made.
        clock: returns seconds since 1970; a test may move it.
    """

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.time) -> None:
        self._engine, self._clock = engine, clock
        self._writing = threading.Lock()
        self._tallies: dict[str, Tallies] = {}

    def has(self, session: str) -> bool:
        """Tell whether a session is stored."""
        with self._reading() as db:
            return bool(db.scalar(select(exists().where(sessions.c.id == session))))

    def load(self, session: str, most: int | None = None) -> Kept | None:
        """Return a session with its latest turns (all of them unless `most` says how many); None for an unknown one."""
        with self._reading() as db:
            row = db.execute(select(sessions).where(sessions.c.id == session)).one_or_none()
            said = select(turns).where(turns.c.session == session).order_by(turns.c.number.desc()).limit(most)
            rows = db.execute(said).all() if row else ()
        try:
            return _kept(row, rows[::-1]) if row else None
        except ValueError:  # written by a version that is too different
            _LOG.warning("A stored session cannot be read by this version.")
            return None

    def link(self, key: Key, state: State, first: bool) -> None:
        """Store that a session belongs to its key's user (or to nobody any more), with the state it then has."""
        with self._changing() as db:
            self._put(db, key, state, first)
        self._tallies.pop(key.pack, None)

    def say(self, key: Key, old: State, turn: Turn, first: bool) -> None:
        """Store a finished turn of a session, and what it says of items, with one commit.

        Args:
            key: the session.
            old: its state before the turn.
            turn: the turn, with the state after it.
            first: whether the session is new to the store. Raises ErasedError where it is not and was erased.
        """
        said = {"session": key.session, "number": turn.turn}
        texts = {"before": encode_state(old), "turn": encode_turn(turn)}
        with self._changing() as db:
            self._put(db, key, turn.state, first)
            db.execute(insert(turns).values(**said, **texts))
            self._rate(db, key, old, ratings_of(old, turn))

    def press(self, key: Key, old: State, new: State, first: bool, unsaid: int | None = None) -> None:
        """Store what a button changes: the state, the ratings that differ, and a turn that is taken back.

        Args:
            key: the session.
            old, new: its state before and after.
            first: whether the session is new to the store. Raises ErasedError where it is not and was erased.
            unsaid: the number of the turn that is taken back.
        """
        with self._changing() as db:
            self._put(db, key, new, first)
            if unsaid is not None:
                db.execute(delete(turns).where(turns.c.session == key.session, turns.c.number == unsaid))
            self._rate(db, key, old, changes(old, new))

    def remembered(self, user: str, pack: str) -> dict[str, Rating]:
        """Return how a user last rated each item, the earliest rating first; taken back ones are left out."""
        rated = queries.latest(sessions.c.user == user, sessions.c.pack == pack)
        with self._reading() as db:
            rows = db.execute(select(rated.c.item, rated.c.rating).order_by(rated.c.id)).all()
        return {row.item: row.rating for row in rows if row.rating != "none"}

    def tallies(self, pack: str) -> Tallies:
        """Return how many people like and dislike each rated item of a pack (by IRI): the last rating of each counts."""
        found = self._tallies.get(pack)
        if found is None:
            with self._writing, self._reading() as db:
                found = self._tallies[pack] = _counts(db, pack)
        return found

    def events(self, wanted: Selection) -> Iterator[Event]:
        """Yield the ratings of some sessions, oldest first."""
        after = 0
        while rows := self._page(wanted, after):
            for row in rows:
                key = Key(row.session, row.pack, row.user)
                yield Event(key, row.item, row.rating, row.at, decode_state(row.state))
                after = row.id

    def _page(self, wanted: Selection, after: int) -> Sequence[Row[Any]]:
        with self._reading() as db:
            return db.execute(queries.events(wanted, after, _PAGE)).all()

    def sessions(self, wanted: Selection) -> Iterator[Kept]:
        """Yield some sessions, each with all its turns, in the order they began."""
        chosen = select(sessions.c.id).where(*queries.selected(wanted)).order_by(sessions.c.since)
        with self._reading() as db:
            ids = db.scalars(chosen).all()
        yield from (kept for session in ids if (kept := self.load(session)))

    def erase(self, wanted: Selection) -> int:
        """Erase some sessions for good, with all that was said and rated in them; return how many."""
        return self._erase(*queries.selected(wanted))

    def erase_old(self, days: float) -> int:
        """Erase the sessions not used for so many days, unless their user has come back since; return how many."""
        return self._erase(queries.outdated(self._clock() - days * _DAY))

    def _erase(self, *conditions: ColumnElement[bool]) -> int:
        with self._changing() as db:
            erased = db.execute(delete(sessions).where(*conditions)).rowcount
        if erased:
            self._tallies.clear()
            scrub(self._engine)
        return erased

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with explained(self._engine), self._engine.connect() as db:
            yield db

    @contextmanager
    def _changing(self) -> Iterator[Connection]:
        """Open a transaction that is committed at the end; one at a time, which SQLite would ask for anyway."""
        with self._writing, explained(self._engine), self._engine.begin() as db:
            try:
                yield db
            except BaseException:
                self._tallies.clear()  # they may have counted what is not committed now
                raise

    def _put(self, db: Connection, key: Key, state: State, first: bool) -> None:
        now = self._clock()
        values = {"user": key.user, "state": encode_state(state), "used": now}
        if first:
            db.execute(insert(sessions).values(id=key.session, pack=key.pack, since=now, **values))
        elif not db.execute(update(sessions).where(sessions.c.id == key.session).values(**values)).rowcount:
            raise ErasedError("The session was erased meanwhile.", "Start a new one.")

    def _rate(self, db: Connection, key: Key, old: State, given: Mapping[str, Rating]) -> None:
        """Log ratings, and count the rated items anew."""
        if not given:
            return
        same = {"session": key.session, "at": self._clock(), "state": encode_state(old)}
        db.execute(insert(ratings), [{**same, "item": item, "rating": given[item]} for item in given])
        if key.pack in self._tallies:
            self._tallies[key.pack] = {**self._tallies[key.pack], **_counts(db, key.pack, list(given))}


def open_store(url: str) -> Store | None:
    """Open the store at a URL, in the default file where it is empty; None for `none`. Raises StoreError."""
    return None if url == NOWHERE else Store(open_engine(url))


def _counts(db: Connection, pack: str, items: Sequence[str] | None = None) -> dict[str, tuple[int, int]]:
    return {item: (likes, dislikes) for item, likes, dislikes in db.execute(queries.tallies(pack, items))}


def _kept(row: Row[Any], rows: Sequence[Row[Any]]) -> Kept:
    return Kept(
        Key(row.id, row.pack, row.user),
        decode_state(row.state),
        tuple(decode_turn(said.turn) for said in rows),
        tuple(decode_state(said.before) for said in rows),
        row.since,
        row.used,
    )
