"""Numbers in a message: years, lengths and counts, said outright or by comparison with an item."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import cast

from chatrec.dialogue.cues import Bound, Cues, NumberRule
from chatrec.dialogue.surroundings import longest
from chatrec.dialogue.values import Operator

COUNT = "count"
"""The slot of the number of items wished for; it is none of the schema's."""

_HOURS = 10
"""A number below this without a unit counts hours."""

_INVERSE = {">": "<=", ">=": "<", "<": ">=", "<=": ">", "=": "="}
_FULL_YEAR = re.compile(r"(?<!\d)(?:1[89]|20)\d\d(?!\d)")


@dataclass(frozen=True, slots=True)
class Numeric:
    """A wish about a number: span in the folded text, slot, and comparisons.

    Relative ones have no value yet; `otherwise` holds what they mean where there is nothing to compare with. The bounds of
    an `either` are two ranges of which one must be met. `vague` and `measured` as in `NumberRule`.
    """

    start: int
    end: int
    slot: str
    bounds: tuple[tuple[Operator, int | None], ...]
    relative: bool = False
    otherwise: tuple[tuple[Operator, int | None], ...] = ()
    kind: str = "plain"

    def inverted(self) -> Numeric:
        """Return the opposite wish: not before 1990 is from 1990 on; not in the eighties is after them."""
        bounds = self.bounds if len(self.bounds) == 1 else self.bounds[1:]
        turned = tuple((cast(Operator, _INVERSE[op]), value) for op, value in bounds)
        return replace(self, bounds=turned, kind="plain")


def read_number(words: str, cues: Cues) -> float | None:
    """Read digits or number words, e.g. `2.5`, `ninety`, `一百二十`. None where there are none."""
    digits = re.search(r"\d+(?:\.\d)?", words)
    if digits:
        return float(digits[0])
    total, last = 0, 0
    found = sorted(_words(words, cues), key=lambda pair: pair[0])
    for _, word in found:
        value = cues.numerals[word]
        if word in cues.words.get("multipliers", ()):
            total, last = total - last + max(last, 1) * value, 0
        else:
            total, last = total + value, value
    return float(total) if found else None


def _words(text: str, cues: Cues) -> Iterator[tuple[int, str]]:
    """Yield the number words of a text and where they stand, longer ones before those they contain."""
    for word in sorted(cues.numerals, key=len, reverse=True):
        while (at := text.find(word)) >= 0:
            yield at, word
            text = text[:at] + "\0" * len(word) + text[at + len(word) :]


def years(text: str, cues: Cues) -> list[int]:
    """Return the years of a folded phrase; a decade counts as its first year."""
    words = [cues.shapes[name].pattern for name in ("year_words", "decade") if name in cues.shapes]
    pattern = re.compile("|".join([_FULL_YEAR.pattern, *words]))
    return [year for found in pattern.finditer(text) if (year := _year(found[0], cues)) is not None]


def _year(text: str, cues: Cues) -> int | None:
    full = _FULL_YEAR.search(text)
    value = int(full[0]) if full else _digits(text, cues) or read_number(text, cues)
    if value is None:
        return None
    return int(value) if value >= 1000 else int(value) + (1900 if value >= 30 else 2000)


def _digits(text: str, cues: Cues) -> int | None:
    """Return a year that is spelt digit by digit: 二零一四."""
    values = [cues.numerals.get(character, 10) for character in text]
    return int("".join(map(str, values))) if len(text) == 4 and all(value < 10 for value in values) else None


def minutes(text: str, cues: Cues) -> list[int]:
    """Return the lengths of time in a folded phrase, in minutes; a bare number is one of hours if it is small."""
    pattern = re.compile(f"{cues.shapes['duration'].pattern}|{cues.shapes['n'].pattern}")
    return [value for found in pattern.finditer(text) if (value := _minutes(found[0], cues))]


