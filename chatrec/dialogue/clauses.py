"""How a message looks upon what it names: the clause around each mention, and the words that govern it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from chatrec.dialogue.cues import Cues
from chatrec.dialogue.surroundings import Span, overlaps

GOVERNORS = ("wish", "like", "love", "hate", "avoid", "similar", "seen", "unseen", "drop", "about")
_AFTER = ("love", "hate", "avoid", "seen", "drop", "similar")
_HARD = re.compile(r"[.!?;。…\n]+(?!\d)")
_SOFT = re.compile(r"[,，:()（）—]+|\s-\s")
_BREAK = re.compile(r"[.!?;。,\n]")
_NEAR = 8
"""How far after a mention words about it may stand, in characters."""
_FAR = 30
"""How far before a mention a bare negation may stand, in characters."""


@dataclass(frozen=True, slots=True)
class Event:
    """Words that say how what follows is looked upon."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the folded text; `question` where it asks."""

    start: int
    end: int
    question: bool


def split(text: str, cues: Cues, kept: Sequence[Span]) -> list[Sentence]:
    """Split a folded text into sentences; full stops inside `kept` spans do not split."""
    found, start = [], 0
    ends = [m for m in _HARD.finditer(text) if not any(s.start < m.end() and m.start() < s.end for s in kept)]
    for end in [*(m.end() for m in ends), len(text)]:
        if text[start:end].strip():
            found.append(Sentence(start, end, _asks(text[start:end].strip(), cues)))
        start = end
    return found


def _asks(sentence: str, cues: Cues) -> bool:
    if "?" in sentence:
        return True
    return any(found.start() == 0 or not sentence.isascii() for found in cues.find("question", sentence))


class Clauses:
    """The governing words and the breaks of one message."""

    def __init__(self, text: str, cues: Cues, mentions: Sequence[Span], numbers: Sequence[Span]) -> None:
        self.text, self.cues = text, cues
        self.mentions = sorted([*mentions, *numbers], key=lambda span: span.start)
        self.events = self._events()
        self.hard = self._breaks(_HARD) + [
            Event(m.start(), m.end(), "contrast")
            for m in cues.find("contrast", text)
            if self._free(m, self.events)
        ]
        self.soft = self._breaks(_SOFT)

    def _free(self, found: re.Match[str], spans: Sequence[Span]) -> bool:
        return all(found.end() <= span.start or found.start() >= span.end for span in spans)

    def _breaks(self, pattern: re.Pattern[str]) -> list[Event]:
        found = (m for m in pattern.finditer(self.text) if self._free(m, self.mentions))
        return [Event(m.start(), m.end(), "break") for m in found]

    def _events(self) -> list[Event]:
        """Return the governing words outside of mentions, the longest where they overlap."""
        every = [
            Event(m.start(), m.end(), kind)
            for kind in GOVERNORS
            for m in self.cues.find(kind, self.text)
            if self._free(m, self.mentions)
        ]
        chosen: list[Event] = []
        for event in sorted(every, key=lambda e: (e.start - e.end, e.start)):
            if not any(overlaps(event, other) for other in chosen):
                chosen.append(event)
        return sorted(chosen, key=lambda e: e.start)

    def governor(self, mention: Span) -> str:
        """Return the kind of the words that govern a mention, or an empty text."""
        after = self._said_after(mention)
        if after:
            return after
        index = self.mentions.index(mention)
        if index and self._continues(index):
            return self.governor(self.mentions[index - 1])
        return self._said_before(mention)

    def _said_after(self, mention: Span) -> str:
        """Return what is said right after a mention: `X was boring`, `X就算了`."""
        later = [m.start for m in self.mentions if m.start >= mention.end]
        window = self.text[mention.end : min([*later, mention.end + 60])]
        found = [(m.start(), -m.end(), kind) for kind in _AFTER for m in self.cues.find(f"after_{kind}", window)]
        near = [match for match in found if match[0] <= _NEAR and not _BREAK.search(window[: match[0]])]
        return min(near)[2] if near else ""

    def verdict(self, mention: Span) -> str:
        """Return how what was seen was found, said in the clause behind it: `watched X, boring`."""
        later = [m.start for m in self.mentions if m.start >= mention.end]
        window = self.text[mention.end : min([*later, mention.end + 60])]
        found = [(m.start(), -m.end(), k) for k in ("love", "hate") for m in self.cues.find(f"after_{k}", window)]
        return min(found)[2] if found else ""

    def _said_before(self, mention: Span) -> str:
        start = max([b.end for b in (*self.hard, *self.soft) if b.end <= mention.start], default=0)
        before = [e for e in self.events if start <= e.start and e.end <= mention.start]
        if not before:
            return ""
        last = before[-1]
        between = [m for m in self.mentions if last.end <= m.start and m.end <= mention.start]
        if last.kind == "avoid" and (between or mention.start - last.end > _FAR):
            return ""
        if last.kind == "similar" and len(before) > 1 and before[-2].kind in ("avoid", "hate"):
            return before[-2].kind
        return last.kind

    def _continues(self, index: int) -> bool:
        """Say whether a mention goes on a list that the one before it began: `horror, gore or war`."""
        gap = self._gap(index)
        if not gap.strip():
            return True
        if not self.cues.is_all("list", gap.strip()):
            return False
        if (
            gap.strip(" ") == ","
            and self._is_last(index)
            and self._said_before(self.mentions[index - 1]) in ("avoid", "hate")
        ):
            return index > 1 and self._gap(index - 1).strip() == ","
        return True

    def _is_last(self, index: int) -> bool:
        """Say whether no further member follows in the list."""
        return index + 1 >= len(self.mentions) or not self.cues.is_all("list", self._gap(index + 1).strip())

    def _gap(self, index: int) -> str:
        return self.text[self.mentions[index - 1].end : self.mentions[index].start]
