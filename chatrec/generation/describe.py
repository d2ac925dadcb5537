"""A description of an item, written from its facts alone by the sentences of the shapes; every fact has its claim."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from chatrec.dialogue.slots import Schema, Slot
from chatrec.dialogue.values import Fact, Item, Language, Sentence
from chatrec.generation.brief import card
from chatrec.generation.surface import render
from chatrec.generation.templates import Template, parse
from chatrec.generation.verbaliser import plain_texts
from chatrec.generation.wording import Literal, fact_literal, listed, wording

_MOST = 3
"""Values of a slot that are named at most."""


def describe(schema: Schema, item: Item, language: Language) -> Iterator[Sentence]:
    """Yield the sentences of a description: what the item is, then one a slot, in the order of the shapes.

    Texts that the graph holds (a synopsis) are left out: a description stands in for them.
    """
    known = {slot.name: literal for slot in schema.slots if (literal := _values(slot, item, language))}
    known["title"] = fact_literal(schema.name_slot, item.name(schema.name_slot.name, language), language)
    licence = {**known, "card": card(schema, language, _sayables(schema, item, language))}
    gap = wording(language)["between_sentences"]
    for i, template in enumerate(_templates(schema, known, language)):
        parts = (gap + template.parts[0], *template.parts[1:]) if i else template.parts
        yield render(parts, licence, language, first=not i)


def _templates(schema: Schema, known: Mapping[str, Literal], language: Language) -> Iterator[Template]:
    yield plain_texts(language)["describe"][0]
    for slot in schema.slots:
        form = slot.sentence.get(language)
        if slot.name in known and form and not slot.brief and slot.kind not in ("name", "text"):
            yield parse(form.replace("{value}", f"<{slot.name}>"))


def _sayables(schema: Schema, item: Item, language: Language) -> dict[str, list[Fact]]:
    named = {slot.name: _sayable(slot, item, language) for slot in schema.slots}
    return named | {schema.name_slot.name: [item.name(schema.name_slot.name, language)]}


def _sayable(slot: Slot, item: Item, language: Language) -> list[Fact]:
    facts = item.facts.get(slot.name, ())
    named = [fact for fact in facts if language in fact.labels]
    return named if slot.kind in ("name", "text") and named else list(facts)


def _values(slot: Slot, item: Item, language: Language) -> Literal | None:
    facts = _sayable(slot, item, language)
    if slot.kind in ("name", "text") or not facts:
        return None
    return listed([fact_literal(slot, fact, language) for fact in facts[:_MOST]], language)
