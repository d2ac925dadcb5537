"""A first ranking: attributes shared with liked items (idf-weighted), how well known an item is, and diversity.

An item is a sparse vector over the values of the linking slots. Similarity is the cosine; diversity is maximal
marginal relevance (Carbonell & Goldstein 1998).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

import numpy as np
from rdflib import URIRef
from scipy.sparse import csr_matrix

from chatrec.dialogue.values import Candidate, Constraint, Fact, Item, State
from chatrec.grounding.graph import render_query
from chatrec.grounding.pack import Pack
from chatrec.grounding.priors import Tallies, prior_scores, with_explored
from chatrec.grounding.taste import taste

_KNOWN = 0.15
"""What being well known counts beside likeness."""
_WISHED = 0.5
"""What it counts that a wished value is a large part of what an item is (a science fiction film through and through)."""
_TASTE = 2.0
"""What the session's likes and dislikes count."""
_PRIOR = 1.0
"""What all users' likes and dislikes count."""
_DIVERSITY = 0.15
"""Weight of dissimilarity to what is on the list already (0: none)."""
_HEAD = 60
"""How many of the best are considered for the list."""
_UNRATED: Tallies = MappingProxyType({})


@dataclass(frozen=True, eq=False)
class Features:
    """The items of a pack as unit vectors over their values (rows: items, columns: values)."""

    rows: dict[str, int]
    columns: dict[str, int]
    matrix: csr_matrix
    idf: np.ndarray
    known: np.ndarray


@lru_cache(maxsize=8)
def features(pack: Pack) -> Features:
    """Compute the vectors of all items of a pack, once."""
    weight = {slot.path: slot.links for slot in pack.schema.slots if slot.links}
    query = render_query(
        "links", item_class=URIRef(pack.schema.item_class), paths=[URIRef(path) for path in weight]
    )
    links: dict[tuple[str, str], float] = {}
    for row in pack.graph.select(query):
        pair = str(row["item"]), str(row["object"])
        links[pair] = max(links.get(pair, 0.0), weight[str(row["path"])])
    named = {entry.iri for entry in pack.entries if pack.schema.name_slot.name in entry.slots}
    rows = {item: i for i, item in enumerate(sorted({item for item, _ in links} | named))}
    columns = {value: i for i, value in enumerate(sorted({value for _, value in links}))}
    index = np.array([(rows[item], columns[value]) for item, value in links], dtype=int).reshape(-1, 2)
    counts = np.bincount(index[:, 1], minlength=len(columns))
    idf = np.log(1 + len(rows) / np.maximum(counts, 1))
    values = idf[index[:, 1]] * np.array(list(links.values()))
    matrix = csr_matrix((values, (index[:, 0], index[:, 1])), shape=(len(rows), len(columns)))
    norms = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    known = np.array([pack.weights.get(item, 0.0) for item in rows])
    unit = csr_matrix(matrix.multiply(1 / np.maximum(norms, 1e-9)[:, None]))
    return Features(rows, columns, unit, idf, known / max(known.max(initial=0), 1))


def rank(
    pack: Pack,
    found: Sequence[str],
    state: State,
    size: int,
    tallies: Tallies = _UNRATED,
    explore: float = 0.0,
) -> tuple[Candidate, ...]:
    """Return the best `size` of the found items for this state, each with the facts that speak for it.

    Args:
        pack, found, state: what to rank, and for whom.
        size: how many.
        tallies: likes and dislikes of all users, by item.
        explore: the share of lists whose last place is drawn by Thompson sampling.
    """
    space = features(pack)
    known = [iri for iri in found if iri in space.rows]
    if not known:
        return ()
    index = np.array([space.rows[iri] for iri in known])
    vectors = space.matrix[index]
    score = _KNOWN * space.known[index] + _WISHED * _wished(pack, space, vectors, state.constraints)
    score = score + _TASTE * _felt(space, vectors, state) + _PRIOR * prior_scores(known, tallies)
    best = index[np.argsort(-score, kind="stable")[:_HEAD]]
    chosen = _diverse(space, best, dict(zip(index.tolist(), score.tolist(), strict=True)), size)
    names, scored = list(space.rows), dict(zip(known, score.tolist(), strict=True))
    head = [names[row] for row in best.tolist()]
    listed = with_explored([names[row] for row, _ in chosen], head, tallies, explore, repr(state))
    return describe(pack, {iri: scored[iri] for iri in listed}, state)


