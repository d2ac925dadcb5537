"""How values are written: literals with the triples they state, lists, titles and number phrases of each language.

The words themselves stand in `prompts/LANGUAGE/wording.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from chatrec.config import prompts_dir, read_yaml
from chatrec.dialogue.slots import Slot
from chatrec.dialogue.values import Fact, Language, Operator, Triple


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a literal, with the triple that it states (none for a joining word)."""

    text: str
    triple: Triple | None = None


@dataclass(frozen=True, slots=True)
class Literal:
    """What stands in a reply for a pointer."""

    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        """The literal as it is read."""
        return "".join(part.text for part in self.parts)


@lru_cache
def wording(language: Language) -> dict[str, Any]:
    """Return the wording rules of a language."""
    loaded: dict[str, Any] = read_yaml(prompts_dir() / language / "wording.yaml")
    return loaded


def plain(text: str, triple: Triple | None = None) -> Literal:
    """Return a literal of one part."""
    return Literal((Part(text, triple),))


def framed(form: str, values: dict[str, Part]) -> Literal:
    """Fill a form such as `between {low} and {high}`; each value keeps its triple."""
    pieces = re.split(r"\{(\w+)\}", form)
    parts = [values[piece] if i % 2 else Part(piece) for i, piece in enumerate(pieces)]
    return Literal(tuple(part for part in parts if part.text))


def framed_literals(form: str, values: dict[str, Literal]) -> Literal:
    """Fill a form such as `{name} ({facts})` with literals; each keeps its parts."""
    pieces = re.split(r"\{(\w+)\}", form)
    parts = [values[piece].parts if i % 2 else (Part(piece),) for i, piece in enumerate(pieces) if piece]
    return Literal(tuple(part for group in parts for part in group))


def joined(literals: Sequence[Literal], between: str) -> Literal:
    """Join literals with the same words between any two."""
    gaps = [part for literal in literals for part in (Part(between), *literal.parts)]
    return Literal(tuple(gaps[1:]))


def titled(title: str, triple: Triple, slot: Slot, language: Language) -> Literal:
    """Return what an item is called, with the marks around it that its slot asks for: a work has some, a lamp has none."""
    return framed(slot.value_form.get(language, "{value}"), {"value": Part(title, triple)})


def fact_literal(slot: Slot, fact: Fact, language: Language) -> Literal:
    """Return the literal of a fact: a title with its marks, any other value in the form of its slot."""
    label = fact.label(language)
    if slot.kind == "name":
        return titled(label, fact.triple, slot, language)
    before, _, after = slot.value_form.get(language, "{value}").partition("{value}")
    parts = (Part(before), Part(label, fact.triple), Part(after))
    return Literal(tuple(part for part in parts if part.text))


def listed(literals: Sequence[Literal], language: Language) -> Literal:
    """Join literals to a list: `a, b and c`."""
    joints = wording(language)["list"]
    parts: list[Part] = []
    for i, literal in enumerate(literals):
        if i:
            parts.append(Part(joints["last"] if i == len(literals) - 1 else joints["between"]))
        parts += literal.parts
    return Literal(tuple(parts))


def _number_forms(slot: Slot, language: Language) -> dict[str, str]:
    """Return the forms of a slot's number phrases; where it has none of its own, the common ones with its unit."""
    numbers = wording(language)["number"]
    if slot.name in numbers:
        return dict(numbers[slot.name])
    unit = slot.value_form.get(language, "{value}")
    return {
        key: form.replace("{value}", unit).replace("{high}", unit.replace("{value}", "{high}"))
        for key, form in numbers["other"].items()
    }


def number_phrase(
    slot: Slot, wishes: Sequence[tuple[Operator, int]], language: Language, subject: str
) -> Literal:
    """Write wishes about a number as one phrase: `after 2014`, `under 30 euros`, `from the 1980s`."""
    forms = _number_forms(slot, language)

    def part(value: int) -> Part:
        return Part(str(value), (subject, "said", str(value)))

    bounds = dict(wishes)
    low, high = bounds.get(">=", bounds.get(">")), bounds.get("<=", bounds.get("<"))
    if low is not None and high is not None:
        decade = "decade" in forms and low % 10 == 0 and high == low + 9
        return framed(forms["decade" if decade else "range"], {"low": part(low), "high": part(high)})
    operator, value = wishes[-1]
    return framed(forms[operator], {"value": part(value)})
