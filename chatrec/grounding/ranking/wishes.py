"""Soft wishes: they filter nothing, but an item that meets one comes sooner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from chatrec.dialogue.values import Constraint
from chatrec.grounding.candidates import find
from chatrec.grounding.pack import Pack


def soft_met(pack: Pack, items: Sequence[str], constraints: Sequence[Constraint]) -> np.ndarray:
    """Return how many of the soft wishes each item (by IRI) meets (n)."""
    total = np.zeros(len(items))
    for wish in constraints:
        if wish.soft:
            meeting = set(find(pack, [replace(wish, soft=False)]).items)
            total += [iri in meeting for iri in items]
    return total
