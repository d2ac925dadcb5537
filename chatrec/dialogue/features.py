"""What a network sees of a message, or of one thing named in it: hashed words, characters and what the rules say.

Names are blanked out (a title reads TITLE, a genre GENRE), so that what is learnt of one holds for all.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from chatrec.dialogue.surroundings import Span, overlaps

_TOKEN = re.compile(r"[A-Z]+|[a-z]+(?:'[a-z]+)?|\d+|[^\W\da-zA-Z_]|[?!]")
_HAN_BLANK = re.compile(r"(?<=[^\x00-\x7f]) (?=[^\x00-\x7f])")
_NEAR = 4
"""How many words or Chinese characters beside a span have a place of their own."""

_LONG = 4
"""Letters from which a word is also seen piece by piece, so that typos are read."""

_COARSE = (
    "r:", "rs:", "kind:", "governor:", "beside:", "slot:", "said:", "holds", "long:", "asks", "only", "quoted",
    "capital", "parts",
)  # fmt: skip
"""How the features begin that tell no words."""


class Named(Span, Protocol):
    """A span that fills a slot."""

    @property
    def slot(self) -> str: ...


def tokens(
    text: str, spans: Sequence[Named], target: Named | None = None, within: tuple[int, int] | None = None
) -> list[str]:
    """Return the words and Chinese characters of a folded text, each span as its slot in capitals, the target as `X`.

    `within` says where the piece of the text begins and ends that is returned.
    """
    at, last = within or (0, len(text))
    pieces = []
    for span in sorted(spans, key=lambda span: span.start):
        if at <= span.start < last:
            pieces += [text[at : span.start], " X " if span == target else f" {span.slot.upper()} "]
            at = span.end
    return _TOKEN.findall("".join([*pieces, text[at:last]]))


def sentence(words: Sequence[str]) -> str:
    """Return words as a sentence again, in lower case, Chinese without blanks."""
    return _HAN_BLANK.sub("", " ".join(words).lower())


def of_message(words: Sequence[str], said: Iterable[str]) -> set[str]:
    """Return the features of a whole message; `said` are the acts that the rules read from it."""
    ruled = {f"r:{name}" for name in said}
    ends = {f"first:{' '.join(words[:n])}" for n in (1, 2)} | {f"last:{' '.join(words[-n:])}" for n in (1, 2)}
    return {"bias", f"long:{min(len(words), 12) // 3}", *ruled, *ends, *_grams(words, 3), *_pieces(words)}


def of_span(words: Sequence[str], named: Named, ruled: str, more: Iterable[str]) -> set[str]:
    """Return the features of one span, the token `X`; `ruled` is what the rules say of it, `more` is added as it is."""
    at = words.index("X") if "X" in words else 0
    before, after = words[max(0, at - _NEAR) : at], words[at + 1 : at + 1 + _NEAR]
    beside = {f"b{i}:{word}" for i, word in enumerate(reversed(before))}
    beside |= {f"a{i}:{word}" for i, word in enumerate(after)}
    runs = {f"B:{' '.join(before[-n:])}" for n in (2, 3, 4)} | {f"A:{' '.join(after[:n])}" for n in (2, 3, 4)}
    context = {f"L:{gram}" for gram in _grams(words[max(0, at - 12) : at], 2)}
    context |= {f"R:{gram}" for gram in _grams(words[at + 1 : at + 13], 2)}
    rules = {f"r:{ruled}", f"rs:{ruled}:{named.slot}"}
    extra = {*more, *(f"{ruled}:{feature}" for feature in more)}
    return {"bias", f"slot:{named.slot}", *rules, *extra, *beside, *runs, *context, *_grams(words, 2)}


def coarse(features: Iterable[str]) -> list[str]:
    """Return the features that tell no words: what the rules say, and how a span is written and stands to others."""
    return [feature for feature in features if feature.startswith(_COARSE)]


def _grams(words: Sequence[str], longest: int) -> Iterator[str]:
    """Yield the runs of words, and of characters in Chinese."""
    for size in range(1, longest + 1):
        for at in range(len(words) - size + 1):
            yield f"w:{' '.join(words[at : at + size])}"


def _pieces(words: Sequence[str]) -> Iterator[str]:
    """Yield the pieces of three and four letters of the longer words."""
    for word in words:
        if word.isascii() and word.islower() and len(word) >= _LONG:
            framed = f"^{word}$"
            for size in (3, 4):
                yield from (f"c:{framed[at : at + size]}" for at in range(len(framed) - size + 1))


def hashed(features: Iterable[str], size: int) -> list[int]:
    """Return the places of features in a table of that size (CRC-32, the same on every machine)."""
    return sorted({zlib.crc32(feature.encode()) % size for feature in features})


def apart(spans: Iterable[Named]) -> list[Named]:
    """Return spans in order without those that overlap an earlier one."""
    kept: list[Named] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if not kept or not overlaps(kept[-1], span):
            kept.append(span)
    return kept
