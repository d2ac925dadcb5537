"""Named ranges of numbers, read from the shapes: the silent era is up to 1929, a quick read takes five minutes at most."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from chatrec.dialogue.slots import Slot
from chatrec.errors import PackError
from chatrec.grounding.graph import Graph, Row, render_query


def with_ranges(graph: Graph, slots: tuple[Slot, ...]) -> tuple[Slot, ...]:
    """Return the slots with their named ranges. Raises PackError for a range without a bound."""
    found: dict[str, list[tuple[str, int | None, int | None]]] = defaultdict(list)
    for row in graph.select(render_query("ranges")):
        least, most = _bound(row, "least"), _bound(row, "most")
        if least is None and most is None:
            raise PackError(
                f"The range {row['range']} has no bound.", "Give it sh:minInclusive, sh:maxInclusive or both."
            )
        found[str(row["slot"])].append((str(row["label"]), least, most))
    return tuple(replace(slot, ranges=tuple(found[slot.name])) for slot in slots)


def _bound(row: Row, name: str) -> int | None:
    return int(str(row[name])) if name in row else None
