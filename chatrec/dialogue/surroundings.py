"""How a span of a message is written and what stands beside it: quotation marks, capitals, neighbours."""

from __future__ import annotations

import re
from typing import Protocol

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
_WORD = re.compile(r"[^\W\d_]+")
_BEFORE = re.compile(r"([^\W\d_]+)[ -]$")
_AFTER = re.compile(r"[ -]([^\W\d_]+)")


class Span(Protocol):
    """Anything with a place in the folded text."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


def overlaps(one: Span, other: Span) -> bool:
    """Say whether two spans share a character."""
    return one.start < other.end and other.start < one.end


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
    return bool(first) and words[first.start()].isupper() and any(w[0].islower() for w in _WORD.findall(rest))


def beside(folded: Folded, span: Span) -> list[str]:
    """Return the capitalised words right before and right after a span."""
    words, at = folded.span(span.start, span.end)
    found = (_BEFORE.search(folded.original[:at]), _AFTER.match(folded.original[at + len(words) :]))
    return [match[1] for match in found if match and match[1][0].isupper()]
