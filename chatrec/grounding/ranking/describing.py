"""Why an item is listed: the wishes it meets, and what it shares with liked items, by how much that adds to its score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import eq, ge, gt, le, lt

import numpy as np

from chatrec.dialogue.values import Candidate, Constraint, Fact, Item, State
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
    return tuple(
        Candidate(items[iri], score, _met(pack, items[iri], state), _shared(pack, items[iri], liked, state))
        for iri, score in scores.items()
        if iri in items
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


def _shared(pack: Pack, item: Item, liked: Sequence[Item], state: State) -> tuple[Shared, ...]:
    """Return the facts that the item shares with liked ones, those that add most to its score first."""
    pairs = [
        (fact, other.iri)
        for slot in pack.schema.slots
        if slot.links
        for fact in item.facts.get(slot.name, ())
        for other in liked
        if other is not item
        if any(fact.triple[2] == theirs.triple[2] for theirs in other.facts.get(slot.name, ()))
    ]
    facts = {fact.triple: fact for fact, _ in pairs}
    adds = dict(zip(facts, _contributions(pack, item.iri, list(facts.values()), state), strict=True))
    return tuple(sorted(pairs, key=lambda pair: -adds[pair[0].triple]))


def _contributions(pack: Pack, iri: str, facts: Sequence[Fact], state: State) -> np.ndarray:
    """Return how much lower the item's score would be without each of its facts."""
    space = pack_space(pack)
    if not facts or not (rows := space.catalogue.rows((iri,))):
        return np.zeros(len(facts))
    item = space.vectors.at(rows)
    evidence = evidence_of(pack, space, state)
    without = network_scores(space, _without(space, item, facts), evidence)
    return np.asarray(network_scores(space, item, evidence) - without)


def _without(space: Space, item: Vectors, facts: Sequence[Fact]) -> Vectors:
    """Return the vectors of one item again and again, each time without one of its facts."""
    lacking = item.at(np.zeros(len(facts), dtype=int))
    relations = list(space.catalogue.links)
    for place, fact in enumerate(facts):
        part = lacking.parts[relations.index(fact.slot)]
        cells = slice(part.indptr[place], part.indptr[place + 1])
        part.data[cells][part.indices[cells] == space.catalogue.number[fact.triple[2]]] = 0
    return lacking
