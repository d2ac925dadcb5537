"""Figures of a pack: how much it holds, and how well it is labelled."""

from __future__ import annotations

from typing import Any

from rdflib import URIRef

from chatrec.grounding.graph import render_query
from chatrec.grounding.pack import Pack


def count(pack: Pack) -> dict[str, Any]:
    """Count items, people, concepts and triples.

    `label_coverage` is the share of items and values with a label in each language, `item_names` that of items with a
    name in it, `slot_coverage` the share of items that have a slot; each from 0 to 1.
    """
    row, *_ = pack.graph.select(render_query("counts", item_class=URIRef(pack.schema.item_class)))
    counts = {name: int(str(row[name])) for name in ("items", "people", "concepts", "triples")}
    return {
        "pack": pack.name,
        **counts,
        "label_coverage": _coverage(pack),
        "item_names": _coverage(pack, pack.schema.name_slot.name),
        "slot_coverage": _slot_coverage(pack, max(1, counts["items"])),
    }


def _slot_coverage(pack: Pack, items: int) -> dict[str, float]:
    by_path = {slot.path: slot.name for slot in pack.schema.slots}
    query = render_query(
        "coverage", item_class=URIRef(pack.schema.item_class), paths=[URIRef(path) for path in by_path]
    )
    found = {by_path[str(row["path"])]: int(str(row["items"])) for row in pack.graph.select(query)}
    return {slot.name: round(found.get(slot.name, 0) / items, 4) for slot in pack.schema.slots}


def _coverage(pack: Pack, slot: str | None = None) -> dict[str, float]:
    """Return, by language, the share of nodes (those that fill a slot, if one is given) with a preferred label in it."""
    entries = [entry for entry in pack.entries if entry.iri and (slot is None or slot in entry.slots)]
    nodes = {entry.iri for entry in entries}
    return {
        language: round(
            len({e.iri for e in entries if e.preferred and e.language == language}) / max(len(nodes), 1),
            4,
        )
        for language in pack.schema.languages
    }
