"""Numbers that are called low or high: what is cheap depends on what is looked for, so the catalogue is asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from chatrec.dialogue.clauses import Event
from chatrec.dialogue.folding import fold
from chatrec.dialogue.reading import Reading
from chatrec.dialogue.slots import Slot
from chatrec.dialogue.state import update
from chatrec.dialogue.surroundings import overlaps
from chatrec.dialogue.values import Act, Constraint, Operator

Typical = Callable[[Slot, tuple[Constraint, ...]], tuple[int, int] | None]
"""Returns the bounds of the lower and of the upper third of a slot's numbers, among the items that meet some wishes."""

_UNWANTED = ("avoid", "hate", "drop", "tolerate")


def typical_acts(reading: Reading, acts: Sequence[Act], typical: Typical) -> Iterator[Act]:
    """Yield the wishes for low or high numbers: `a cheap kettle`, `便宜的帐篷`."""
    for slot in reading.finder.schema.slots:
        for place, name in enumerate(("low", "high")):
            event = next(_said(reading, slot.words.get(name, ())), None)
            if event is None or any(act.slot == slot.name for act in acts):
                continue
            bounds = typical(slot, _wishes(reading, acts, slot))
            op: Operator = "<=" if name == "low" else ">="
            if bounds is not None:
                yield reading.act("inform", event, slot=slot.name, op=op, value=bounds[place])


def _said(reading: Reading, words: Sequence[str]) -> Iterator[Event]:
    """Yield where one of some words stands, in no name and not refused."""
    for word in words:
        text = re.escape(fold(word).text)
        for found in re.finditer(rf"(?<![a-z]){text}(?![a-z])", reading.text):
            event = Event(found.start(), found.end(), word)
            before = [e for e in reading.clauses.events if e.end <= event.start]
            refused = (
                bool(before) and before[-1].kind in _UNWANTED and event.start - before[-1].end < len(word)
            )
            if not refused and not any(overlaps(event, mention) for mention in reading.mentions):
                yield event


def _wishes(reading: Reading, acts: Sequence[Act], slot: Slot) -> tuple[Constraint, ...]:
    """Return the wishes that will be in force, without those of the slot itself."""
    state = update(reading.state, acts, reading.state.language)
    return tuple(wish for wish in state.constraints if wish.slot != slot.name)
