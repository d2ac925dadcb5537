"""From wishes to candidates: one SPARQL query, and what remains when a wish is dropped."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from rdflib import Literal, URIRef

from chatrec.dialogue.slots import Slot
from chatrec.dialogue.values import Constraint
from chatrec.grounding.graph import render_query
from chatrec.grounding.pack import Pack


@dataclass(frozen=True, slots=True)
class Found:
    """What a query found: item IRIs, the best known first, and the query as it ran."""

    items: tuple[str, ...]
    sparql: str


def find(pack: Pack, constraints: Iterable[Constraint], excluded: Iterable[str] = ()) -> Found:
    """Return the items that meet all the constraints but the soft ones, without the excluded items."""
    query = render_query(
        "candidates",
        item_class=URIRef(pack.schema.item_class),
        wishes=[_wish(pack, group) for group in alternatives(wish for wish in constraints if not wish.soft)],
        excluded=[URIRef(iri) for iri in dict.fromkeys(excluded)],
        weight=pack.weight,
    )
    return Found(tuple(str(row["item"]) for row in pack.graph.select(query)), query)


def alternatives(constraints: Iterable[Constraint]) -> list[tuple[Constraint, ...]]:
    """Group wishes: alternatives together, every other wish by itself."""
    groups: dict[object, list[Constraint]] = {}
    for number, wish in enumerate(constraints):
        groups.setdefault((wish.slot, wish.either) if wish.either else number, []).append(wish)
    return [tuple(group) for group in groups.values()]


def _wish(pack: Pack, group: tuple[Constraint, ...]) -> dict[str, Any]:
    constraint = group[0]
    slot = pack.schema.slot(constraint.slot)
    return {
        "path": URIRef(slot.path),
        "kind": slot.kind,
        "ranges": _ranges(group) if slot.kind == "number" else [],
        "any_of": list(dict.fromkeys(value for wish in group for value in _values(pack, slot, wish))),
        "wanted": constraint.polarity == "like",
    }


def _ranges(group: Iterable[Constraint]) -> list[list[tuple[str, Literal]]]:
    """Return the comparisons of alternatives with a number, those of one range together: from 1960 to 1969, or 1990 on."""
    found: list[list[tuple[str, Literal]]] = []
    for wish in group:
        closes = bool(found) and wish.op[0] == "<" and found[-1][-1][0][0] == ">"
        comparison = (str(wish.op), Literal(wish.value))
        found = [*found[:-1], [*found[-1], comparison]] if closes else [*found, [comparison]]
    return found


def _values(pack: Pack, slot: Slot, constraint: Constraint) -> list[URIRef | Literal]:
    """Return the values that meet a wish. Narrower concepts are listed: as a path in the query they cost seconds."""
    if slot.kind == "code" and constraint.op != "=":
        return [Literal(code) for code in _codes(slot, constraint)]
    if not constraint.iri:
        return [Literal(constraint.value)]
    iris = pack.with_narrower(constraint.iri) if slot.broader else (constraint.iri,)
    return [URIRef(iri) for iri in iris]


def _codes(slot: Slot, constraint: Constraint) -> Iterable[str]:
    """Return the codes that a comparison leaves, in the order of the slot's list: PG-13 or lower."""
    order = slot.words.get("codes", ())
    if constraint.value not in order:
        return [str(constraint.value)]
    place = order.index(str(constraint.value))
    low, high = {"<=": (0, place + 1), "<": (0, place), ">=": (place, None), ">": (place + 1, None)}[
        constraint.op
    ]
    return order[low:high]


@dataclass(frozen=True, slots=True)
class Relaxation:
    """Wishes, and what is found when they are dropped."""

    dropped: tuple[Constraint, ...]
    found: Found


def relaxations(
    pack: Pack, constraints: tuple[Constraint, ...], excluded: Iterable[str] = ()
) -> tuple[Relaxation, ...]:
    """Return what dropping one wish would bring, the most fruitful first; else the fewest of the oldest together.

    A dislike is never dropped.
    """
    kept_out = tuple(excluded)
    wishes = [
        group for group in alternatives(constraints) if group[0].polarity == "like" and not group[0].soft
    ]

    def without(dropped: tuple[Constraint, ...]) -> Relaxation:
        return Relaxation(
            dropped, find(pack, [wish for wish in constraints if wish not in dropped], kept_out)
        )

    single = [trial for wish in wishes if (trial := without(wish)).found.items]
    if single:
        return tuple(sorted(single, key=lambda trial: -len(trial.found.items)))
    several = (without(tuple(chain(*wishes[:count]))) for count in range(2, len(wishes) + 1))
    return tuple(islice((trial for trial in several if trial.found.items), 1))
