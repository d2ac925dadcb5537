"""Where a reply can be taken apart: before a sentence that can stand behind any other that speaks of the same item."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from chatrec.config import prompts_dir, read_yaml
from chatrec.dialogue.values import Language
from chatrec.generation.conversation import Codec, Units


@dataclass(frozen=True)
class Joints:
    """Patterns of sentences (a pointer as `<A.title>`): free, bound to the one before, leading on to the next."""

    free: re.Pattern[str]
    bound: re.Pattern[str]
    leads: re.Pattern[str]

    def between(self, before: str, sentence: str) -> bool:
        """Tell whether any sentence may take the place of the one before, and of this one."""
        alone = self.free.search(sentence) and not self.bound.search(sentence)
        return bool(alone) and not self.leads.search(before)


@lru_cache
def joints(language: Language) -> Joints:
    """Return the patterns of a language; without a file no sentence stands on its own."""
    path = prompts_dir() / language / "joints.yaml"
    found = read_yaml(path) if path.exists() else {}
    return Joints(*(_any(found.get(kind, ())) for kind in ("free", "bound", "leads")))


def _any(patterns: list[str] | tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns) or "(?!)")


def places(reply: Units, codec: Codec, language: Language) -> frozenset[int]:
    """Return the places of a reply's units at which a sentence begins that stands on its own; never the first."""
    known = joints(language)
    sentences = [(start, _spell(reply[start:end], codec)) for start, end in _sentences(reply, codec)]
    return frozenset(
        start for (_, before), (start, sentence) in pairwise(sentences) if known.between(before, sentence)
    )


def _sentences(reply: Units, codec: Codec) -> Iterator[tuple[int, int]]:
    start = 0
    for end, unit in enumerate(reply, start=1):
        if codec.stops(unit) or end == len(reply):
            yield start, end
            start = end


def _spell(units: Units, codec: Codec) -> str:
    """Write units as text, pointers by their names."""
    parts = codec.parts(units)
    pieces = (f" <{part}>" if place % 2 else part for place, part in enumerate(parts))
    return re.sub(r" +", " ", "".join(pieces)).strip()
