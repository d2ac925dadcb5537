"""What a simulated user says next: honest moves that follow from the target, what was said and what was listed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from chatrec.dialogue.slots import Slot
from chatrec.dialogue.values import Constraint
from chatrec.learning.simulation.users import User
from chatrec.learning.simulation.world import World, spoken_slots

Kind = Literal["open", "answer", "add", "avoid", "more", "less", "indifferent", "pass"]

_TOO_COMMON = 0.4
"""A value that a larger share of the items has tells nothing: people do not think of naming it."""
_TOO_RARE = 10
"""A value that fewer items have is as good as the title: naming it would give the target away."""
_TOO_RARE_OF = 0.05
"""The same for a small pack, as a share of its items."""
_DECADE = 10


@dataclass(frozen=True, slots=True)
class Move:
    """One thing that a user says: about which slot, and the wishes that it means (two for a decade)."""

    kind: Kind
    slot: str = ""
    wishes: tuple[Constraint, ...] = ()


@dataclass(frozen=True, slots=True)
class Heard:
    """What the bot did: the items it listed, and the slot it asked for."""

    listed: tuple[str, ...] = ()
    asked: str = ""


@dataclass
class Speaker:
    """A user who talks: what was told so far is never told again.

    Args:
        world: what is true.
        user: who talks.
        at_most: how many attributes a message after the first may tell.
        decades: the slots whose numbers are told by the decade.
        comparable: the slots of which the user's language has comparatives.
    """

    world: World
    user: User
    at_most: int
    decades: frozenset[str] = frozenset()
    comparable: frozenset[str] = frozenset()
    told: list[Constraint] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.user.seed)

    def opening(self, names_item: bool) -> list[Move]:
        """Return the first moves: one or two attributes of different slots, one where an item is named as well."""
        count = 1 if names_item else self.rng.choice((1, 2, 2))
        return self._noted([Move("open", w[0].slot, w) for w in self._wanted(count, ())] or [Move("pass")])

    def reply(self, heard: Heard) -> list[Move]:
        """Return the next moves: the answer to a question first, then critiques of the list."""
        moves = list(self._answers(heard.asked)) if heard.asked else []
        critiques = [*self._critiques(heard), *self._additions(heard)]
        for move in critiques:
            if len(moves) < self.at_most and move.slot not in {other.slot for other in moves}:
                moves.append(move)
        return self._noted(moves or [Move("pass")])

    def _noted(self, moves: list[Move]) -> list[Move]:
        self.told += [wish for move in moves for wish in move.wishes]
        return moves

    def _answers(self, slot: str) -> Iterator[Move]:
        """Answer a question truthfully: with a value of the target, or that it does not matter."""
        wishes = list(self._values(self.world.schema.slot(slot)))
        yield Move("answer", slot, self.rng.choice(wishes)) if wishes else Move("indifferent", slot)

    def _critiques(self, heard: Heard) -> Iterator[Move]:
        """Draw at most one critique: a number that is too large or too small, or a value that is not wanted."""
        found = [*self._relative(heard.listed), *self._unwanted(heard.listed)]
        if found and self.rng.random() < 0.6:
            yield self.rng.choice(found)

    def _relative(self, listed: Sequence[str]) -> Iterator[Move]:
        """Yield that the target has a larger or smaller number than all that is listed."""
        for slot in self._slots("number"):
            wanted = self.world.number(self.user.target, slot.name)
            found = [n for item in listed if (n := self.world.number(item, slot.name)) is not None]
            if wanted is None or not found or self._told(slot.name) or slot.name not in self.comparable:
                continue
            if wanted > max(found):
                yield Move("more", slot.name, (Constraint(slot.name, ">", min(found)),))
            elif wanted < min(found):
                yield Move("less", slot.name, (Constraint(slot.name, "<", max(found)),))

    def _unwanted(self, listed: Sequence[str]) -> Iterator[Move]:
        """Yield what most of the listed items have and the target has not, out of the slots that make items alike."""
        held = self.world.items[self.user.target]
        for slot in self._slots("entity"):
            own = self.world.with_broader(held.get(slot.name, ()))
            theirs = [self.world.items[item].get(slot.name, frozenset()) for item in listed]
            for value in sorted(frozenset().union(*theirs) - own) if slot.links else ():
                wish = self.world.wish(slot.name, value, liked=False)
                if 2 * sum(value in values for values in theirs) > len(listed) and wish not in self.told:
                    yield Move("avoid", slot.name, (wish,))

    def _additions(self, heard: Heard) -> Iterator[Move]:
        """Yield attributes of the target that nothing listed has, then others."""
        for wishes in self._wanted(self.at_most, heard.listed):
            yield Move("add", wishes[0].slot, wishes)

    def _wanted(self, count: int, listed: Sequence[str]) -> Iterator[tuple[Constraint, ...]]:
        """Draw attributes of the target that were not told, each of another slot: the slots that count more come sooner."""
        slots = [slot for slot in spoken_slots(self.world.schema) if any(self._values(slot))]
        weight = {slot.name: self.user.weights[slot.name] + 0.01 for slot in slots}
        for slot in sorted(slots, key=lambda s: self.rng.random() ** (1 / weight[s.name]), reverse=True)[
            :count
        ]:
            options = list(self._values(slot))
            lacking = [w for w in options if not any(self._all_met(item, w) for item in listed)]
            yield self.rng.choice(lacking or options)

    def _all_met(self, item: str, wishes: Sequence[Constraint]) -> bool:
        return all(self.world.meets(item, wish) for wish in wishes)

    def _values(self, slot: Slot) -> Iterator[tuple[Constraint, ...]]:
        """Yield the attributes of the target in a slot that were not told and tell something, as wishes."""
        held = sorted(self.world.items[self.user.target].get(slot.name, ()))
        if slot.kind == "number":
            if held and not self._told(slot.name):
                yield from _bounds(slot.name, int(float(held[0])), slot.name in self.decades)
            return
        for value in held:
            wish = self.world.wish(slot.name, value)
            if wish not in self.told and self._tellable(slot.name, value):
                yield (wish,)

    def _tellable(self, slot: str, value: str) -> bool:
        share = self.world.common[slot, value]
        size = len(self.world.items)
        return share < _TOO_COMMON and share * size >= min(_TOO_RARE, _TOO_RARE_OF * size)

    def _told(self, slot: str) -> bool:
        return any(wish.slot == slot for wish in self.told)

    def _slots(self, kind: str) -> list[Slot]:
        return [slot for slot in spoken_slots(self.world.schema) if slot.kind == kind]


def _bounds(slot: str, number: int, decades: bool) -> Iterator[tuple[Constraint, ...]]:
    """Yield what people say of a number: at least or at most a round one near it, of a year also its decade."""
    step = _DECADE if decades else max(1, 10 ** (len(str(number)) - 1) // 2)
    low = number // step * step
    if decades:
        yield Constraint(slot, ">=", low), Constraint(slot, "<=", low + _DECADE - 1)
    yield (Constraint(slot, ">=", low),)
    yield (Constraint(slot, "<=", low + step - decades),)