def _felt(space: Features, vectors: csr_matrix, state: State) -> np.ndarray:
    """Return what the session's likes and dislikes say about items, from -1 to 1."""
    rated = [(iri, 1.0) for iri in state.likes] + [(iri, -1.0) for iri in state.dislikes]
    rated = [(iri, sign) for iri, sign in rated if iri in space.rows]
    theirs = space.matrix[[space.rows[iri] for iri, _ in rated]]
    alike, among = (np.asarray((mine @ theirs.T).todense()) for mine in (vectors, theirs))
    return taste(alike, among, np.array([sign for _, sign in rated]))


def _wished(
    pack: Pack, space: Features, vectors: csr_matrix, constraints: Sequence[Constraint]
) -> np.ndarray:
    """Return how large a part of each item's vector the wished values (or narrower ones) are, summed over the wishes."""
    total = np.zeros(vectors.shape[0])
    for wish in constraints:
        values = pack.with_narrower(wish.iri) if wish.polarity == "like" and wish.iri else ()
        if columns := [space.columns[value] for value in values if value in space.columns]:
            total += np.asarray(vectors[:, columns].max(axis=1).todense()).ravel()
    return total


def describe(pack: Pack, scores: Mapping[str, float], state: State) -> tuple[Candidate, ...]:
    """Return the items as candidates, in the order given, each with the facts that speak for it in this state."""
    items = {item.iri: item for item in pack.items((*scores, *state.likes))}
    return tuple(
        _candidate(pack, items[iri], score, items, state) for iri, score in scores.items() if iri in items
    )


def _diverse(
    space: Features, best: np.ndarray, score: dict[int, float], size: int
) -> list[tuple[int, float]]:
    """Pick `size` rows by maximal marginal relevance: the best first, then the best that differ from those picked."""
    vectors = space.matrix[best]
    alike = np.asarray((vectors @ vectors.T).todense())
    values = np.array([score[row] for row in best.tolist()])
    picked: list[int] = []
    while len(picked) < min(size, len(best)):
        penalty = alike[:, picked].max(axis=1) if picked else 0.0
        merit = values - _DIVERSITY * penalty
        merit[picked] = -np.inf
        picked.append(int(np.argmax(merit)))
    return [(int(best[i]), float(values[i])) for i in picked]


def _candidate(pack: Pack, item: Item, score: float, items: dict[str, Item], state: State) -> Candidate:
    met = tuple(fact for wish in state.constraints if (fact := _met_by(pack, item, wish)) is not None)
    return Candidate(
        item, score, met, _shared(pack, item, [items[iri] for iri in state.likes if iri in items])
    )


def _met_by(pack: Pack, item: Item, wish: Constraint) -> Fact | None:
    """Return the fact that meets a wish: the very value, else a narrower one, else the number in a range."""
    if wish.polarity != "like":
        return None
    facts = item.facts.get(wish.slot, ())
    if isinstance(wish.value, int):
        return facts[0] if facts else None
    wanted = wish.iri or wish.value
    exact = (fact for fact in facts if fact.triple[2] == wanted)
    narrower = (fact for fact in facts if wanted in pack.broader.get(fact.triple[2], ()))
    return next(exact, None) or next(narrower, None)


def _shared(pack: Pack, item: Item, liked: Sequence[Item]) -> tuple[tuple[Fact, str], ...]:
    """Return the facts that the item shares with liked ones, those that count most for likeness first."""
    space = features(pack)
    pairs = [
        (slot.links * space.idf[space.columns[fact.triple[2]]], fact, other.iri)
        for slot in pack.schema.slots
        if slot.links
        for fact in item.facts.get(slot.name, ())
        for other in liked
        if other is not item
        if any(fact.triple[2] == theirs.triple[2] for theirs in other.facts.get(slot.name, ()))
    ]
    return tuple((fact, iri) for _, fact, iri in sorted(pairs, key=lambda pair: -pair[0]))
