"""The score of items in a state of the dialogue, by the network."""

from __future__ import annotations

import numpy as np

from chatrec.dialogue.values import State
from chatrec.grounding.pack import Pack
from chatrec.grounding.ranking.features import Evidence, Said, features, gather
from chatrec.grounding.ranking.network import in_use, scores
from chatrec.grounding.ranking.vectors import Space, Vectors


def evidence_of(pack: Pack, space: Space, state: State) -> Evidence:
    """Return what a state says: likes and dislikes among the items, and the values that meet its wishes."""
    catalogue = space.catalogue
    wishes = [
        [catalogue.number[iri] for iri in pack.with_narrower(wish.iri) if iri in catalogue.number]
        for wish in state.constraints
        if wish.polarity == "like" and wish.iri
    ]
    likes, dislikes = catalogue.rows(state.likes), catalogue.rows(state.dislikes)
    return gather(space, [Said(likes, dislikes, [wish for wish in wishes if wish])])


def network_scores(space: Space, items: Vectors, evidence: Evidence) -> np.ndarray:
    """Return the network's score of each item in one situation."""
    return np.asarray(scores(in_use(), features(space, items, evidence), evidence.situation)[0])


def row_scores(space: Space, rows: np.ndarray, evidence: Evidence) -> np.ndarray:
    """Return the network's score of each row of the catalogue; of many rows, all are scored: that is cheaper than to pick."""
    if 2 * len(rows) > len(space.catalogue.items):
        return np.asarray(network_scores(space, space.vectors, evidence)[rows])
    return network_scores(space, space.vectors.at(rows), evidence)
