"""Items in brief, for any pack: what its shapes want said in lists, and what tells two items apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chatrec.dialogue.values import Language, Schema, Slot
from chatrec.generation.wording import Literal, Part, framed_literals, joined, wording

_TOLD_APART = 3
"""How many slots a comparison names at most."""

Known = Mapping[str, Literal]
"""The literals of one item, by slot; its name under `title`."""


def card(schema: Schema, language: Language, known: Known) -> Literal:
    """Return an item's name with the values of the slots that its shapes call brief in brackets, where it has any."""
    values = [known[slot.name] for slot in schema.slots if slot.brief and slot.name in known]
    if not values:
        return known["title"]
    rules = wording(language)
    facts = joined(values, rules["brief"]["between"])
    return framed_literals(rules["brief"]["card"], {"name": known["title"], "facts": facts})


def contrasts(schema: Schema, language: Language, items: Sequence[Known]) -> list[Literal]:
    """Return, for each of some items, the slots that all have and that tell them apart, numbers first, with their names."""
    slots = sorted(
        (s for s in schema.slots if _tells_apart(s, items)), key=lambda slot: slot.kind != "number"
    )
    forms = wording(language)["brief"]
    return [
        joined([_named(slot, language, known[slot.name]) for slot in slots[:_TOLD_APART]], forms["between"])
        for known in items
        if slots
    ]


def _tells_apart(slot: Slot, items: Sequence[Known]) -> bool:
    if slot.kind in ("name", "text") or any(slot.name not in known for known in items):
        return False
    return len({known[slot.name].text for known in items}) > 1


def _named(slot: Slot, language: Language, value: Literal) -> Literal:
    label = slot.labels.get(language) or slot.name
    form = wording(language)["brief"]["fact"]
    return framed_literals(form, {"slot": Literal((Part(label),)), "value": value})
