"""Wishes that no label names: the words that nothing else has read are asked for the concept that they speak of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from chatrec.dialogue.clauses import Event
from chatrec.dialogue.folding import is_han
from chatrec.dialogue.reading import Reading
from chatrec.dialogue.surroundings import Span
from chatrec.dialogue.values import Act, Entry

Reach = Callable[[str], Entry | None]
"""Returns the concept that some words speak of, None where they speak of none."""

_TALK = frozenset(
    {
        "refuse",
        "abuse",
        "close",
        "restart",
        "explain",
        "compare",
        "ask",
        "switch",
        "unknown",
        "urgent",
        "seen",
    }
)
"""Acts of messages in which nothing is wished for in other words."""
_SOCIAL = frozenset({"greet", "thank", "chitchat"})
_ASKING = frozenset({"request", "more", "inform", "like", "dislike"})
_UNWANTED = frozenset({"avoid", "hate", "drop"})
_TOLD = frozenset({"seen", "unseen", "about"})
_LEAST = 2
"""Words that a wish in other words has."""
_LONG = 7
"""Letters from which a single word will do."""
_LEAST_HAN = 4
"""Characters that it has in Chinese."""
_SEGMENTS = 3
"""Pieces of one message that are looked up, and wishes that are taken from it."""


def meant(reading: Reading, acts: Sequence[Act], reach: Reach) -> list[Act]:
    """Return soft wishes for the concepts that the unread words of a message speak of."""
    if not _may_wish(acts):
        return []
    known = {act.iri for act in acts} | {wish.iri for wish in reading.state.constraints if not wish.soft}
    found: dict[str, Act] = {}
    for segment in list(segments(reading))[:_SEGMENTS]:
        words, at = reading.folded.span(segment.start, segment.end)
        if any(act.slot and at <= act.start < at + len(words) for act in acts):
            continue
        entry = reach(words)
        if entry is not None and entry.iri not in known:
            wish = reading.act(
                "inform",
                segment,
                slot=entry.slots[0],
                value=entry.value,
                iri=entry.iri,
                join="also",
                soft=True,
            )
            found.setdefault(entry.iri, wish)
    return list(found.values())


def _may_wish(acts: Sequence[Act]) -> bool:
    """Say whether a message may hold a wish in other words: not talk, no question, nothing out of scope."""
    said = {act.act for act in acts}
    return not said & _TALK and (not said & _SOCIAL or bool(said & _ASKING))


def segments(reading: Reading) -> Iterator[Event]:
    """Yield the stretches of a message that nothing has read, without the words that announce a wish."""
    read: list[Span] = [*reading.mentions, *reading.numbers, *reading.unknown, *reading.questions]
    for start, end in _clauses(reading):
        within = [span for span in read if start <= span.start < end]
        if not _is_about_else(reading, start, end):
            yield from _telling(reading, start, end, within)


def _is_about_else(reading: Reading, start: int, end: int) -> bool:
    """Say whether a clause speaks of what is not wanted, or of an item that was seen."""
    governing = {event.kind for event in reading.clauses.events if start <= event.start < end}
    items: list[Span] = [*reading.titles, *reading.references]
    pointed = any(start <= span.start < end for span in items)
    return bool(governing & _UNWANTED) or (pointed and bool(governing & _TOLD))


def _clauses(reading: Reading) -> Iterator[tuple[int, int]]:
    """Yield the clauses of the sentences that ask nothing about an item."""
    for sentence in reading.sentences:
        if sentence in reading.small_talk or reading.asked_in(sentence):
            continue
        breaks = [b for b in reading.clauses.breaks if sentence.start <= b.start < sentence.end]
        start = sentence.start
        for event in breaks:
            yield start, event.start
            start = max(start, event.end)
        yield start, sentence.end


def _telling(reading: Reading, start: int, end: int, read: Sequence[Span]) -> Iterator[Event]:
    """Yield what is left of a clause between the spans that were read, where it says enough."""
    edges = sorted(read, key=lambda span: span.start)
    for low, high in zip([start, *(s.end for s in edges)], [*(s.start for s in edges), end], strict=True):
        piece = _stripped(reading, low, high)
        if piece and _says_enough(reading, reading.text[piece.start : piece.end], broken=bool(edges)):
            yield piece


def _stripped(reading: Reading, start: int, end: int) -> Event | None:
    """Return a piece of the text without the words around what is wished for: `I want a film that`, `…的片子`."""
    text = reading.text
    while start < end:
        piece = text[start:end]
        before = next((m.end() for m in reading.cues.find("before_meaning", piece) if m.start() == 0), 0)
        after = next(
            (len(m[0]) for m in reading.cues.find("after_meaning", piece) if m.end() == len(piece)), 0
        )
        blank = len(piece) - len(piece.lstrip(" \"'-"))
        tail = len(piece) - len(piece.rstrip(" \"'-"))
        if not (before or after or blank or tail):
            return Event(start, end, "meaning")
        start, end = start + (blank or before), end - (tail or after)
    return None


def _says_enough(reading: Reading, words: str, broken: bool) -> bool:
    """Say whether words tell something; a piece of a clause that was `broken` by what is read must tell more."""
    if any(is_han(character) for character in words):
        return sum(is_han(character) for character in words) >= _LEAST_HAN + broken
    parts, function = words.split(), reading.cues.words["function"]
    telling = [part for part in parts if part.strip("'") not in function]
    return len(telling) > broken and (len(parts) >= _LEAST or len(words) >= _LONG)
