"""Titles that are plainly meant but that no item has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from chatrec.dialogue.clauses import overlaps
from chatrec.dialogue.folding import is_han, key_of
from chatrec.dialogue.mentions import Mention
from chatrec.dialogue.values import Act

if TYPE_CHECKING:
    from chatrec.dialogue.reading import Reading

_QUOTED = re.compile(
    r"《([^《》]{1,80})》|“([^“”]{2,80})”|\"([^\"]{2,80})\"|「([^「」]{1,80})」|『([^『』]{1,80})』"
)
_NAME = re.compile(
    r"\s*((?:[A-Z0-9][\w'’.:&-]*)(?:\s+(?:(?:of|the|and|in|a|to|for|on|at|with|from|&)\s+)*[A-Z0-9][\w'’.:&-]*)*)"
)
_ANNOUNCING = ("love", "like", "hate", "similar", "seen", "unseen", "about")
_LONGEST = 7
"""Words (or Chinese characters) that a bare message may have to be taken for a title."""


def find_unknown(reading: Reading) -> list[Act]:
    """Return an `unknown` act for each title that is meant and not held: quoted, after `I loved`, or a sequel."""
    acts = [
        reading.act("unknown", m, value=m.value, iri=m.iri, polarity="neutral") for m in reading.mentions if not m.held
    ]
    for start, words in (*_quoted(reading), *_announced(reading)):
        span = Mention(start, start + len(words), "", words, "")
        if any(overlaps(span, m) for m in reading.mentions) or not key_of(words):
            continue
        if any(act.start <= start < act.start + len(act.text) for act in acts):
            continue
        acts.append(_unknown(reading, words, reading.folded.starts[start]))
    return acts


def _unknown(reading: Reading, words: str, start: int) -> Act:
    near = reading.finder.gazetteer.similar_title(words)
    return Act("unknown", value=words, iri=near.iri if near else "", polarity="neutral", text=words, start=start)


def bare_title(reading: Reading) -> tuple[Act, ...]:
    """Return an `unknown` act for a message that looks like a title and like nothing else."""
    words = reading.folded.original.strip(" .!?。！？")
    gazetteer, function = reading.finder.gazetteer, reading.cues.words.get("function", frozenset())
    if any(is_han(character) for character in words):
        title = 2 < len(words) <= _LONGEST and words.isalnum() and not any(c in function for c in words)
    else:
        named = [word for word in words.split() if word.casefold() not in function]
        strange = [word for word in key_of(words).split() if word not in gazetteer.known and not word.isdigit()]
        written = all(word[0].isupper() or word[0].isdigit() for word in named)
        title = written and (bool(strange) or len(named) > 1) and len(words.split()) <= _LONGEST
    return (_unknown(reading, words, reading.folded.original.find(words)),) if title else ()


def _folded_position(reading: Reading, original: int) -> int:
    """Return where an original position stands in the folded text."""
    return next((i for i, at in enumerate(reading.folded.starts) if at >= original), len(reading.text))


def _quoted(reading: Reading) -> Iterator[tuple[int, str]]:
    for found in _QUOTED.finditer(reading.folded.original):
        group = next(i for i, text in enumerate(found.groups(), 1) if text is not None)
        yield _folded_position(reading, found.start(group)), found[group].strip()


def _announced(reading: Reading) -> Iterator[tuple[int, str]]:
    """Yield capitalised words right after words such as `I loved`."""
    original = reading.folded.original
    if original.isupper() or original.istitle():
        return
    ends = {event.end for event in reading.clauses.events if event.kind in _ANNOUNCING}
    ends |= {found.end() for found in reading.cues.find("title_before", reading.text)}
    for end in sorted(ends):
        _, at = reading.folded.span(end - 1, end)
        found = _NAME.match(original, at + 1)
        if found and _is_name(found[1], reading):
            yield _folded_position(reading, found.start(1)), found[1].rstrip(".:'’-")


def _is_name(words: str, reading: Reading) -> bool:
    """Say whether capitalised words are a name: not all of them are words of the language."""
    known = reading.finder.gazetteer.vocabulary
    return any(word not in known and not word.isdigit() for word in key_of(words).split())
