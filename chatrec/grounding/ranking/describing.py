"""Why an item is listed: the wishes it meets, and what it shares with liked items, by how much that adds to its score."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from operator import eq, ge, gt, le, lt

import numpy as np

from chatrec.dialogue.values import Candidate, Constraint, Fact, Item, State, Triple
from chatrec.grounding.pack import Pack
from chatrec.grounding.ranking.of_pack import pack_space
from chatrec.grounding.ranking.scoring import evidence_of, network_scores
from chatrec.grounding.ranking.vectors import Space, Vectors

_COMPARISONS = {"=": eq, ">": gt, ">=": ge, "<": lt, "<=": le}
Shared = tuple[Fact, str]
"""A fact of an item, and the liked item that has the same value."""


def describe(pack: Pack, scores: Mapping[str, float], state: State) -> tuple[Candidate, ...]:
    """Return the items as candidates, in the order given, each with the facts that speak for it in this state."""
    items = {item.iri: item for item in pack.items((*scores, *state.likes))}
    liked = [items[iri] for iri in reversed(state.likes) if iri in items]
    listed = [items[iri] for iri in scores if iri in items]
    shared = [pair for item in listed for pair in _shared(pack, item, liked)]
    adds = _contributions(pack, [fact for fact, _ in shared], state)
    shared.sort(key=lambda pair: -adds[pair[0].triple])
    return tuple(
        Candidate(
            item,
            scores[item.iri],
            _met(pack, item, state),
            tuple(pair for pair in shared if pair[0].triple[0] == item.iri),
        )
        for item in listed
    )


def _met(pack: Pack, item: Item, state: State) -> tuple[tuple[Constraint, Fact], ...]:
    """Return the wishes that the item meets, each with the fact that meets it."""
    found = ((wish, _met_by(pack, item, wish)) for wish in state.constraints if wish.polarity == "like")
    return tuple((wish, fact) for wish, fact in found if fact is not None)


def _met_by(pack: Pack, item: Item, wish: Constraint) -> Fact | None:
    """Return the fact that meets a wish: the very value, else a narrower one, else the number in a range."""
    facts = item.facts.get(wish.slot, ())
    if isinstance(wish.value, int):
        holds = _COMPARISONS[wish.op]
        return next((fact for fact in facts if holds(float(fact.triple[2]), wish.value)), None)
    wanted = wish.iri or wish.value
    exact = (fact for fact in facts if fact.triple[2] == wanted)
    narrower = (fact for fact in facts if wanted in pack.broader.get(fact.triple[2], ()))
    return next(exact, None) or next(narrower, None)


def _shared(pack: Pack, item: Item, liked: Sequence[Item]) -> Iterator[Shared]:
    """Yield the facts that the item shares with liked ones."""
    for slot in pack.schema.slots:
        for fact in item.facts.get(slot.name, ()) if slot.links else ():
            for other in liked:
                values = {theirs.triple[2] for theirs in other.facts.get(slot.name, ())}
                if other is not item and fact.triple[2] in values:
                    yield fact, other.iri


def _contributions(pack: Pack, facts: Sequence[Fact], state: State) -> dict[Triple, float]:
    """Return, for each fact, how much lower the score of its item would be without it."""
    space, distinct = pack_space(pack), list({fact.triple: fact for fact in facts}.values())
    if not distinct:
        return {}
    items = space.vectors.at(space.catalogue.rows(tuple(fact.triple[0] for fact in distinct)))
    evidence = evidence_of(pack, space, state)
    whole, lacking = (
        network_scores(space, some, evidence) for some in (items, _without(space, items, distinct))
    )
    return {fact.triple: float(add) for fact, add in zip(distinct, whole - lacking, strict=True)}


def _without(space: Space, items: Vectors, facts: Sequence[Fact]) -> Vectors:
    """Return the vectors of items, each without the fact of the same place."""
    lacking = items.at(np.arange(len(facts)))
    relations = list(space.catalogue.links)
    for place, fact in enumerate(facts):
        part = lacking.parts[relations.index(fact.slot)]
        cells = slice(part.indptr[place], part.indptr[place + 1])
        part.data[cells][part.indices[cells] == space.catalogue.number[fact.triple[2]]] = 0
    return lacking
