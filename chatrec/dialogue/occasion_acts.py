"""Occasions that a message names: `for date night`, `适合约会看的`. They bring the soft wishes that the pack knows for them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from chatrec.dialogue.clauses import Event
from chatrec.dialogue.context import Occasion
from chatrec.dialogue.reading import Reading
from chatrec.dialogue.values import Act

_REACH = 24
"""How far before an occasion the words may begin that announce it, in characters."""


def occasion_acts(reading: Reading, acts: Sequence[Act], occasions: Sequence[Occasion]) -> Iterator[Act]:
    """Yield a soft wish for each value that is good for an occasion, unless a wish of the same slot is said."""
    taken = {act.slot for act in acts if act.act == "inform"}
    taken |= {wish.slot for wish in reading.state.constraints if not wish.soft}
    spans = [(act.start, act.start + len(act.text)) for act in acts if act.slot and act.start >= 0]
    for occasion in occasions:
        event = next(_named(reading, occasion), None)
        at = reading.folded.starts[event.start] if event else -1
        if event is None or any(start <= at < end for start, end in spans):
            continue
        for wish in occasion.wishes:
            if wish.slot not in taken:
                value = {"slot": wish.slot, "value": wish.value, "iri": wish.iri}
                yield reading.act("inform", event, join="also", soft=True, **value)


def _named(reading: Reading, occasion: Occasion) -> Iterator[Event]:
    """Yield where an occasion is named as one."""
    for name in sorted(occasion.names, key=len, reverse=True):
        for found in re.finditer(rf"(?<![a-z]){re.escape(name)}(?![a-z])", reading.text):
            before = reading.text[max(0, found.start() - _REACH) : found.start()].rstrip()
            announced = any(m.end() == len(before) for m in reading.cues.find("occasion_before", before))
            after = reading.text[found.end() :]
            if announced or any(m.start() == 0 for m in reading.cues.find("occasion_after", after)):
                yield Event(found.start(), found.end(), occasion.iri)
