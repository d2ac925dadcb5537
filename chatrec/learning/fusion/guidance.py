"""Replies with less guidance than the product gives: of any units, or of those that the licence allows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from chatrec.generation.conversation import Units
from chatrec.generation.plan import Plan
from chatrec.generation.surface import join, render
from chatrec.generation.writer import Draft, Writer
from chatrec.learning.checker import Checker
from chatrec.learning.evaluation import Written, liked_only, spoken_of
from chatrec.learning.fusion.knowledge import Items

Guidance = Literal["none", "licence", "whole"]
"""What binds a reply: nothing but the lexicon; licensed pointers, each once; the whole constraint with its guard."""

_ROOM = 90
"""The most units of a reply that no automaton ends."""


@dataclass(frozen=True)
class Free:
    """A walk without an automaton: any word may follow any other, and any of the pointers that are left."""

    words: tuple[int, ...]
    pointers: frozenset[int]
    end: int
    once: bool
    room: int = _ROOM

    def allowed(self) -> list[int]:
        """Return the units that may come next."""
        return [*self.words, *self.pointers, self.end] if self.room else [self.end]

    def step(self, unit: int) -> Free:
        """Return the position after a unit."""
        left = self.pointers - {unit} if self.once else self.pointers
        return replace(self, pointers=left, room=self.room - 1)

    def fresh(self, allowed: Iterable[int]) -> list[int]:
        """Return nothing: there are no hand-written replies to leave."""
        return []


class GuidedWriter(Writer):
    """A writer with a guidance of its own, which tells the model where the items of a plan stand in the graph."""

    guidance: Guidance = "whole"
    items: Items | None = None

    def prompt(self, plan: Plan, known: Sequence[str]) -> Units:
        """Return the prompt, with the items' places in the graph where there are any."""
        units, codec = super().prompt(plan, known), self.loaded.codec
        return self.items.beside(units, codec, self.items.of_plan(plan)) if self.items else units

    def free(self, plan: Plan) -> Draft:
        """Start a reply that no automaton binds."""
        codec = self.loaded.codec
        known = [name for name in codec.pointers if name in plan.licence]
        names = known if self.guidance == "licence" else codec.pointers
        words = tuple(unit for unit in self.units if unit < codec.size and unit != codec.eos)
        pointers = frozenset(codec.pointer(name) for name in names)
        walk = Free(words, pointers, codec.eos, self.guidance == "licence")
        return self.begin(plan, walk, known)


def freely(writer: GuidedWriter, plan: Plan, checker: Checker) -> Written:
    """Write a reply that no automaton binds, and have it checked; a pointer without a licence is a fault."""
    draft, parts = writer.free(plan), [""]
    while not draft.ended:
        said = draft.sentence().parts
        parts[-1] += said[0]
        parts += said[1:]
    unlicensed = [name for name in parts[1::2] if name not in plan.licence]
    if unlicensed:
        return Written(plan, "".join(parts), (), tuple(f"unlicensed: {name}" for name in unlicensed))
    text, claims = join([render(tuple(parts), plan.licence, plan.language)])
    return Written(plan, text, claims, tuple(checker.faults(text, claims, liked_only(plan), spoken_of(plan))))
