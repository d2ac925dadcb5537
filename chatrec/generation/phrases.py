"""Values with the relation words that the shapes give them, behind a name (`by Ann Lee`) or as a wish (`a mystery for teens`).

A pack that no replies are written for is spoken of in these: its replies need no slot's name (`prompts/LANGUAGE/generic`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chatrec.dialogue.slots import Slot
from chatrec.dialogue.values import Fact, Language
from chatrec.generation.wording import Literal, Part, fact_literal, framed_literals, joined, listed, wording


@dataclass(frozen=True, slots=True)
class Wish:
    """One slot's wishes as a literal, and the node that is wished for (empty: a number)."""

    slot: Slot
    literal: Literal
    iri: str = ""


def phrase(slot: Slot, fact: Fact, language: Language) -> Literal | None:
    """Return a fact with its relation words; None where neither its value nor its slot has any in that language."""
    form = _form(slot, fact.triple[2], language)
    return framed_literals(form, {"value": fact_literal(slot, fact, language)}) if form else None


def sentence(slot: Slot, facts: Sequence[Fact], language: Language) -> Literal | None:
    """Return some facts of a slot as the sentence of its shape; None where it has none in that language."""
    form = slot.sentence.get(language)
    if not form or not facts:
        return None
    values = listed([fact_literal(slot, fact, language) for fact in facts], language)
    return framed_literals(form, {"value": values})


def shared(slot: Slot, fact: Fact, language: Language) -> Literal:
    """Return a fact that two items have in common, with the name of its slot: `its author (Ann Lee)`."""
    label = Literal((Part(slot.labels.get(language) or slot.name),))
    form = wording(language)["generic"]["shared"]
    return framed_literals(form, {"slot": label, "value": fact_literal(slot, fact, language)})


def wished(wishes: Sequence[Wish], language: Language) -> Literal | None:
    """Return wishes as one phrase: what is wished for (`headphones`), the rest around it (`foldable`, `under 200 euros`)."""
    if not wishes:
        return None
    rules = wording(language)["generic"]
    groups: dict[str, list[Literal]] = {"before": [], "head": [], "after": []}
    for wish in wishes:
        groups[_place(wish, language)].append(_wish(wish, language))
    if not groups["head"] and rules["something"]:
        something = Literal((Part(rules["something"]),))
        groups = {"before": [], "head": [something], "after": groups["before"] + groups["after"]}
    named = {name: joined(group, rules["between"]) for name, group in groups.items()}
    filled = [name for name in ("before", "head", "after") if groups[name]]
    return framed_literals(rules["wishes"][" ".join(filled)], named)


def _wish(wish: Wish, language: Language) -> Literal:
    form = None if wish.slot.kind == "number" else _form(wish.slot, wish.iri, language)
    return framed_literals(form or "{value}", {"value": wish.literal})


def _place(wish: Wish, language: Language) -> str:
    """Say where a wish stands: a noun is the head, a bare value before it, what has relation words behind it."""
    if wish.slot.kind == "number" or wish.slot.brief:
        return "after"
    form = _form(wish.slot, wish.iri, language)
    if form is None or form in wording(language)["generic"]["heads"]:
        return "head"
    return "before" if form == "{value}" else "after"


def _form(slot: Slot, iri: str, language: Language) -> str | None:
    return slot.own_phrases.get(iri, {}).get(language) or slot.phrase.get(language)
