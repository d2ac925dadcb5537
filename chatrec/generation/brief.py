"""Items in brief, for any pack: what its shapes want said in lists, what is telling of them, and what tells two items apart."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from chatrec.dialogue.slots import Schema, Slot
from chatrec.dialogue.values import Fact, Language
from chatrec.generation.phrases import phrase, sentence
from chatrec.generation.wording import Literal, Part, fact_literal, framed_literals, joined, wording

_TOLD_APART = 3
"""How many slots a comparison names at most."""
_VALUES = 3
"""How many values a sentence names at most."""
_TOLD = 2
"""How many phrases, and how many sentences, a reply may use of an item."""

Known = Mapping[str, Sequence[Fact]]
"""What is known of an item: its facts that can be said, by slot."""


def card(schema: Schema, language: Language, known: Known) -> Literal:
    """Return an item's name with the values of the slots that its shapes call brief in brackets, where it has any."""
    name = fact_literal(schema.name_slot, known[schema.name_slot.name][0], language)
    slots = [slot for slot in schema.slots if slot.brief and known.get(slot.name)]
    if not slots:
        return name
    rules = wording(language)["brief"]
    values = [fact_literal(slot, known[slot.name][0], language) for slot in slots]
    return framed_literals(rules["card"], {"name": name, "facts": joined(values, rules["between"])})


def contrasts(schema: Schema, language: Language, items: Sequence[Known]) -> list[Literal]:
    """Return, for each of some items, the slots that all have and that tell them apart, numbers first, in the shapes' words."""
    slots = sorted(
        (s for s in schema.slots if _tells_apart(s, language, items)), key=lambda slot: slot.kind != "number"
    )
    between = wording(language)["brief"]["between"]
    return [
        joined([_named(slot, language, known[slot.name][0]) for slot in slots[:_TOLD_APART]], between)
        for known in items
        if slots
    ]


def told(schema: Schema, language: Language, items: Sequence[Known], seed: int) -> list[dict[str, Literal]]:
    """Return the literals of each item that carry their relation words: `phrase`, `phrase2`, and whole sentences, `say`, `say2`.

    Which slots are told of is drawn by the seed; those that count for likeness and that every item has come first, and
    nothing is told twice of an item or of all items alike.
    """
    order = _in_turn(schema, items, seed)
    return [_told_of(order, language, known) for known in items]


def _in_turn(schema: Schema, items: Sequence[Known], seed: int) -> list[Slot]:
    slots = [slot for slot in schema.slots if slot.kind not in ("name", "text") and not slot.brief]
    random.Random(seed).shuffle(slots)
    telling = [slot for slot in slots if len(items) < 2 or len({_value(slot, known) for known in items}) > 1]
    return sorted(
        telling, key=lambda slot: (not all(known.get(slot.name) for known in items), not slot.links)
    )


def _value(slot: Slot, known: Known) -> str:
    return known[slot.name][0].triple[2] if known.get(slot.name) else ""


def _told_of(order: Sequence[Slot], language: Language, known: Known) -> dict[str, Literal]:
    found: dict[str, Literal] = {}
    left = []
    for slot in order:
        facts = known.get(slot.name, ())
        said = phrase(slot, facts[0], language) if facts and len(found) < _TOLD else None
        if said is None:
            left.append(sentence(slot, facts[:_VALUES], language))
        else:
            found[("phrase", "phrase2")[len(found)]] = said
    return found | dict(zip(("say", "say2"), (said for said in left if said), strict=False))


def _tells_apart(slot: Slot, language: Language, items: Sequence[Known]) -> bool:
    if slot.kind in ("name", "text") or any(not known.get(slot.name) for known in items):
        return False
    return len({fact_literal(slot, known[slot.name][0], language).text for known in items}) > 1


def _named(slot: Slot, language: Language, fact: Fact) -> Literal:
    """Return a fact with its relation words, or else with the name of its slot."""
    if said := phrase(slot, fact, language):
        return said
    label = Literal((Part(slot.labels.get(language) or slot.name),))
    form = wording(language)["brief"]["fact"]
    return framed_literals(form, {"slot": label, "value": fact_literal(slot, fact, language)})
