"""What items are linked to: the values of a slot by item, read once for all that ask."""

from __future__ import annotations

from functools import lru_cache

from rdflib import URIRef

from chatrec.dialogue.slots import Slot
from chatrec.grounding.graph import TextRow, render_query
from chatrec.grounding.pack import Pack


@lru_cache(maxsize=128)
def links(pack: Pack, slot: str) -> tuple[tuple[str, str], ...]:
    """Return every item with each of its values of a slot, given by name, as pairs, sorted."""
    rows = link_rows(pack, pack.schema.slot(slot))
    return tuple(sorted({(row["item"][0], row["object"][0]) for row in rows}))


def link_rows(pack: Pack, slot: Slot) -> list[TextRow]:
    """Return the same as rows of the graph, `item` and `object`, in no order."""
    query = render_query("links", item_class=URIRef(pack.schema.item_class), paths=[URIRef(slot.path)])
    return pack.graph.texts(query)
