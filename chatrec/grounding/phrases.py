"""Relation words that single values have of their own: `with a {value}` for a timer, `{value}` alone for what is waterproof."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from chatrec.dialogue.slots import Slot
from chatrec.grounding.graph import Graph, render_query


def with_phrases(graph: Graph, slots: tuple[Slot, ...]) -> tuple[Slot, ...]:
    """Return the slots with the phrases of their values."""
    found: dict[str, dict[str, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    for row in graph.select(render_query("phrases")):
        language = str(getattr(row["phrase"], "language", None) or "en")
        found[str(row["slot"])][str(row["value"])][language] = str(row["phrase"])
    return tuple(replace(slot, own_phrases=dict(found.get(slot.name, {}))) for slot in slots)
