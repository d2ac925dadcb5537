"""A new kind of item starts a new search: the wishes for the earlier kind are dropped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chatrec.dialogue.slots import Schema
from chatrec.dialogue.values import Act, State


def fresh_acts(acts: Sequence[Act], state: State, schema: Schema) -> Iterator[Act]:
    """Yield what is dropped where a slot with `chatrec:startsAnew` gets another value: laptops after headphones."""
    starting = {slot.name for slot in schema.slots if slot.fresh}
    wished = {wish.iri for wish in state.constraints if wish.slot in starting and wish.polarity == "like"}
    new = {a.iri for a in acts if a.slot in starting and a.act == "inform" and a.polarity == "like"}
    also = any(act.join == "also" for act in acts)
    if wished and new and not also and not new & wished:
        for wish in state.constraints:
            if wish.polarity == "like":
                yield Act("forget", wish.slot, "-", wish.value, wish.iri, "neutral")
