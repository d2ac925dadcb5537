"""How a message looks upon what it names: the clause around each mention, and the words that govern it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from chatrec.dialogue.cues import Cues
from chatrec.dialogue.surroundings import Span, longest

GOVERNORS = (
    "wish",
    "like",
    "love",
    "hate",
    "avoid",
    "tolerate",
    "similar",
    "seen",
    "unseen",
    "drop",
    "about",
)
_AFTER = ("love", "hate", "avoid", "tolerate", "seen", "drop", "similar")
_UNWANTED = ("avoid", "hate", "drop")
_HARD = re.compile(r"[.!?;。…\n]+(?!\d)")
_SOFT = re.compile(r"[,，:()（）—]+|\s-\s")
_BREAKS = re.compile(f"{_HARD.pattern}|{_SOFT.pattern}")
_WINDOW = 60
"""How far behind a mention something may be said about it, in characters."""
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
        self._places = {mention.start: index for index, mention in enumerate(self.mentions)}
        self._governors: dict[int, str] = {}
        self.events = self._find(GOVERNORS, self.mentions)
        self.breaks = sorted(
            [
                *self._find(("contrast",), [*self.mentions, *self.events]),
                *longest(
                    (Event(m.start(), m.end(), "break") for m in _BREAKS.finditer(text)),
                    [*self.mentions, *self.events],
                ),
            ],
            key=lambda event: event.start,
        )

    def _find(self, kinds: Sequence[str], taken: Sequence[Span]) -> list[Event]:
        """Return the words of some kinds outside of what is taken, the longest where they overlap."""
        every = (Event(m.start(), m.end(), kind) for kind in kinds for m in self.cues.find(kind, self.text))
        return longest((event for event in every if event.end > event.start), taken)

    def governor(self, mention: Span) -> str:
        """Return the kind of the words that govern a mention, or an empty text."""
        for index in range(len(self._governors), self._places[mention.start] + 1):
            self._governors[index] = self._governor(index)
        return self._governors[self._places[mention.start]]

    def _governor(self, index: int) -> str:
        after = self._said_after(self.mentions[index])
        if not after and index and self._continues(index):
            return self._governors[index - 1]
        before = self._said_before(self.mentions[index])
        if before == "avoid" and self._was_seen(self.mentions[index]):
            return "seen"
        if (before == "seen" and after in ("love", "hate")) or (
            before in _UNWANTED and after in ("", "similar")
        ):
            return before
        return after or before

    def _was_seen(self, mention: Span) -> bool:
        """Say whether it follows that what is not wanted was seen: `not X, seen it`, `别推X，看过`."""
        window = self._window(mention)
        return any(found.start() <= _NEAR for found in self.cues.find("after_seen", window))

    def _said_after(self, mention: Span) -> str:
        """Return what is said right after a mention: `X was boring`, `X就算了`."""
        window = self._window(mention)
        found = [
            (m.start(), -m.end(), kind) for kind in _AFTER for m in self.cues.find(f"after_{kind}", window)
        ]
        near = [match for match in found if match[0] <= _NEAR and self._is_close(window[: match[0]])]
        return min(near)[2] if near else ""

    def _window(self, mention: Span) -> str:
        """Return the text behind a mention, up to the first letter of the next one."""
        following = self.mentions[self._places[mention.start] + 1 :][:1]
        return self.text[
            mention.end : min([mention.end + _WINDOW, *(other.start + 1 for other in following)])
        ]

    def _is_close(self, gap: str) -> bool:
        """Say whether words belong to the mention before a gap: no break and no question stands between."""
        return not _BREAK.search(gap) and not self.cues.has("question", gap)

    def verdict(self, mention: Span) -> str:
        """Return how what was seen was found, said in the clause behind it: `watched X, boring`."""
        window = self._window(mention)
        found = [
            (m.start(), -m.end(), k) for k in ("love", "hate") for m in self.cues.find(f"after_{k}", window)
        ]
        return min(found)[2] if found else ""

    def _said_before(self, mention: Span) -> str:
        """Return the kind of the nearest words before a mention in its clause."""
        broken = [event.end for event in self.breaks if event.end <= mention.start]
        start = broken[-1] if broken else 0
        before = [event for event in self.events if start <= event.start and event.end <= mention.start]
        if not before:
            return ""
        last, earlier = before[-1], [event.kind for event in self.events if event.end <= before[-1].start]
        between = any(last.end <= other.start and other.end <= mention.start for other in self.mentions)
        if last.kind == "avoid" and earlier[-1:] == ["seen"]:
            return "unseen"
        if last.kind == "avoid" and (between or mention.start - last.end > _FAR):
            return ""
        if last.kind == "similar" and len(before) > 1 and earlier[-1] in ("avoid", "hate"):
            return earlier[-1]
        return last.kind

    def _continues(self, index: int) -> bool:
        """Say whether a mention goes on a list that the one before it began: `horror, gore or war`."""
        gap = self._gap(index)
        if not gap.strip():
            return True
        if not self.cues.is_all("list", gap.strip()):
            return False
        if self._governors[index - 1] not in _UNWANTED and self.cues.has("avoid", gap):
            return False
        if (
            gap.strip(" ") == ","
            and self._is_last(index)
            and self._said_before(self.mentions[index - 1]) in _UNWANTED
        ):
            return index > 1 and self._gap(index - 1).strip() == ","
        return True

    def _is_last(self, index: int) -> bool:
        """Say whether no further member follows in the list."""
        return index + 1 >= len(self.mentions) or not self.cues.is_all("list", self._gap(index + 1).strip())

    def _gap(self, index: int) -> str:
        return self.text[self.mentions[index - 1].end : self.mentions[index].start]
