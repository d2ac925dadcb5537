"""The cues of one pack: those of the languages, and the words that its shapes give to its slots."""

from __future__ import annotations

import re
from dataclasses import replace

from chatrec.dialogue.cues import Cues
from chatrec.dialogue.folding import fold
from chatrec.dialogue.slots import Schema


def with_slots(cues: Cues, schema: Schema) -> Cues:
    """Return the cues with what the shapes call the slots that no cue file names (those of another domain)."""
    unnamed = [slot for slot in schema.slots if slot.name not in cues.names and slot.labels]
    sources = {slot.name: [_whole(fold(label).text) for label in slot.labels.values()] for slot in unnamed}
    names = {name: re.compile("|".join(labels)) for name, labels in sources.items()}
    asks = {
        slot.name: "|".join(_whole(fold(word).text) for word in slot.words["ask"])
        for slot in schema.slots
        if slot.words.get("ask")
    }
    same = [_whole(fold(word).text) for slot in schema.slots for word in slot.words.get("same", ())]
    every_same = [cues.patterns["same"].pattern] if "same" in cues.patterns else []
    patterns = {**cues.patterns, "same": re.compile("|".join([*every_same, *same]) or "(?!)")}
    own = {slot.name for slot in schema.slots}
    ask = {slot: pattern for slot, pattern in cues.ask.items() if slot in own and slot not in asks}
    return replace(
        cues,
        names={name: found for name, found in {**cues.names, **names}.items() if name in own},
        patterns=patterns,
        ask={**ask, **{slot: re.compile(source) for slot, source in asks.items()}},
        numbers=tuple(rule for rule in cues.numbers if rule.slot in own or rule.slot == "count"),
    )


def _whole(label: str) -> str:
    """Return the pattern of a label: whole words in Latin script."""
    return rf"\b{re.escape(label)}\b" if label.isascii() else re.escape(label)
