"""Figures of a pack: how much it holds, and how well it is labelled."""

from __future__ import annotations

from typing import Any

from rdflib import URIRef

from chatrec.grounding.graph import render_query
from chatrec.grounding.pack import Pack


def count(pack: Pack) -> dict[str, Any]:
    """Count items, people, concepts and triples.

    `label_coverage` is the share of items and values with a label in each language, 0 to 1.
    """
    row, *_ = pack.graph.select(render_query("counts", item_class=URIRef(pack.schema.item_class)))
    counts = {name: int(str(row[name])) for name in ("items", "people", "concepts", "triples")}
    return {"pack": pack.name, **counts, "label_coverage": _coverage(pack)}


def _coverage(pack: Pack) -> dict[str, float]:
    """Return, by language, the share of items and values that have a preferred label in it."""
    nodes = {entry.iri for entry in pack.entries if entry.iri}
    return {
        language: round(
            len({e.iri for e in pack.entries if e.iri and e.preferred and e.language == language})
            / max(len(nodes), 1),
            4,
        )
        for language in pack.schema.languages
    }
