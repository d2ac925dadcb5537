"""From found items to a list: what was said, the network's score, and diversity."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from chatrec.config import settings
from chatrec.dialogue.values import Candidate, State
from chatrec.grounding.pack import Pack
from chatrec.grounding.ranking.describing import describe
from chatrec.grounding.ranking.diversity import diverse
from chatrec.grounding.ranking.of_pack import pack_space
from chatrec.grounding.ranking.scoring import evidence_of, row_scores

_HEAD = 60
"""How many of the best are considered for the list."""


def rank(pack: Pack, found: Sequence[str], state: State, size: int) -> tuple[Candidate, ...]:
    """Return the best `size` of the found items for this state, each with the facts that speak for it."""
    space = pack_space(pack)
    rows = np.array(space.catalogue.rows(found), dtype=int)
    score = row_scores(space, rows, evidence_of(pack, space, state))
    best = np.argsort(-score, kind="stable")[: max(_HEAD, size)]
    head = space.vectors.at(rows[best])
    chosen = best[diverse(score[best], head.likeness(head), size, settings().diversity)]
    return describe(pack, {space.catalogue.name(rows[i]): float(score[i]) for i in chosen.tolist()}, state)
