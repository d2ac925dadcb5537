"""Acts about what items should be like: values and numbers wished for, unwanted or no longer wished for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal

from chatrec.dialogue.clauses import Event
from chatrec.dialogue.item_acts import asked_items, is_measure, is_measured, told
from chatrec.dialogue.mentions import Mention
from chatrec.dialogue.numbers import COUNT, Numeric
from chatrec.dialogue.reading import Reading
from chatrec.dialogue.slots import Slot
from chatrec.dialogue.surroundings import overlaps
from chatrec.dialogue.values import Act, Fact, Operator, Polarity

_MEANINGS: Final[dict[str, tuple[str, Polarity]]] = {
    "love": ("like", "like"),
    "hate": ("dislike", "dislike"),
    "avoid": ("inform", "dislike"),
}
"""What a value is said to be, by the words that govern it; any other is wished for."""

_BOUNDS: Final[tuple[tuple[Operator, str], ...]] = (
    ("<=", "at_most"), (">=", "at_least"), ("<", "below"), (">", "above"),
)  # fmt: skip
"""The comparisons with a code, and the cues that stand before or after it."""

_REACH = 30
"""How far from the name of a slot the words may stand that drop it, in characters."""

_NEAR = 4


def wish_acts(reading: Reading) -> list[Act]:
    """Return the acts of a message about values, numbers and slots."""
    values = [m for m in reading.mentions if not m.title]
    return [
        *(act for mention in values for act in _of_value(reading, mention)),
        *(act for number in reading.numbers for act in _of_number(reading, number)),
        *_of_shared(reading),
        *_forgotten(reading),
    ]


def _of_value(reading: Reading, mention: Mention) -> Iterator[Act]:
    governor = reading.clauses.governor(mention)
    slot, value, iri = mention.slot, mention.value, mention.iri
    if any(event.kind == slot for event in reading.asked_in(reading.sentence_of(mention))):
        return  # it only spells out the question: is it based on a true story?
    if governor == "tolerate" and not reading.cues.has("one_of_them", reading.text):
        return
    if governor == "drop":
        yield reading.act("forget", mention, slot=slot, op="-", value=value, iri=iri, polarity="neutral")
    elif reading.is_asked_of_item(mention):
        yield reading.act("ask", mention, slot=slot, op="?", polarity="neutral")
        yield from asked_items(reading, reading.sentence_of(mention))
    elif (op := _code_bound(reading, mention)) is not None:
        yield reading.act("inform", mention, slot=slot, op=op, value=value)
    else:
        name, polarity = _MEANINGS.get(governor, ("inform", "like"))
        join = _join(reading, mention)
        unwanted = mention.parts if polarity == "dislike" else ()
        for part in dict.fromkeys((slot, *unwanted)):
            yield reading.act(name, mention, slot=part, value=value, iri=iri, polarity=polarity, join=join)


def _code_bound(reading: Reading, mention: Mention) -> Operator | None:
    """Return how a code bounds what is wished for: `PG-13 or lower`, `nothing above PG-13`; None where it is itself wished."""
    if reading.finder.schema.slot(mention.slot).kind != "code":
        return None
    before = reading.text[max(0, mention.start - _REACH) : mention.start].rstrip(" -")
    after = reading.text[mention.end :].lstrip(" -")
    for op, name in _BOUNDS:
        ahead = any(found.end() == len(before) for found in reading.cues.find(f"{name}_before", before))
        if ahead or any(found.start() == 0 for found in reading.cues.find(f"{name}_after", after)):
            return op
    return None


def _join(reading: Reading, mention: Mention) -> Literal["", "also", "instead", "or"]:
    """Say whether a wish is an alternative to the one before, comes on top of the earlier ones, or takes their place."""
    place = reading.mentions.index(mention)
    before = reading.mentions[place - 1] if place else None
    if before and before.slot == mention.slot and not before.title:
        between = reading.text[before.end : mention.start].strip()
        if reading.cues.is_all("either", between):
            return "or"
    said = reading.words(reading.sentence_of(mention))
    if reading.cues.has("in_place", said):
        return "instead"
    return "also" if reading.cues.has("as_well", said) else ""


# --- numbers ---


def _of_number(reading: Reading, number: Numeric) -> Iterator[Act]:
    governor, sentence = reading.clauses.governor(number), reading.sentence_of(number)
    compares = number.relative and reading.says("compare", sentence)
    if number.slot == COUNT:
        yield reading.act("request", number, value=number.bounds[0][1], polarity="neutral")
    elif compares or _says_nothing(reading, number):
        return
    elif reading.is_asked_of_item(number):
        yield reading.act("ask", number, slot=number.slot, op="?", polarity="neutral")
        yield from asked_items(reading, sentence)
    elif governor == "drop":
        yield reading.act("forget", number, slot=number.slot, op="-", polarity="neutral")
    else:
        yield from bounds(reading, number.inverted() if governor in ("avoid", "hate") else number)


def _says_nothing(reading: Reading, number: Numeric) -> bool:
    """Say whether a number is part of a question, is all one, or lacks the item beside it that measures it."""
    asked = any(overlaps(number, event) for event in reading.asked_in(reading.sentence_of(number)))
    unmeasured = number.kind == "measured" and not is_measured(reading, number)
    return asked or unmeasured or reading.clauses.governor(number) == "tolerate"


def bounds(reading: Reading, number: Numeric) -> Iterator[Act]:
    """Yield one act a comparison; a relative one is measured by an item."""
    measure = _measure(reading, number) if number.relative else None
    for place, (op, value) in enumerate(_compared(reading, number, measure)):
        known = measure if value is None else value
        join = "or" if number.kind == "either" and place else ""
        if known is not None:
            yield reading.act("inform", number, slot=number.slot, op=op, value=known, join=join)


def _compared(
    reading: Reading, number: Numeric, measure: int | None
) -> tuple[tuple[Operator, int | None], ...]:
    """Return the comparisons that count: none of a relative number beside one that is said, `too long, under 100 minutes`."""
    if not number.relative:
        return number.bounds
    said = any(other.slot == number.slot and not other.relative for other in reading.numbers)
    if said and not is_measured(reading, number):
        return ()
    return number.otherwise if measure is None else number.bounds


def _measure(reading: Reading, number: Numeric) -> int | None:
    """Return the number of the item that is compared with: named here, else in focus, else liked last."""
    than = [title.iri for title in reading.titles if is_measure(reading, number, title)]
    than += [r.items[0] for r in reading.references if is_measure(reading, number, r)]
    named = [title.iri for title in reading.titles if told(reading, title)[0] in ("like", "ask")]
    known = [*than, *named, *reading.state.focus[:1], *reading.state.likes[-1:]]
    item = reading.item(known[0]) if known else None
    facts = item.facts.get(number.slot, ()) if item else ()
    return facts[0].whole if facts else None


# --- the same as an item ---


def _of_shared(reading: Reading) -> Iterator[Act]:
    """Yield a wish for the first value that the item meant has in each slot spoken of: `the same director`."""
    for event in reading.shared:
        slot = reading.finder.schema.slot(event.kind)
        target = reading.target(reading.sentence_of(event))
        item = reading.item(target[0]) if target else None
        for fact in item.facts.get(slot.name, ())[:1] if item else ():
            value, iri = _value_of(slot, fact)
            yield reading.act("inform", event, slot=slot.name, value=value, iri=iri)


def _value_of(slot: Slot, fact: Fact) -> tuple[str | int, str]:
    if slot.kind == "number":
        return fact.whole, ""
    return fact.label("en"), fact.triple[2] if slot.kind == "entity" else ""


# --- wishes dropped ---


def _forgotten(reading: Reading) -> Iterator[Act]:
    """Yield the slots of which the wishes are dropped: `any year is fine`, `年份不限`."""
    for slot, pattern in reading.cues.names.items():
        for found in pattern.finditer(reading.text):
            event = Event(found.start(), found.end(), slot)
            if not any(overlaps(event, asked) for asked in reading.questions) and _is_dropped(reading, event):
                yield reading.act("forget", event, slot=slot, op="-", polarity="neutral")
    for event in reading.open_questions:
        if not any(mention.slot == event.kind for mention in reading.mentions):
            yield reading.act("forget", event, slot=event.kind, op="-", polarity="neutral")


def _is_dropped(reading: Reading, event: Event) -> bool:
    before = reading.text[max(0, event.start - _REACH) : event.start].rstrip()
    after = reading.text[event.end : event.end + _REACH]
    announced = any(found.end() == len(before) for found in reading.cues.find("drop_before", before))
    return announced or any(found.start() <= _NEAR for found in reading.cues.find("after_drop", after))
