"""The line of those who wait for a reply: one thread writes them all, one after the other."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass

from chatrec.errors import ChatrecError


class BusyError(ChatrecError):
    """Too many people wait for a reply already."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many replies are to be written before this one; 0 once its turn has come."""

    ahead: int


Tell = Callable[[Waiting], None]
Place = Future[None]


class Line:
    """Runs jobs in the order they came, and tells those who wait how many are before them.

    Args:
        most: how many may wait beside the one that runs.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._tells: list[Tell] = []
        self._closed = False
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="reply")

    def join(self, job: Callable[[], None], tell: Tell) -> Place:
        """Queue a job; `tell` hears its place now, if others are before it, and whenever it moves up.

        Raises BusyError where the line is full or closed.
        """
        with self._lock:
            ahead = len(self._tells)
            if self._closed:
                raise BusyError("The server is about to stop.", "Try again in a few seconds.")
            if ahead > self._most:
                raise BusyError(f"{ahead} people wait for a reply already.", "Try again in a few seconds.")
            self._tells.append(tell)
            if ahead:
                tell(Waiting(ahead))
            return self._pool.submit(copy_context().run, self._run, job, tell)

    def leave(self, place: Place, tell: Tell) -> None:
        """Give up a place; a job that runs already or is done is left alone."""
        if place.cancel():
            self._move_up(tell)

    def close(self) -> None:
        """Let nobody join any more; those who wait are still served."""
        self._closed = True

    def _run(self, job: Callable[[], None], tell: Tell) -> None:
        try:
            job()
        finally:
            self._move_up(tell)

    def _move_up(self, gone: Tell) -> None:
        with self._lock:
            at = self._tells.index(gone)
            del self._tells[at]
            for ahead, tell in enumerate(self._tells[at:], at):
                tell(Waiting(ahead))

    def __len__(self) -> int:
        return len(self._tells)
