"""One conversation of a simulated user with the real engine, and what came of it."""

from __future__ import annotations

import random
from dataclasses import dataclass

from chatrec.dialogue.feedback import rate
from chatrec.dialogue.values import Constraint, State, Turn
from chatrec.learning.simulation.moves import Heard, Move, Speaker
from chatrec.learning.simulation.users import Taste, User
from chatrec.learning.simulation.wording import Wording
from chatrec.learning.simulation.world import World
from chatrec.turn import LISTS, Engine

_LOVES = 1 / 3
"""How often an opening names an item that the user loved."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A message and what it meant, the reply and the items listed with it.

    `missed` holds the wishes of the message that were not in force after it, `violating` the listed items that lack
    something wished for so far; what was wished for with "ideally" and the like, a list may lack.
    """

    said: str
    moves: tuple[Move, ...]
    reply: str
    intent: str
    listed: tuple[str, ...]
    missed: tuple[Constraint, ...]
    violating: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A conversation that ended: with the target listed in turn `success` (from 1), or without (0).

    `pressed` holds the items and the buttons pressed on them.
    """

    user: User
    success: int
    exchanges: tuple[Exchange, ...]
    pressed: tuple[tuple[str, str], ...]

    @property
    def listed(self) -> tuple[str, ...]:
        """All items that were listed, in order, repeats included."""
        return tuple(item for exchange in self.exchanges for item in exchange.listed)


@dataclass(frozen=True)
class Protocol:
    """How the conversations go: turns at most, attributes a later message at most, whether buttons are pressed."""

    turns: int = 5
    attributes: int = 1
    feedback: bool = True


def converse(engine: Engine, world: World, user: User, protocol: Protocol) -> Outcome:
    """Let a user talk to the engine until the target is listed or the turns are over."""
    rng = random.Random(f"words {user.seed}")
    wording, taste = Wording(world, user.language, rng), Taste.of(world, user)
    speaker = Speaker(world, user, protocol.attributes, wording.decades, wording.comparable)
    loved = taste.loved(rng) if rng.random() < _LOVES else ""
    moves, state, exchanges = speaker.opening(bool(loved)), State(), []
    pressed: dict[str, str] = {}
    for number in range(1, protocol.turns + 1):
        said = wording.message(moves, loved if number == 1 else "")
        turn = _turn(engine, said, state)
        exchange = _exchange(world, said, moves, turn, speaker.told)
        exchanges.append(exchange)
        if user.target in exchange.listed:
            pressed |= {user.target: "like"} if protocol.feedback else {}
            return Outcome(user, number, tuple(exchanges), tuple(pressed.items()))
        asked = _asked(state, turn)
        state = turn.state
        for item in exchange.listed if protocol.feedback else ():
            if (rating := taste.rating(item)) != "none":
                state, pressed[item] = rate(state, item, rating), rating
        moves = speaker.reply(Heard(exchange.listed, asked)) if exchange.listed or asked else moves
    return Outcome(user, 0, tuple(exchanges), tuple(pressed.items()))


def _turn(engine: Engine, said: str, state: State) -> Turn:
    *_, turn = engine.turn(said, state)
    assert isinstance(turn, Turn)
    return turn


def _exchange(world: World, said: str, moves: list[Move], turn: Turn, told: list[Constraint]) -> Exchange:
    listed = tuple(candidate.item.iri for candidate in turn.candidates if turn.intent in LISTS)
    force = {_meaning(wish) for wish in turn.state.constraints}
    soft = {_meaning(wish) for wish in turn.state.constraints if wish.soft}
    firm = [wish for wish in told if _meaning(wish) not in soft]
    violating = tuple(item for item in listed if not all(world.meets(item, wish) for wish in firm))
    missed = tuple(
        w for move in moves for w in move.wishes if isinstance(w.value, str) and _meaning(w) not in force
    )
    return Exchange(said, tuple(moves), turn.reply, turn.intent, listed, missed, violating)


def _meaning(wish: Constraint) -> tuple[str, str, str]:
    return wish.slot, wish.iri or str(wish.value), wish.polarity


def _asked(before: State, turn: Turn) -> str:
    """Return the slot that the reply asks for; nothing where it asks for none."""
    new = [slot for slot in turn.state.asked if slot not in before.asked]
    return new[-1] if new else ""
