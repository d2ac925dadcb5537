"""Whom a script talks to: the engine of this process, or a server (`remote`). Each dialogue is a talk of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from chatrec.config import settings
from chatrec.dialogue.feedback import Rating, rate
from chatrec.dialogue.values import Sentence, State, Turn
from chatrec.errors import ChatrecError
from chatrec.grounding.pack import Pack
from chatrec.scripts.format import Script


class Talk(Protocol):
    """One conversation."""

    @property
    def pack(self) -> Pack:
        """The pack that is talked about, and by which all is judged."""

    def say(self, message: str) -> Turn:
        """Say something and return the whole turn."""

    def press(self, item: str, rating: Rating) -> None:
        """Press a button of an item (by IRI)."""

    def close(self) -> None:
        """End the conversation."""


class Partner(Protocol):
    """What scripts can be run against."""

    def pack(self, script: Script) -> Pack:
        """Return the pack of a script."""

    def talk(self, script: Script) -> Talk:
        """Begin a conversation."""


class Talker(Protocol):
    """What answers a message: `chatrec.turn.Engine`, or a scripted stand-in in a test."""

    @property
    def pack(self) -> Pack:
        """The pack it talks about."""

    def turn(self, message: str, state: State) -> Iterator[Sentence | Turn]:
        """Yield the reply piece by piece, then the whole turn."""


@dataclass
class EngineTalk:
    """A conversation with an engine, and the state that it has come to."""

    engine: Talker
    state: State = field(default_factory=State)

    @property
    def pack(self) -> Pack:
        """The engine's pack."""
        return self.engine.pack

    def say(self, message: str) -> Turn:
        """Say something and return the whole turn. Raises ChatrecError where there is none."""
        *_, turn = self.engine.turn(message, self.state)
        if not isinstance(turn, Turn):
            raise ChatrecError("The reply broke off: the engine gave no turn.")
        self.state = turn.state
        return turn

    def press(self, item: str, rating: Rating) -> None:
        """Rate an item."""
        self.state = rate(self.state, item, rating)

    def close(self) -> None:
        """Nothing is left behind."""


def pack_of(script: Script) -> str:
    """Return the name or path of a script's pack, which may lie in a folder beside the script."""
    beside = script.path.parent / script.pack
    if script.pack and (beside / "shapes.ttl").is_file():
        return str(beside)
    return script.pack or settings().pack


def open_engine(pack: str) -> Talker:
    """Open the engine of a pack, given by name or path."""
    from chatrec.turn import Engine  # it brings torch, which a stand-in does not need

    return Engine.open(pack)


class Engines:
    """The engines of this process: each pack is opened once, when its first script needs it."""

    def __init__(self, opening: Callable[[str], Talker] | None = None) -> None:
        self._opening, self._opened = opening or open_engine, dict[str, Talker]()

    def engine(self, script: Script) -> Talker:
        """Return the engine of a script's pack."""
        name = pack_of(script)
        if name not in self._opened:
            self._opened[name] = self._opening(name)
        return self._opened[name]

    def pack(self, script: Script) -> Pack:
        """Return the pack of a script."""
        return self.engine(script).pack

    def talk(self, script: Script) -> Talk:
        """Begin a conversation with the engine of a script's pack."""
        return EngineTalk(self.engine(script))
