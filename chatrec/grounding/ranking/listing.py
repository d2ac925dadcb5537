"""From found items to a list: the network's score, what the session and all users rated, soft wishes, and diversity."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

import numpy as np

from chatrec.config import settings
from chatrec.dialogue.values import Candidate, State
from chatrec.grounding.pack import Pack
from chatrec.grounding.priors import Tallies, prior_scores, with_explored
from chatrec.grounding.ranking.describing import describe
from chatrec.grounding.ranking.diversity import diverse
from chatrec.grounding.ranking.of_pack import pack_space
from chatrec.grounding.ranking.scoring import evidence_of, row_scores
from chatrec.grounding.ranking.vectors import Space
from chatrec.grounding.ranking.wishes import soft_met
from chatrec.grounding.taste import taste

_TASTE = 1.0
"""What the session's likes and dislikes count beside the network, which reads them as well."""
_PRIOR = 5.0
"""What all users' likes and dislikes count."""
_SOFT = 0.6
"""What it counts that an item meets a wish that need not be met."""
_HEAD = 60
"""How many of the best are considered for the list."""
_UNRATED: Tallies = MappingProxyType({})


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
    space = pack_space(pack)
    rows = np.array(space.catalogue.rows(found), dtype=int)
    names = [space.catalogue.name(row) for row in rows.tolist()]
    score = row_scores(space, rows, evidence_of(pack, space, state)) + _TASTE * _felt(space, rows, state)
    score = score + _PRIOR * prior_scores(names, tallies) + _SOFT * soft_met(pack, names, state.constraints)
    best = np.argsort(-score, kind="stable")[: max(_HEAD, size)]
    head = space.vectors.at(rows[best])
    diversity = settings().diversity if state.diversity is None else state.diversity
    chosen = best[diverse(score[best], head.likeness(head), size, diversity)]
    listed, others = ([names[i] for i in places.tolist()] for places in (chosen, best))
    scored = dict(zip(names, score.tolist(), strict=True))
    return describe(
        pack,
        {iri: scored[iri] for iri in with_explored(listed, others, tallies, explore, repr(state))},
        state,
    )


def _felt(space: Space, rows: np.ndarray, state: State) -> np.ndarray:
    """Return what the session's likes and dislikes say about items, from -1 to 1."""
    rated = [(row, 1.0) for row in space.catalogue.rows(state.likes)]
    rated += [(row, -1.0) for row in space.catalogue.rows(state.dislikes)]
    theirs = space.vectors.at(np.array([row for row, _ in rated], dtype=int))
    alike, among = space.vectors.at(rows).likeness(theirs), theirs.likeness(theirs)
    return taste(alike, among, np.array([sign for _, sign in rated]))
