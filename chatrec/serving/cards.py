"""What the panel shows, as plain values in one language: wishes, rated items, and a card for each item."""

from __future__ import annotations

from dataclasses import dataclass

from chatrec.config import settings
from chatrec.dialogue.feedback import rating_of
from chatrec.dialogue.slots import Slot
from chatrec.dialogue.values import Candidate, Constraint, Fact, Item, Language, State, Turn
from chatrec.grounding.pack import Pack
from chatrec.serving.labels import name_of, reason_text, wish_text
from chatrec.serving.paths import Picture, picture
from chatrec.serving.payload import name, why
from chatrec.serving.texts import marked, pack_texts, say, slot_text, texts, value_text

_TAGS_A_SLOT = 2
_CREDITS = 2
_NAMES = 3
_VARIETIES = {"focused": 0.2, "mixed": 0.6, "wide": 0.9}
"""How much a list avoids items that are alike, by the choices that people have."""


@dataclass(frozen=True, slots=True)
class Chip:
    """Something that a person can take back: `key` says what, `remove` labels the button.

    A soft wish that comes of the context has a `reason`.
    """

    key: str
    text: str
    remove: str
    slot: str = ""
    polarity: str = "like"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Variety:
    """A choice of how varied lists are: how much they avoid items that are alike (0 to 1), and whether it is in force."""

    diversity: float
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Card:
    """An item as it is shown: `rating` is the person's; each of `tags` tells whether it was wished.

    `picture` shows why it is listed, where anything speaks for it; `more` is the message that asks for its like.
    """

    iri: str
    title: str
    rating: str
    meta: tuple[str, ...]
    credits: tuple[tuple[str, str], ...]
    tags: tuple[tuple[str, bool], ...]
    texts: tuple[str, ...]
    why: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    picture: Picture | None
    why_title: str
    more: str


def wish_key(wish: Constraint) -> str:
    """Return what tells a wish from the others in force."""
    return "|".join((wish.slot, wish.op, wish.iri or str(wish.value), wish.polarity))


def chips(state: State, pack: Pack, language: Language) -> list[Chip]:
    """Return the wishes in force."""
    found = []
    for wish in state.constraints:
        text = wish_text(wish, pack, language)
        remove, slot = say(language, "remove", value=text), slot_text(pack.schema, wish.slot, language)
        reason = reason_text(wish, state, pack, language)
        found.append(Chip(wish_key(wish), text, remove, slot, wish.polarity, reason))
    return found


def varieties(state: State, language: Language) -> list[Variety]:
    """Return how varied lists may be; the one in force (the nearest, where another number was set) is chosen."""
    wanted = settings().diversity if state.diversity is None else state.diversity
    nearest = min(_VARIETIES.values(), key=lambda diversity: abs(diversity - wanted))
    return [
        Variety(diversity, texts(language)[f"variety_{name}"], diversity == nearest)
        for name, diversity in _VARIETIES.items()
    ]


def rated(state: State, pack: Pack, language: Language) -> list[tuple[str, list[Chip]]]:
    """Return the items that the person liked, disliked or has seen, by heading."""
    words = pack_texts(pack, language)
    groups = (("likes", state.likes), ("dislikes", state.dislikes), ("seen", state.seen))
    return [(words[key], [_rated(iri, pack, language) for iri in iris]) for key, iris in groups if iris]


def _rated(iri: str, pack: Pack, language: Language) -> Chip:
    title = name_of(pack, iri, language) or iri
    return Chip(iri, title, say(language, "remove", value=title))


def cards(turn: Turn | None, state: State, pack: Pack, language: Language) -> list[Card]:
    """Return a card for each item of a turn's list, rated as the state has it."""
    if turn is None:
        return []
    return [_card(candidate, state, pack, language) for candidate in turn.candidates]


def _card(candidate: Candidate, state: State, pack: Pack, language: Language) -> Card:
    """Return one card, rated as the state has it."""
    item, slots = candidate.item, pack.schema.slots
    title = name(item, language, pack)
    credited = [slot for slot in slots if slot.links and not slot.rare_first][:_CREDITS]
    return Card(
        iri=item.iri,
        title=title,
        rating=rating_of(state, item.iri),
        meta=tuple(
            value_text(pack.schema, fact, language)
            for slot in slots
            if slot.brief or slot.kind in ("number", "code")
            for fact in item.facts.get(slot.name, ())[:1]
        ),
        credits=tuple(
            _line(slot, item, pack, language, _NAMES) for slot in credited if slot.name in item.facts
        ),
        tags=_tags(candidate, slots, language),
        texts=tuple(
            fact.label(language)
            for slot in slots
            if slot.kind == "text"
            if (fact := item.fact(slot.name, language))
        ),
        why=tuple(why(candidate, language, pack)),
        facts=tuple(
            _line(slot, item, pack, language)
            for slot in slots
            if slot.name in item.facts and slot.kind != "text"
        ),
        picture=picture(candidate, pack, language),
        why_title=say(language, "why_title", title=marked(pack.schema, title, language)),
        more=say(language, "like_message", title=marked(pack.schema, title, language)),
    )


def _line(slot: Slot, item: Item, pack: Pack, language: Language, most: int | None = None) -> tuple[str, str]:
    """Return a slot's name and its values, joined as the language joins them."""
    facts = _in_language(item.facts[slot.name], language) if slot.kind == "name" else item.facts[slot.name]
    values = [value_text(pack.schema, fact, language) for fact in facts[:most]]
    return slot_text(pack.schema, slot.name, language), texts(language)["comma"].join(values)


def _in_language(facts: tuple[Fact, ...], language: Language) -> tuple[Fact, ...]:
    """Return the facts with a label in the language, or all where none has one."""
    return tuple(fact for fact in facts if language in fact.labels) or facts


def _tags(candidate: Candidate, slots: tuple[Slot, ...], language: Language) -> tuple[tuple[str, bool], ...]:
    """Return telling values; those that meet a wish come first and are marked."""
    wished = {fact.triple for _, fact in candidate.met}
    found = []
    for slot in slots:
        if slot.rare_first:
            facts = sorted(
                candidate.item.facts.get(slot.name, ()), key=lambda fact: fact.triple not in wished
            )
            found += [(fact.label(language), fact.triple in wished) for fact in facts[:_TAGS_A_SLOT]]
    return tuple(found)
