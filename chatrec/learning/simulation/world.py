"""What is true of the items, read from the graph apart from the engine: simulated users know it and judge by it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from chatrec.dialogue.slots import Schema, Slot
from chatrec.dialogue.values import Constraint, Language
from chatrec.grounding.pack import Pack

_COMPARED = {
    "=": lambda one, other: one == other,
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
}

Values = Mapping[str, frozenset[str]]
"""The values of an item by slot: IRIs, codes and numbers as they stand in the graph."""


@dataclass(frozen=True, eq=False)
class World:
    """The items of a pack with their values, and what the values are called.

    Attributes:
        schema: the slots.
        items: the values of each item (by IRI).
        labels: what a node is called, by IRI and language.
        english: the English label of a node, by which acts and wishes name it.
        broader: the concepts above each concept.
        known: how well known each item is (above 0).
        common: the share of items that have a value, by slot and value.
    """

    schema: Schema
    items: Mapping[str, Values]
    labels: Mapping[tuple[str, Language], str]
    english: Mapping[str, str]
    broader: Mapping[str, set[str]]
    known: Mapping[str, float]
    common: Mapping[tuple[str, str], float]

    @classmethod
    def of(cls, pack: Pack) -> World:
        """Read the world of a pack."""
        slots = spoken_slots(pack.schema)
        items: dict[str, dict[str, frozenset[str]]] = defaultdict(dict)
        for slot in slots:
            for item, values in _values(pack, slot).items():
                items[item][slot.name] = frozenset(values)
        labels = {(e.iri, e.language): e.surface for e in reversed(pack.entries) if e.preferred and e.iri}
        counts = Counter((slot, value) for held in items.values() for slot in held for value in held[slot])
        return cls(
            pack.schema,
            {item: items[item] for item in sorted(items)},
            labels,
            {e.iri: e.value for e in pack.entries if e.iri},
            pack.broader,
            {item: pack.weights.get(item, 0.0) for item in items},
            {pair: count / len(items) for pair, count in counts.items()},
        )

    def meets(self, item: str, wish: Constraint) -> bool:
        """Say whether an item has what is wished for, or lacks what is not wanted."""
        held = self.items[item].get(wish.slot, frozenset())
        if isinstance(wish.value, int):
            found = any(_COMPARED[wish.op](int(float(value)), wish.value) for value in held)
        else:
            found = (wish.iri or wish.value) in self.with_broader(held)
        return found == (wish.polarity == "like")

    def with_broader(self, values: Iterable[str]) -> set[str]:
        """Return values and all the concepts above them."""
        return {above for value in values for above in (value, *self.broader.get(value, ()))}

    def number(self, item: str, slot: str) -> int | None:
        """Return the number that an item has in a slot, if it has one."""
        return next((int(float(value)) for value in self.items[item].get(slot, ())), None)

    def wish(self, slot: str, value: str, liked: bool = True) -> Constraint:
        """Return the wish for a value, or against it."""
        iri = value if self.schema.slot(slot).kind == "entity" else ""
        label = self.english.get(value, value)
        return Constraint(slot, "=", label, iri, "like" if liked else "dislike")


def spoken_slots(schema: Schema) -> list[Slot]:
    """Return the slots whose values users talk about, in order."""
    return [slot for slot in schema.slots if slot.kind in ("entity", "number", "code")]


def _values(pack: Pack, slot: Slot) -> dict[str, set[str]]:
    values: dict[str, set[str]] = defaultdict(set)
    for item, value in _pairs(pack, slot):
        values[item].add(value)
    return values


def _pairs(pack: Pack, slot: Slot) -> Iterator[tuple[str, str]]:
    query = f"SELECT ?item ?value WHERE {{ ?item a <{pack.schema.item_class}> ; <{slot.path}> ?value }}"
    for row in pack.graph.select(query):
        yield str(row["item"]), str(row["value"])
