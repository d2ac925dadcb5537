"""Slips that a speaker mends: "horror, no wait, thriller" wishes for a thriller alone.

What is mended, the words that mend it and what takes its place follow each other (reparandum, interregnum and repair,
Shriberg 1994). Only values of one slot that are wished for alike mend each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from chatrec.dialogue.reading import Reading
from chatrec.dialogue.values import Act


@dataclass(frozen=True, slots=True)
class _Wish:
    """The acts that were read from the same words, and where these stand in the message as it was typed."""

    acts: tuple[Act, ...]
    start: int
    end: int

    def like(self, other: _Wish) -> bool:
        """Tell whether both wish for a value of the same slot in the same way."""
        return {(a.slot, a.polarity) for a in self.acts} == {(a.slot, a.polarity) for a in other.acts}


def repaired(reading: Reading, acts: Sequence[Act]) -> list[Act]:
    """Return the acts without the wishes that the message takes back in the same breath."""
    slips = {
        id(act)
        for wish, following in pairwise(_wishes(acts))
        if wish.like(following) and _mends(reading, wish, following)
        for act in wish.acts
    }
    return [act for act in acts if id(act) not in slips]


def _wishes(acts: Sequence[Act]) -> list[_Wish]:
    spans: dict[tuple[int, str], list[Act]] = {}
    for act in acts:
        if act.act == "inform" and act.start >= 0 and act.text:
            spans.setdefault((act.start, act.text), []).append(act)
    return sorted(
        (_Wish(tuple(group), start, start + len(text)) for (start, text), group in spans.items()),
        key=lambda wish: wish.start,
    )


def _mends(reading: Reading, slip: _Wish, repair: _Wish) -> bool:
    """Tell whether nothing but words that mend a slip stands between two wishes."""
    between = reading.folded.original[slip.end : repair.start].casefold()
    return bool(between) and reading.cues.is_all("mends", between.lstrip(" ,.!?-–—…，。！？、；:：~"))
