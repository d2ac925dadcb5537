"""Titles that are plainly meant but that no item has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from chatrec.dialogue.clauses import Event
from chatrec.dialogue.folding import is_han, key_of
from chatrec.dialogue.surroundings import overlaps
from chatrec.dialogue.values import Act

if TYPE_CHECKING:
    from chatrec.dialogue.reading import Reading

_QUOTED = re.compile(
    r"《([^《》]{1,80})》|“([^“”]{2,80})”|\"([^\"]{2,80})\"|「([^「」]{1,80})」|『([^『』]{1,80})』"
)
_NAME = re.compile(
    r"\s*((?:[A-Z0-9][A-Za-zÀ-ɏ0-9'’.:&-]*)(?:\s+(?:(?:of|the|and|in|a|to|for|on|at|with|from|&)\s+)*[A-Z0-9][A-Za-zÀ-ɏ0-9'’.:&-]*)*)"
)
_SEVERAL = re.compile(r"[A-Z][A-Za-zÀ-ɏ'’]+(?:\s+[A-Z][A-Za-zÀ-ɏ0-9'’]+)+")
_ANNOUNCING = ("love", "like", "hate", "similar", "seen", "unseen", "about")
_NAMED = 3
"""Known titles that are named at most where one is not known."""
_LONGEST = 7
"""Words (or Chinese characters) that a bare message may have to be taken for a title."""


def find_unknown(reading: Reading) -> list[Event]:
    """Find the titles that are meant and not held: quoted, after `I loved`, asked about, sequels. The kind is the title."""
    found = [
        Event(mention.start, mention.end, mention.value) for mention in reading.mentions if not mention.held
    ]
    for start, words in (*_quoted(reading), *_announced(reading), *_asked_about(reading)):
        event = Event(start, start + len(words), words)
        if (
            key_of(words)
            and not any(overlaps(event, other) for other in found)
            and not _is_held(reading, event)
        ):
            found.append(event)
    return found


def _is_held(reading: Reading, event: Event) -> bool:
    """Say whether a title is known, or is made of labels alone: a label in a longer name does not count."""
    within = [m for m in reading.mentions if overlaps(event, m)]
    rest = reading.text[event.start : event.end]
    for mention in within:
        start, end = max(0, mention.start - event.start), max(0, mention.end - event.start)
        rest = rest[:start] + " " * (end - start) + rest[end:]
    noise = reading.cues.words["function"]
    telling = [word for word in key_of(rest).split() if word not in noise]
    return any(m.title or not m.iri for m in within) or (bool(within) and not telling)


def unknown_acts(reading: Reading) -> list[Act]:
    """Return an `unknown` act for each title that is not held, one for each title that may have been meant instead."""
    return [
        act
        for event in reading.unknown
        for act in _unknown(reading, event.kind, reading.folded.starts[event.start])
    ]


def bare_title(reading: Reading) -> tuple[Act, ...]:
    """Return an `unknown` act for a message that looks like a title and like nothing else."""
    words = reading.folded.original.strip(" .!?。！？")
    function = reading.cues.words["function"]
    if any(is_han(character) for character in words):
        title = 2 < len(words) <= _LONGEST and words.isalnum() and not any(c in function for c in words)
    else:
        title = bool(_NAME.fullmatch(words)) and len(words.split()) <= _LONGEST and _is_name(words, reading)
    return tuple(_unknown(reading, words, reading.folded.original.find(words))) if title else ()


def _unknown(reading: Reading, words: str, start: int) -> list[Act]:
    """Return an act for each known title that is near; one that names none where none is."""
    sequels = reading.finder.titles.sequels
    like = [mention.iri for mention in reading.mentions if not mention.held and mention.value == words]
    near = [iri for one in like for iri in sequels.series(one)[-_NAMED:]]
    near = [*near, *(entry.iri for entry in reading.finder.gazetteer.similar_titles(words))]
    return [
        Act("unknown", value=words, iri=iri, polarity="neutral", text=words, start=start)
        for iri in list(dict.fromkeys(near))[:_NAMED] or [""]
    ]


def _folded_position(reading: Reading, original: int) -> int:
    """Return where an original position stands in the folded text."""
    return next((i for i, at in enumerate(reading.folded.starts) if at >= original), len(reading.text))


def _quoted(reading: Reading) -> Iterator[tuple[int, str]]:
    for found in _QUOTED.finditer(reading.folded.original):
        group = next(i for i, text in enumerate(found.groups(), 1) if text is not None)
        words = found[group].strip()
        yield _folded_position(reading, found.start(group) + found[group].find(words)), words


def _announced(reading: Reading) -> Iterator[tuple[int, str]]:
    """Yield capitalised words right after words such as `I loved`."""
    ends = {event.end for event in reading.clauses.events if event.kind in _ANNOUNCING}
    ends |= {found.end() for found in reading.cues.find("title_before", reading.text)}
    if _tells_names(reading):
        for end in sorted(ends):
            _, at = reading.folded.span(end - 1, end)
            yield from _name_at(reading, at + 1)


def _asked_about(reading: Reading) -> Iterator[tuple[int, str]]:
    """Yield several capitalised words inside of a question about an item."""
    if not _tells_names(reading):
        return
    for sentence in reading.sentences:
        if reading.asked_in(sentence) or (
            sentence.question and not reading.cues.has("request", reading.text)
        ):
            start, end = (reading.folded.starts[at] for at in (sentence.start, sentence.end))
            words = reading.folded.original[start:end]
            for found in _SEVERAL.finditer(words):
                if words[: found.start()].strip():
                    yield from _name_at(reading, start + found.start())


def _tells_names(reading: Reading) -> bool:
    """Say whether capital letters mean anything in the message."""
    return not reading.folded.original.isupper() and not reading.folded.original.istitle()


def _name_at(reading: Reading, at: int) -> Iterator[tuple[int, str]]:
    found = _NAME.match(reading.folded.original, at)
    if found and _is_name(found[1], reading):
        yield _folded_position(reading, found.start(1)), found[1].rstrip(".:'’-")


def _is_name(words: str, reading: Reading) -> bool:
    """Say whether capitalised words are a name: several, or one that is no word of the language."""
    gazetteer, function = reading.finder.gazetteer, reading.cues.words["function"]
    parts = key_of(words).split()
    telling = [word for word in parts if word not in function and not word.isdigit()]
    capitals = sum(word[0].isupper() for word in words.split())
    return (
        len(telling) > 1
        or (capitals > 1 and bool(telling))
        or any(word not in gazetteer.known for word in telling)
    )
