"""Several packs in one process: a service for each, one line of replies, and each session in the pack it began in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from chatrec.config import settings
from chatrec.dialogue.values import Language
from chatrec.errors import ChatrecError, InputError
from chatrec.grounding.pack import Progress
from chatrec.learning.store.store import Store, open_store
from chatrec.serving.metrics import Metrics
from chatrec.serving.session import Service, open_service


class Packs:
    """The services of a process by the name of their pack; the first is spoken to where none is named.

    They share one line, since one reply is written at a time, and one set of figures. Raises ChatrecError where two
    packs have the same name, or no language is common to all of them.
    """

    def __init__(self, *services: Service) -> None:
        self._services = {service.pack.name: service for service in services}
        if len(self._services) < len(services):
            raise ChatrecError("Two packs have the same name.", "Rename the folder of one of them.")
        self.first = services[0]
        self.line = self.first.line
        self.metrics = Metrics(self._sessions, lambda: len(self.line)) if services[1:] else self.first.metrics
        for service in services:
            service.line, service.metrics = self.line, self.metrics
        self.languages = _common([service.pack.schema.languages for service in services])

    @property
    def store(self) -> Store | None:
        """The store that they share; None where nothing is kept."""
        return next((service.store for service in self if service.store), None)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the packs, as they were given."""
        return tuple(self._services)

    def named(self, pack: str | None) -> Service:
        """Return the service of a pack, the first for None or an empty name. Raises InputError."""
        if not pack:
            return self.first
        if pack not in self._services:
            raise InputError(
                f"The pack {pack[:100]!r} is not served here.", f"Known: {', '.join(self.names)}."
            )
        return self._services[pack]

    def serving(self, session_id: str | None, pack: str | None = None) -> Service:
        """Return the service to answer a message: that of the pack, else that of the session, else the first.

        A session of another pack than the named one is not known there, so that a new one begins.
        """
        return self.named(pack) if pack else self._holder(session_id) or self.first

    def holding(self, session_id: str) -> Service:
        """Return the service that keeps a session. Raises UnknownSessionError."""
        service = self._holder(session_id) or self.first
        service.known(session_id)
        return service

    def remember(self, sessions: Mapping[str, str], user: str) -> None:
        """Let a browser's sessions, by pack, be a user's who agrees to be remembered."""
        for pack, session in sessions.items():
            self.named(pack).remember(session, user)

    def withdraw(self, sessions: Mapping[str, str], user: str) -> None:
        """Forget a user; the sessions, by pack, go on as nobody's."""
        for pack, session in sessions.items():
            self.named(pack).withdraw(session, user)

    def forget(self, sessions: Mapping[str, str], user: str) -> None:
        """Forget sessions, by pack, and their user, for good."""
        for pack, session in sessions.items():
            service = self.named(pack)
            service.stop(session)
            service.sessions.delete(session)
            service.forget_user(user)

    def _holder(self, session_id: str | None) -> Service | None:
        for service in self._services.values():
            if session_id and service.sessions.get(session_id) is not None:
                return service
        return None

    def _sessions(self) -> int:
        return sum(len(service.sessions) for service in self._services.values())

    def __iter__(self) -> Iterator[Service]:
        return iter(self._services.values())

    def __len__(self) -> int:
        return len(self._services)


def _common(spoken: Sequence[tuple[Language, ...]]) -> tuple[Language, ...]:
    common = tuple(language for language in spoken[0] if all(language in others for others in spoken))
    if not common:
        raise ChatrecError(
            "The packs share no language.", "Give each of them one in common (chatrec:languages)."
        )
    return common


def open_packs(names: Sequence[str] = (), progress: Progress | None = None, keep: bool = False) -> Packs:
    """Open packs by name or path, the one of the settings where none is given; `keep` stores what is said in them."""
    store = open_store(settings().database) if keep else None
    return Packs(*(open_service(name, progress, store) for name in names or (None,)))