def _minutes(text: str, cues: Cues) -> int:
    hour = cues.shapes["hour"].search(text)
    if hour is None:
        number = read_number(text, cues) or 0.0
        bare = not cues.shapes["minute"].search(text)
        return int(60 * number if bare and number < _HOURS else number)
    before, after = text[: hour.start()], text[hour.end() :]
    half = cues.shapes["half"]
    count = read_number(half.sub("", before), cues)
    halves = bool(half.search(before) or half.search(after))
    whole = count if count is not None else 0.0 if half.search(before) else 1.0
    rest = 0.0 if half.search(after) else read_number(after, cues) or 0.0
    return int(60 * whole + (30 if halves else 0) + rest)


def _numbers(slot: str, text: str, cues: Cues) -> list[int]:
    if slot == "year":
        return years(text, cues)
    if slot == "runtime":
        return minutes(text, cues)
    found = [read_number(match[0], cues) for match in cues.shapes["n"].finditer(text)]
    return [int(value) for value in found if value is not None]


def _amounts(text: str, rule: NumberRule, cues: Cues) -> list[int]:
    """Return the numbers of a text in the slot's own unit: 2 kg are 2000 grams."""
    number = re.compile(rf"\d+(?:[.,]\d+)*|{cues.shapes['n'].pattern}")
    units = sorted(rule.units, key=len, reverse=True)
    values = []
    for found in number.finditer(text):
        after = text[found.end() :].lstrip(" -")
        worth = next((rule.units[unit] for unit in units if after.startswith(unit)), 1.0)
        words = re.sub(r",(?=\d{3})", "", found[0])
        value = float(words) if re.fullmatch(r"\d+(?:\.\d+)?", words) else read_number(words, cues) or 0.0
        values.append(int(worth * value))
    return values


def _value(bound: Bound, numbers: Sequence[int], today: int) -> int | None:
    if bound.source in ("first", "second"):
        index = ("first", "second").index(bound.source)
        return numbers[index] + bound.offset if index < len(numbers) else None
    return (today if bound.source == "today" else int(bound.source)) + bound.offset


def _read(rule: NumberRule, found: re.Match[str], cues: Cues, today: int) -> Numeric | None:
    if rule.kind in ("relative", "measured"):
        bounds = tuple((cast(Operator, bound.op), None) for bound in rule.means)
        otherwise = tuple((cast(Operator, b.op), _value(b, (), today)) for b in rule.otherwise)
        return Numeric(found.start(), found.end(), rule.slot, bounds, True, otherwise, rule.kind)
    numbers = _amounts(found[0], rule, cues) if rule.units else _numbers(rule.slot, found[0], cues)
    values = [(cast(Operator, bound.op), _value(bound, numbers, today)) for bound in rule.means]
    if not values or any(value is None for _, value in values):
        return None
    said = Numeric(found.start(), found.end(), rule.slot, tuple(values), kind=rule.kind)
    return _joined(said) if rule.kind == "either" else said


def _joined(number: Numeric) -> Numeric:
    """Return two ranges in the order of time, as one where they touch: the 80s or 90s."""
    first, last = sorted((number.bounds[:2], number.bounds[2:]), key=lambda pair: pair[0][1] or 0)
    if (first[1][1] or 0) + 1 < (last[0][1] or 0):
        return replace(number, bounds=(*first, *last))
    return replace(number, bounds=(first[0], last[1]), kind="plain")


def find_numbers(text: str, cues: Cues, today: int | None = None) -> tuple[Numeric, ...]:
    """Find what a folded text says about numbers, in order; of overlapping readings the longest wins.

    `today` is the present year, for words such as `recent`. The slot `count` is the number of items wished for.
    """
    year = today or datetime.datetime.now(tz=datetime.UTC).year
    readings = [
        reading
        for rule in cues.numbers
        for found in rule.pattern.finditer(text)
        if found.end() > found.start() and (reading := _read(rule, found, cues, year))
    ]
    return tuple(_telling(longest(readings)))


def _telling(numbers: Sequence[Numeric]) -> Iterator[Numeric]:
    """Yield the numbers without the vague ones of slots of which a number is said: `old, from before 1960`."""
    said = {number.slot for number in numbers if number.kind in ("plain", "either")}
    return (number for number in numbers if number.kind != "vague" or number.slot not in said)
