"""What the columns of a source hold, counted as the records pass: how many values, of which kind, how different."""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import TypeVar

from chatrec.grounding.importing.text import is_missing, key, number
from chatrec.grounding.importing.values import Record

_T = TypeVar("_T")

_MOST_DISTINCT = 20_000
_SAMPLE = 4_000
_SEPARATORS = ("|", ";", "；", "、", " / ", "/", ",", "，")
_PIECE = 40
"""Longest average piece of a list, in characters."""
_SIGNS = {
    "$": ("$", "usd"),
    "€": ("€", "eur"),
    "£": ("£", "gbp"),
    "¥": ("¥", "￥", "元", "cny", "rmb"),
    "₹": ("₹", "inr"),
}
_CURRENCIES = {word: sign for sign, words in _SIGNS.items() for word in words}
_URL = re.compile(r"(?:https?://|www\.|/)\S+")
_BOOLEAN = frozenset(("yes", "no", "true", "false", "y", "n", "t", "f", "0", "1", "是", "否", "有", "无"))


@dataclass(eq=False)
class Profile:
    """A column: counts, the distinct values up to 20,000, and a uniform sample of its fields."""

    header: str
    count: int = 0
    several: int = 0
    numeric: int = 0
    whole: int = 0
    letters: int = 0
    urls: int = 0
    distinct: Counter[str] = field(default_factory=Counter)
    sample: list[str] = field(default_factory=list)
    numbers: list[Decimal] = field(default_factory=list)
    _random: random.Random = field(default_factory=lambda: random.Random(0))

    def add(self, values: tuple[str, ...]) -> None:
        """Count a field; a source that has lists gives several values."""
        self.several += len(values) > 1
        for value in values:
            if not is_missing(value):
                self._add(value)

    def _add(self, value: str) -> None:
        self.count += 1
        self.letters += len(value)
        self.urls += bool(_URL.fullmatch(value))
        if len(self.distinct) < _MOST_DISTINCT or key(value) in self.distinct:
            self.distinct[key(value)] += 1
        if (read := number(value)) is not None:
            self.numeric += 1
            self.whole += read == read.to_integral_value()
            self._keep(self.numbers, read)
        self._keep(self.sample, value)

    def _keep(self, sample: list[_T], value: _T) -> None:
        """Keep a uniform sample of what has passed (reservoir sampling, Vitter 1985)."""
        if len(sample) < _SAMPLE:
            sample.append(value)
        elif (place := self._random.randrange(self.count)) < _SAMPLE:
            sample[place] = value

    @property
    def mean_length(self) -> float:
        """Mean length of a value, in characters."""
        return self.letters / max(self.count, 1)

    @property
    def variety(self) -> float:
        """Share of values that are different, 0 to 1."""
        return len(self.distinct) / max(self.count, 1)

    @property
    def is_numeric(self) -> bool:
        """Say whether nearly all values are numbers; dirty ones may be among them."""
        return self.count > 0 and self.numeric >= 0.8 * self.count

    @property
    def is_whole(self) -> bool:
        """Say whether nearly all of its numbers are whole."""
        return self.whole >= 0.99 * max(self.numeric, 1)

    @property
    def is_boolean(self) -> bool:
        """Say whether the values only say yes or no."""
        return 0 < len(self.distinct) <= 2 and all(value in _BOOLEAN for value in self.distinct)

    @property
    def is_address(self) -> bool:
        """Say whether the values are addresses of pages or pictures."""
        return self.urls > 0.8 * self.count

    @cached_property
    def separator(self) -> str:
        """What stands between several values of a field; empty where a field is one value."""
        return next((mark for mark in _SEPARATORS if self._separates(mark)), "")

    def _separates(self, mark: str) -> bool:
        """A separator stands in some fields, and its pieces are short and recur more than the fields do."""
        fields = [value for value in self.sample if not is_missing(value)]
        split = [value for value in fields if mark in value]
        if len(split) < max(1, 0.03 * len(fields)):
            return False
        pieces = [key(piece) for value in fields for piece in value.split(mark) if piece.strip()]
        if not pieces or sum(map(len, pieces)) / len(pieces) > _PIECE:
            return False
        if mark in ("|", ";", "；"):
            return True
        fresh, whole = len(set(pieces)) / len(pieces), len({key(value) for value in fields}) / len(fields)
        return fresh < 0.8 * whole or fresh < 0.3 < whole

    @cached_property
    def currency(self) -> str:
        """The currency that stands in the header or in most of the values; empty where there is none."""
        words = set(re.split(r"[^a-z€$£¥￥₹元]+", self.header.casefold()))
        named = next((sign for word, sign in _CURRENCIES.items() if word in words), "")
        marks = Counter(
            sign for value in self.sample for word, sign in _CURRENCIES.items() if word in value.casefold()
        )
        common = marks.most_common(1)
        return named or (common[0][0] if common and common[0][1] > 0.5 * len(self.sample) else "")


class Profiles:
    """The profiles of all columns, in the order in which they were met."""

    def __init__(self) -> None:
        self.columns: dict[str, Profile] = {}
        self.rows = 0

    def add(self, record: Record) -> None:
        """Count a record."""
        self.rows += 1
        for header, values in record.fields.items():
            self.columns.setdefault(header, Profile(header)).add(values)
