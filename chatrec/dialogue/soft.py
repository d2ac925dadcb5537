"""Soft wishes: what is said to be welcome, not needed. `ideally from the 90s`, `French if possible`, `最好短一点`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from chatrec.dialogue.reading import Reading
from chatrec.dialogue.values import Act

_REACH = 40
"""How far before the words that soften it a wish may stand, in characters."""


def softened(reading: Reading, acts: Sequence[Act]) -> list[Act]:
    """Return the acts with the wishes soft that are said to be."""
    spans = [*_announced(reading), *_added(reading, acts)]
    return [replace(act, soft=True) if _is_wish(act) and _within(act, spans) else act for act in acts]


def _is_wish(act: Act) -> bool:
    return act.act in ("inform", "like", "dislike") and act.value is not None and not act.item


def _within(act: Act, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start <= act.start < end for start, end in spans)


def _announced(reading: Reading) -> Iterator[tuple[int, int]]:
    """Yield what stands between words such as `ideally` and the end of their clause, in the original."""
    starts = reading.folded.starts
    for found in reading.cues.find("soft_before", reading.text):
        ends = (event.start for event in reading.clauses.breaks if event.start >= found.end())
        yield starts[found.end()], starts[next(ends, len(reading.text))]


def _added(reading: Reading, acts: Sequence[Act]) -> Iterator[tuple[int, int]]:
    """Yield the place of the last wish before words such as `if possible`, in the original."""
    for found in reading.cues.find("soft_after", reading.text):
        at = reading.folded.starts[found.start()]
        before = [act.start for act in acts if _is_wish(act) and at - _REACH <= act.start < at]
        if before:
            yield max(before), max(before) + 1
