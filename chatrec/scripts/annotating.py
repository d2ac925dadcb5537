"""A turn's JSON in the words of DialogueKit: one intent, and the values of slots where they stand in the reply.

The intents are those of UserSimCRS's interaction model crs_v1, the slots those of its domain `movies`, as far as they
have a name for it. Nothing here needs DialogueKit.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

INTENTS: Mapping[str, str] = MappingProxyType(
    {
        "recommend": "REVEAL",
        "relax": "REVEAL.NONE",
        "ask": "INQUIRE.ELICIT",
        "answer": "DISCLOSE.MORE",
        "explain": "DISCLOSE.MORE",
        "compare": "DISCLOSE.MORE",
        "greet": "INQUIRE",
        "thank": "INQUIRE.NEXT",
        "close": "END",
        "refuse": "DISCLOSE.NON-DISCLOSE",
        "chitchat": "DISCLOSE.NON-DISCLOSE",
    }
)
"""The simulators' intent for each intent of a turn."""

SLOTS: Mapping[str, str] = MappingProxyType(
    {"name": "TITLE", "mood": "KEYWORD", "theme": "KEYWORD", "abstract": "PLOT", "contentRating": "RATING"}
)
"""The simulators' slot for the last part of a property's IRI; of the others, that part in capitals."""


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a slot in a reply, and where it stands (in code points)."""

    slot: str
    value: str
    start: int
    end: int


def intent(turn: Mapping[str, Any], intents: Mapping[str, str] = INTENTS) -> str:
    """Return the simulators' intent for a turn; the turn's own in capitals where they have none."""
    return intents.get(turn["intent"], turn["intent"].upper())


def values(turn: Mapping[str, Any], slots: Mapping[str, str] = SLOTS) -> list[Value]:
    """Return what the reply says of items; the user's own words and counts (no IRI as subject) are left out."""
    claims = [claim for claim in turn["claims"] if ":" in claim["triple"][0]]
    return [
        Value(_slot(claim["triple"][1], slots), claim["text"], claim["start"], claim["end"])
        for claim in claims
    ]


def _slot(predicate: str, slots: Mapping[str, str]) -> str:
    name = re.split(r"[/#:]", predicate)[-1]
    return slots.get(name, name.upper())
