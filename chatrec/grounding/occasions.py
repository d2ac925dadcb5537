"""The occasions of a pack: the common calendar, the pack's own, and the values that are good for each."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache

from chatrec.config import knowledge_dir
from chatrec.dialogue.context import Occasion
from chatrec.dialogue.folding import fold
from chatrec.dialogue.values import Constraint, Entry
from chatrec.errors import PackError
from chatrec.grounding.graph import EmbeddedGraph, Graph, render_query

_RULES = {
    "days": r"(\d{4}-)?\d\d-\d\d/(\d{4}-)?\d\d-\d\d",
    "hours": r"\d\d/\d\d",
    "weekdays": r"[1-7]/[1-7]",
}


def read_occasions(graph: Graph, entries: Iterable[Entry]) -> tuple[Occasion, ...]:
    """Read the occasions that some value of the pack fits (`chatrec:fits`). Raises PackError for a rule that is no span."""
    fits: dict[str, list[str]] = defaultdict(list)
    for row in graph.select(render_query("fits")):
        fits[str(row["occasion"])].append(str(row["concept"]))
    if not fits:
        return ()
    described = {occasion.iri: occasion for occasion in (*_calendar(), *_described(graph))}
    if unknown := fits.keys() - described.keys():
        raise PackError(
            f"chatrec:fits names an occasion that nothing describes: {min(unknown)}.",
            "Take one of knowledge/calendar.ttl, or describe it: a chatrec:Occasion with labels, reason and rules.",
        )
    values = {entry.iri: entry for entry in entries if entry.iri}
    return tuple(replace(described[iri], wishes=_wishes(fits[iri], values)) for iri in sorted(fits))


def _wishes(concepts: Iterable[str], values: Mapping[str, Entry]) -> tuple[Constraint, ...]:
    """Return a soft wish for each concept that some item has."""
    found = (values[iri] for iri in concepts if iri in values)
    return tuple(Constraint(entry.slots[0], "=", entry.value, entry.iri, soft=True) for entry in found)


@lru_cache
def _calendar() -> tuple[Occasion, ...]:
    return _described(EmbeddedGraph.parse(knowledge_dir() / "calendar.ttl"))


def _described(graph: Graph) -> tuple[Occasion, ...]:
    orders: dict[str, int] = {}
    told: dict[str, dict[str, list[tuple[str, str]]]] = defaultdict(lambda: defaultdict(list))
    for row in graph.select(render_query("occasions")):
        iri, kind = str(row["occasion"]), re.split("[#:]", str(row["kind"]))[-1]
        orders[iri] = int(str(row.get("order", 0)))
        told[iri][kind].append((str(getattr(row["text"], "language", None) or "en"), str(row["text"])))
    return tuple(_occasion(iri, orders[iri], texts) for iri, texts in told.items())


def _occasion(iri: str, order: int, texts: Mapping[str, list[tuple[str, str]]]) -> Occasion:
    names = (text for kind in ("prefLabel", "altLabel") for _, text in texts.get(kind, ()))
    return Occasion(
        iri,
        order,
        frozenset(fold(name).text.strip() for name in names),
        {kind: tuple(_span(iri, kind, text) for _, text in texts[kind]) for kind in _RULES if kind in texts},
        dict(texts.get("reason", ())),
    )


def _span(iri: str, kind: str, text: str) -> str:
    if not re.fullmatch(_RULES[kind], text):
        raise PackError(
            f"chatrec:{kind} of {iri} is {text!r}, which is no span.",
            "Write days as 12-01/12-26 or 2026-02-03/2026-02-20, hours as 18/23, weekdays as 6/7.",
        )
    return text
