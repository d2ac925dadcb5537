"""Acts about items: what is felt about them, which were seen, what is asked about them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from chatrec.dialogue.clauses import Clauses, Event, Sentence
from chatrec.dialogue.mentions import Mention
from chatrec.dialogue.numbers import Numeric
from chatrec.dialogue.reading import Reading
from chatrec.dialogue.references import Reference
from chatrec.dialogue.surroundings import Span, overlaps
from chatrec.dialogue.values import Act, Operator, Polarity

Said = tuple[str, Polarity]
"""The name of an act and its polarity."""

_ASKED: Final[Said] = ("ask", "neutral")
_MEANINGS: Final[dict[str, Said]] = {
    "wish": ("like", "like"),
    "like": ("like", "like"),
    "love": ("like", "like"),
    "similar": ("like", "like"),
    "hate": ("dislike", "dislike"),
    "avoid": ("dislike", "dislike"),
    "seen": ("seen", "neutral"),
    "unseen": _ASKED,
    "about": _ASKED,
    "drop": ("forget", "neutral"),
}
"""What an item is said to be, by the words that govern it."""

_FELT = ("like", "love", "hate", "similar", "seen")
"""The words that say something of an item that is only pointed at."""


_THAN = 3
"""How far before an item the word may begin that compares with it, in characters."""

_QUOTES = " 《》\"'"


def item_acts(reading: Reading) -> list[Act]:
    """Return the acts of a message about items."""
    pointed = list(_pointed(reading))
    return [
        *_named(reading, {act.iri for act in pointed}),
        *pointed,
        *_questions(reading),
        *_other_questions(reading),
    ]


def told(reading: Reading, title: Mention) -> Said:
    """Say what a message says about an item that it names."""
    governor, sentence = reading.clauses.governor(title), reading.sentence_of(title)
    if governor == "drop":
        return _MEANINGS["drop"]
    weak = governor in ("", "wish", "about", "unseen", "similar")
    asked = weak and reading.asked_in(sentence)
    idle = not governor and sentence.question and not reading.cues.has("similar", reading.text)
    if asked or idle or is_compared(reading, title):
        return _ASKED
    return _MEANINGS.get(governor, ("like", "like"))


def is_compared(reading: Reading, title: Mention) -> bool:
    """Say whether an item is only compared with or measured by, or explained."""
    said = reading.words(reading.sentence_of(title))
    compared = reading.cues.has("compare", said) or reading.cues.has("explain", said)
    return compared or title in reading.rivals or any(is_measure(reading, n, title) for n in reading.numbers)


def is_measure(reading: Reading, number: Numeric, item: Span) -> bool:
    """Say whether an item that is named or pointed at measures a relative number: `newer than X`, `比X新`."""
    if not number.relative:
        return False
    if number.end <= item.start:
        return reading.cues.is_all("than", reading.text[number.end : item.start].strip())
    before = reading.text[max(0, item.start - _THAN) : item.start].rstrip(_QUOTES)
    announced = any(found.end() == len(before) for found in reading.cues.find("than_before", before))
    return announced and not reading.text[item.end : number.start].strip(_QUOTES)


def is_measured(reading: Reading, number: Numeric) -> bool:
    """Say whether an item that is named or pointed at stands beside a relative number and measures it."""
    items: list[Span] = [*reading.titles, *reading.references]
    return any(is_measure(reading, number, item) for item in items)


def _named(reading: Reading, pointed: set[str]) -> Iterator[Act]:
    """Yield what is said of the items that are named; one that is pointed at later says it there."""
    for title in reading.titles:
        if reading.clauses.governor(title) == "tolerate":
            continue
        said = told(reading, title)
        if reading.clauses.governor(title) or title.iri not in pointed:
            yield _item_act(reading, title, said, title.iri)
        if said[0] == "seen" and (verdict := reading.clauses.verdict(title)):
            yield _item_act(reading, title, _MEANINGS[verdict], title.iri)


def _pointed(reading: Reading) -> Iterator[Act]:
    """Yield what is felt about items that are pointed at: `loved it`, `I've seen the first one`."""
    clauses = Clauses(reading.text, reading.cues, [*reading.mentions, *reading.references], reading.numbers)
    for reference in reading.references:
        governor = clauses.governor(reference)
        rejected = governor == "hate" and len(reference.items) > 1 and not reference.ordinal
        if governor in _FELT and not rejected:
            for iri in reference.items:
                yield _item_act(reading, reference, _MEANINGS[governor], iri)


def _item_act(reading: Reading, span: Mention | Reference, said: Said, iri: str) -> Act:
    finder, (name, polarity) = reading.finder, said
    value, op = finder.gazetteer.label(iri), _operator(name)
    return reading.act(
        name, span, slot=finder.name_slot, op=op, value=value, iri=iri, polarity=polarity, item=True
    )


def _operator(name: str) -> Operator:
    return "-" if name == "forget" else "="


def _questions(reading: Reading) -> Iterator[Act]:
    """Yield the questions that a slot answers, and the items they are about."""
    for sentence in reading.sentences:
        for event in reading.asked_in(sentence):
            if sentence.question or reading.target(sentence):
                yield reading.act("ask", event, slot=event.kind, op="?", polarity="neutral")
                yield from asked_items(reading, sentence)


def _other_questions(reading: Reading) -> Iterator[Act]:
    """Yield questions without a slot: what is asked is no fact that items have, such as awards."""
    asked = [Event(m.start(), m.end(), "ask_else") for m in reading.cues.find("ask_else", reading.text)]
    unnamed = [event for event in asked if not any(overlaps(event, m) for m in reading.mentions)]
    for sentence in reading.sentences:
        unanswered = any(reading.sentence_of(event) == sentence for event in unnamed)
        if unanswered and not reading.asked_in(sentence) and reading.target(sentence):
            yield reading.act("ask", sentence, op="?", polarity="neutral")
            yield from asked_items(reading, sentence)


def asked_items(reading: Reading, sentence: Sentence) -> Iterator[Act]:
    """Yield the items that a sentence asks about."""
    for iri in reading.target(sentence):
        label = reading.finder.gazetteer.label(iri)
        yield Act("ask", reading.finder.name_slot, "=", label, iri, "neutral", item=True)
