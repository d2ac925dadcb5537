"""Checks of the list: every one is made against the graph, none against words."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence

from rdflib import SKOS, URIRef

from chatrec.dialogue.slots import Slot
from chatrec.dialogue.values import Item
from chatrec.scripts.fields import Compared, pairs
from chatrec.scripts.format import ExpectedItems
from chatrec.scripts.moment import Failure, Moment

_COMPARE: Mapping[str, Callable[[int, int], bool]] = {
    "=": operator.eq,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}


def check_items(expected: ExpectedItems, moment: Moment) -> Iterator[Failure]:
    """Judge the list of a turn."""
    items = moment.items
    yield from _count(expected, moment, items)
    for slot, wanted in pairs(expected.all):
        if wrong := [item for item in items if not has(item, slot, wanted, moment)]:
            yield _unmet("all", "every item", slot, wanted, moment, wrong)
    for slot, wanted in pairs(expected.none):
        if wrong := [item for item in items if has(item, slot, wanted, moment)]:
            yield _unmet("none", "no item", slot, wanted, moment, wrong)
    for slot, wanted in pairs(expected.any):
        if not any(has(item, slot, wanted, moment) for item in items):
            yield _unmet("any", "at least one item", slot, wanted, moment, items)
    if expected.not_repeated:
        yield from _repeated(moment, items)


def notes(expected: ExpectedItems, moment: Moment) -> Iterator[str]:
    """Warn of labels under `none` that the graph does not know: such a check can never fail."""
    for slot, wanted in pairs(expected.none):
        if stranger := _stranger(slot, wanted, moment):
            yield f"items.none.{slot} checks nothing: {stranger}"


def has(item: Item, slot_name: str, wanted: Compared, moment: Moment) -> bool:
    """Tell whether one of the item's values of a slot is the wanted one (or, where that counts, narrower)."""
    slot = moment.pack.schema.slot(slot_name)
    objects = [fact.triple[2] for fact in item.facts.get(slot_name, ())]
    if slot.kind == "number":
        return any(_COMPARE[wanted.op](int(float(number)), int(wanted.value)) for number in objects)
    if slot.kind in ("code", "text"):
        return any(str(wanted.value).casefold() == text.casefold() for text in objects)
    nodes = moment.labels.nodes(str(wanted.value), slot_name)
    return (
        item.iri in nodes if slot.kind == "name" else bool(_with_narrower(nodes, slot, moment) & set(objects))
    )


def _with_narrower(nodes: frozenset[str], slot: Slot, moment: Moment) -> set[str]:
    """Return the nodes and, where the slot says so, all that are narrower."""
    if not slot.broader:
        return set(nodes)
    graph = moment.pack.graph.rdf
    return {str(found) for node in nodes for found in graph.transitive_subjects(SKOS.broader, URIRef(node))}


def _unmet(key: str, who: str, slot: str, wanted: Compared, moment: Moment, items: Sequence[Item]) -> Failure:
    found = (
        "; ".join(f"{moment.name(item)} has {_values(item, slot, moment)}" for item in items)
        or "no item is shown"
    )
    stranger = _stranger(slot, wanted, moment)
    got = f"{found} ({stranger})" if stranger else found
    return Failure(f"items.{key}.{slot}", f"{who} has {slot} {wanted}", got)


def _values(item: Item, slot: str, moment: Moment) -> str:
    """Write the item's values of a slot."""
    values = ", ".join(fact.label(moment.turn.language) for fact in item.facts.get(slot, ()))
    return f"{slot} {values}" if values else f"no {slot}"


def _stranger(slot_name: str, wanted: Compared, moment: Moment) -> str:
    """Say that the graph does not know the value, and what may be meant; nothing where it knows it."""
    slot, value = moment.pack.schema.slot(slot_name), str(wanted.value)
    if slot.kind not in ("name", "entity") or moment.labels.nodes(value, slot_name):
        return ""
    meant = moment.labels.meant(value, slot_name)
    return f"the graph knows no {slot_name} {value!r}" + (f"; nearest: {meant!r}" if meant else "")


def _count(expected: ExpectedItems, moment: Moment, items: tuple[Item, ...]) -> Iterator[Failure]:
    if strangers := {c.item.iri for c in moment.turn.candidates} - {item.iri for item in items}:
        yield Failure(
            "items", "every item shown is one of the graph's", f"it has no {', '.join(sorted(strangers))}"
        )
    shown = f"{len(items)}: {', '.join(map(moment.name, items))}" if items else "none"
    if expected.min is not None and len(items) < expected.min:
        yield Failure("items.min", f"at least {expected.min} shown", shown)
    if expected.max is not None and len(items) > expected.max:
        yield Failure("items.max", f"at most {expected.max} shown", shown)


def _repeated(moment: Moment, items: tuple[Item, ...]) -> Iterator[Failure]:
    shown = {candidate.item.iri for turn in moment.earlier for candidate in turn.candidates}
    if again := [moment.name(item) for item in items if item.iri in shown]:
        yield Failure(
            "items.not_repeated", "no item that an earlier turn showed", f"again {', '.join(again)}"
        )
