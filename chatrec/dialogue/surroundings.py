"""How a span of a message is written and what stands beside it: quotation marks, capitals, neighbours."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Protocol, TypeVar

from chatrec.dialogue.folding import Folded

_QUOTES = {
    '"': '"',
    "'": "'",
    "“": "”",
    "”": "”",
    "「": "」",
    "『": "』",
    "《": "》",
    "〈": "〉",
    "<": ">",
    "«": "»",
}
_SENTENCE_END = ".!?。\n:…"
_EMPHASIS = 2
"""Letters from which a word in capitals alone is emphasis and no name."""

_WORD = re.compile(r"[^\W\d_]+")
_BEFORE = re.compile(r"([^\W\d_]+)[ -]$")
_AFTER = re.compile(r"[ -]([^\W\d_]+)")


class Span(Protocol):
    """Anything with a place in the folded text."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


S = TypeVar("S", bound=Span)


def overlaps(one: Span, other: Span) -> bool:
    """Say whether two spans share a character."""
    return one.start < other.end and other.start < one.end


class Taken:
    """The characters of a text that spans have taken."""

    def __init__(self, length: int, spans: Iterable[Span] = ()) -> None:
        self._used = bytearray(length)
        for span in spans:
            self.take(span)

    def take(self, span: Span) -> None:
        """Take the characters of a span."""
        self._used[span.start : span.end] = b"\1" * (span.end - span.start)

    def is_free(self, span: Span) -> bool:
        """Say whether none of a span's characters are taken."""
        return not any(self._used[span.start : span.end])

    def covers(self, span: Span) -> bool:
        """Say whether all of a span's characters are taken."""
        return all(self._used[span.start : span.end])


def longest(spans: Iterable[S], taken: Iterable[Span] = ()) -> list[S]:
    """Return spans in order without those that overlap a longer one (an earlier one of equals) or one that is taken."""
    candidates, blocked = sorted(spans, key=lambda span: (span.start - span.end, span.start)), list(taken)
    ends = [span.end for span in candidates] + [span.end for span in blocked]
    used = Taken(max(ends, default=0), blocked)
    chosen: list[S] = []
    for span in candidates:
        if used.is_free(span):
            used.take(span)
            chosen.append(span)
    return sorted(chosen, key=lambda span: span.start)


def is_quoted(folded: Folded, span: Span) -> bool:
    """Say whether a span stands in quotation marks or title brackets."""
    words, at = folded.span(span.start, span.end)
    before, after = folded.original[:at].rstrip()[-1:], folded.original[at + len(words) :].lstrip()[:1]
    return bool(before) and _QUOTES.get(before) == after


def is_capitalised(folded: Folded, span: Span) -> bool:
    """Say whether a span is written like a name, in a sentence whose capitals mean something.

    The first word of a sentence says nothing; several words that all have capitals do.
    """
    words, at = folded.span(span.start, span.end)
    before = folded.original[:at].rstrip(" \"'“‘(《")
    if not before or before[-1] in _SENTENCE_END:
        parts = words.split()
        return len(parts) > 1 and all(word[0].isupper() for word in parts) and not words.isupper()
    rest = before + folded.original[at + len(words) :]
    first = _WORD.search(words)
    if words.isupper() and len(words) > _EMPHASIS:
        return False
    return first is not None and first[0][0].isupper() and any(w[0].islower() for w in _WORD.findall(rest))


def beside(folded: Folded, span: Span) -> list[str]:
    """Return the capitalised words right before and right after a span."""
    words, at = folded.span(span.start, span.end)
    found = (_BEFORE.search(folded.original[:at]), _AFTER.match(folded.original[at + len(words) :]))
    return [match[1] for match in found if match and match[1][0].isupper()]


def goes_on(folded: Folded, span: Span) -> bool:
    """Say whether a name goes on behind a span, in a text whose capitals mean something: Spy in The Spy Who Loved Me."""
    words, at = folded.span(span.start, span.end)
    found = _AFTER.match(folded.original[at + len(words) :])
    following = found[1] if found else ""
    lower = any(word[0].islower() for word in _WORD.findall(folded.original))
    return lower and len(following) > 1 and following.istitle()
