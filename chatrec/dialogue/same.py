"""Wishes for what an item has: the same director as X, 跟X一个导演的, by the director of X."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chatrec.dialogue.clauses import Event
from chatrec.dialogue.values import Act, Fact, Slot

if TYPE_CHECKING:
    from chatrec.dialogue.reading import Reading


@dataclass(frozen=True, slots=True)
class Shared:
    """Words that wish for the value of an item: where, and the slot."""

    start: int
    end: int
    slot: str


def find_shared(reading: Reading) -> tuple[Shared, ...]:
    """Find the places that wish for a value which an item has."""
    found = []
    for match in reading.cues.find("same", reading.text):
        likened = any(m.start() < match.end() and match.start() < m.end() for m in reading.cues.find("similar", reading.text))
        named = [] if likened else [slot for slot, pattern in reading.cues.names.items() if pattern.search(match[0])]
        if named:
            found.append(Shared(match.start(), match.end(), named[0]))
    return tuple(found)


def shared_acts(reading: Reading) -> Iterator[Act]:
    """Yield a wish for the first value that the item meant has in each slot spoken of."""
    for shared in reading.shared:
        slot = reading.finder.schema.slot(shared.slot)
        for item in reading.finder.items_of(reading.target(reading.sentence_of(shared))[:1]):
            for fact in item.facts.get(slot.name, ())[:1]:
                value, iri = _value(slot, fact)
                event = Event(shared.start, shared.end, slot.name)
                yield reading.act("inform", event, slot=slot.name, value=value, iri=iri)


def _value(slot: Slot, fact: Fact) -> tuple[str | int, str]:
    if slot.kind == "number":
        return int(fact.triple[2]), ""
    return fact.label("en"), fact.triple[2] if slot.kind == "entity" else ""
