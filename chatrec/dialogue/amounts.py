"""Amounts of any pack: the shapes give the units and comparative words of a slot, prompts/LANGUAGE/amounts.yaml the phrases."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from chatrec.config import prompts_dir, read_yaml
from chatrec.dialogue.cues import Bound, Cues, NumberRule
from chatrec.dialogue.folding import fold
from chatrec.dialogue.slots import Schema, Slot
from chatrec.dialogue.values import Language

_DIGITS = r"\d+(?:[.,]\d+)*"
_MEANS = re.compile(r"(<=|>=|<|>) (first|second)")


@lru_cache
def _phrases(language: Language) -> dict[str, Any]:
    path = prompts_dir() / language / "amounts.yaml"
    return dict(read_yaml(path)) if path.exists() else {}


def amount_rules(schema: Schema, cues: Cues) -> Iterator[NumberRule]:
    """Yield the rules of the slots of kind number whose shapes give units, comparative words or named ranges."""
    for slot in schema.slots:
        yield from _named_ranges(slot)
        if slot.kind == "number" and slot.words:
            for language in schema.languages:
                yield from _rules(slot, cues, _phrases(language))


def _named_ranges(slot: Slot) -> Iterator[NumberRule]:
    for label, least, most in slot.ranges:
        bounds = [Bound(op, str(value)) for op, value in ((">=", least), ("<=", most)) if value is not None]
        yield NumberRule(slot.name, "vague", re.compile(rf"(?<![a-z0-9]){_either((label,))}"), tuple(bounds))


def _rules(slot: Slot, cues: Cues, phrases: Mapping[str, Any]) -> Iterator[NumberRule]:
    units = read_units(slot)
    places = {
        "{amount}": _amount(slot, units, cues),
        "{more}": _either(slot.words.get("more", ())),
        "{less}": _either(slot.words.get("less", ())),
    }
    for means, forms in phrases.get("phrases", {}).items():
        if units or slot.bare:
            yield NumberRule(slot.name, "plain", _pattern(forms, places), _bounds(means), units=units)
    if units:
        strict = {**places, "{amount}": _amount(slot, units, cues, bare=False)}
        means = f"{next(iter(slot.words.get('plain', ())), '<=')} first"
        pattern = _pattern(phrases.get("plain", ()), strict)
        yield NumberRule(slot.name, "plain", pattern, _bounds(means), units=units)
    for means, forms in phrases.get("relative", {}).items():
        yield NumberRule(slot.name, "relative", _pattern(forms, places), _bounds(means))


def read_units(slot: Slot) -> dict[str, float]:
    """Return the folded unit words of a slot and what one of each is worth: `kg = 1000`."""
    pairs = (word.partition(" = ") for word in slot.words.get("unit", ()))
    return {fold(word).text: float(worth or 1) for word, _, worth in pairs}


def _amount(slot: Slot, units: Mapping[str, float], cues: Cues, bare: bool = True) -> str:
    number = f"(?:{_DIGITS}|{cues.shapes['n'].pattern})"
    unit = rf"(?:[\s-]?{_either(tuple(units))})"
    return f"(?:€ ?)?{number}{unit}{'?' if slot.bare and bare else ''}"


def _either(words: tuple[str, ...]) -> str:
    folded = sorted((fold(word).text for word in words), key=len, reverse=True)
    return f"(?:{'|'.join(_whole(word) for word in folded) or '(?!)'})"


def _whole(word: str) -> str:
    return re.escape(word) + (r"(?![a-z])" if word[-1:].isascii() and word[-1:].isalpha() else "")


def _pattern(forms: list[str] | tuple[str, ...], places: Mapping[str, str]) -> re.Pattern[str]:
    text = "|".join(forms) or "(?!)"
    for name, source in places.items():
        text = text.replace(name, source)
    return re.compile(rf"(?<![a-z0-9.])(?:{text})(?![0-9])(?![.]\d)")


def _bounds(means: str) -> tuple[Bound, ...]:
    return tuple(Bound(op, source) for op, source in _MEANS.findall(means))
