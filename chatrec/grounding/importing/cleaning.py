"""Cleaning: a record becomes an item with typed values, or rejects that say what is wrong with it."""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from chatrec.dialogue.values import Language
from chatrec.grounding.importing.text import key, language_of, lexical, number, split, year
from chatrec.grounding.importing.values import (
    VALUE,
    CleanItem,
    ColumnRule,
    Labels,
    PackShapes,
    Plan,
    Record,
    Reject,
    ShapeSlot,
)

_DEVIATIONS = 8
_LEAST_FACTOR = 20
_LEAST_NUMBERS = 30
_LONGEST_NAME = 300
_LONGEST_LABEL = 120
_WHOLE = "http://www.w3.org/2001/XMLSchema#integer"

Accepts = Callable[[str, Labels], bool]
"""Says whether a value of a class, named so, is in the graph or may be added to it."""


class RowError(Exception):
    """A row cannot be taken over; carries the reject."""

    def __init__(self, reject: Reject) -> None:
        super().__init__(reject.reason)
        self.reject = reject


def plausible(slot: ShapeSlot, numbers: Sequence[Decimal]) -> ShapeSlot:
    """Return a number slot with a bound where the shapes have none: beyond 8 median absolute deviations is an outlier.

    Positive numbers are measured by their logarithms, and a factor of 20 from the median is never an outlier.
    """
    high = slot.high
    positive = [float(value) for value in numbers if value > 0]
    if (slot.low is not None and high is not None) or len(positive) < max(_LEAST_NUMBERS, 0.9 * len(numbers)):
        return slot
    logs = [math.log(value) for value in positive]
    middle = statistics.median(logs)
    spread = 1.4826 * statistics.median(abs(value - middle) for value in logs)
    most = math.exp(min(middle + max(_DEVIATIONS * spread, math.log(_LEAST_FACTOR)), 700))
    return slot if high is not None else replace(slot, high=float(f"{most:.3g}"))


@dataclass(eq=False)
class _Row:
    """A row under cleaning: what was read so far."""

    record: Record
    names: list[tuple[str, Language]] = field(default_factory=list)
    numbers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    entities: dict[str, dict[str, list[tuple[str, Language]]]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    texts: dict[str, dict[Language, str]] = field(default_factory=lambda: defaultdict(dict))
    identifier: str = ""
    rejects: list[Reject] = field(default_factory=list)

    def refuse(self, column: str, value: str, reason: str) -> None:
        """Leave out one value."""
        self.rejects.append(Reject(self.record.line, column, value[:200], reason, VALUE))

    def fail(self, column: str, value: str, reason: str) -> RowError:
        """Return the error that rejects the whole row."""
        return RowError(Reject(self.record.line, column, value[:200], reason))


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What became of a record: the item, unless the row was rejected, and what was left out."""

    item: CleanItem | None
    rejects: tuple[Reject, ...]


@dataclass(frozen=True, eq=False)
class Cleaner:
    """Cleans the records of a source.

    Args:
        plan: what becomes of the columns.
        shapes: the schema.
        slots: the slots by name, with the bounds beyond which a number is an outlier.
        accepts: whether an entity is in the graph or may be added.
    """

    plan: Plan
    shapes: PackShapes
    slots: Mapping[str, ShapeSlot]
    accepts: Accepts

    def clean(self, record: Record) -> Cleaned:
        """Clean one record."""
        row = _Row(record)
        try:
            for header, rule in self.plan.columns.items():
                for value in self._values(record, header, rule):
                    self._read(row, header, rule, value)
            entities = self._entities(row)
            self._require(row, entities)
        except RowError as error:
            return Cleaned(None, (*row.rejects, error.reject))
        item = CleanItem(
            record.line, tuple(row.names), row.numbers, entities, row.texts, row.identifier, (record.line,)
        )
        return Cleaned(item, tuple(row.rejects))

    def _values(self, record: Record, header: str, rule: ColumnRule) -> Iterator[str]:
        is_name = rule.slot == self.shapes.name_slot.name
        for value in record.fields.get(header, ()):
            yield from split(value, rule.separator, is_name)

    def _read(self, row: _Row, header: str, rule: ColumnRule, value: str) -> None:
        if rule.identifies:
            row.identifier = row.identifier or value[:200]
        if (slot := self.slots.get(rule.slot)) is None:
            return
        language = rule.language or language_of(value)
        if slot.kind == "name":
            self._name(row, header, value, language)
        elif slot.kind == "entity":
            self._label(row, header, slot, value, language)
        elif slot.kind == "number":
            self._number(row, header, slot, value)
        elif slot.kind == "text":
            self._text(row, header, slot, value, language)
        else:
            self._code(row, header, slot, value)

    def _name(self, row: _Row, header: str, value: str, language: Language) -> None:
        if not any(character.isalnum() for character in value):
            raise row.fail(header, value, "the name has neither letters nor digits")
        if len(value) > _LONGEST_NAME:
            raise row.fail(header, value, f"the name is longer than {_LONGEST_NAME} characters")
        if language not in self.shapes.languages:
            row.refuse(header, value, f"the pack does not speak {language}")
        elif (value, language) not in row.names:
            row.names.append((value, language))

    def _label(self, row: _Row, header: str, slot: ShapeSlot, value: str, language: Language) -> None:
        if not key(value).strip() or not any(character.isalnum() for character in value):
            row.refuse(header, value, f"{slot.name}: neither letters nor digits")
        elif len(value) > _LONGEST_LABEL:
            row.refuse(header, value, f"{slot.name}: longer than {_LONGEST_LABEL} characters")
        else:
            row.entities[slot.name].setdefault(header, []).append((value, language))

    def _number(self, row: _Row, header: str, slot: ShapeSlot, value: str) -> None:
        read = year(value) if slot.name == "year" else number(value)
        if read is None:
            row.refuse(header, value, f"{slot.name}: not a number")
        elif slot.low is not None and read < Decimal(str(slot.low)):
            raise row.fail(header, value, f"{slot.name} below {slot.low:g}")
        elif slot.high is not None and read > Decimal(str(slot.high)):
            raise row.fail(header, value, f"{slot.name} above {slot.high:g}")
        elif slot.datatype == _WHOLE and read != read.to_integral_value():
            row.refuse(header, value, f"{slot.name}: not a whole number")
        else:
            self._keep(row, header, slot, lexical(read), value)

    def _keep(self, row: _Row, header: str, slot: ShapeSlot, text: str, value: str) -> None:
        """Keep a literal, as long as the slot takes more of them."""
        known = row.numbers.get(slot.name, ())
        if text in known:
            return
        if slot.max_count is not None and len(known) >= slot.max_count:
            row.refuse(header, value, f"{slot.name}: more values than the slot takes")
        else:
            row.numbers[slot.name] = (*known, text)

    def _text(self, row: _Row, header: str, slot: ShapeSlot, value: str, language: Language) -> None:
        texts = row.texts[slot.name]
        if language not in self.shapes.languages:
            row.refuse(header, value, f"the pack does not speak {language}")
        elif texts.setdefault(language, value) != value:
            row.refuse(header, value, f"{slot.name}: a second text in one language")

    def _code(self, row: _Row, header: str, slot: ShapeSlot, value: str) -> None:
        allowed = {code.casefold(): code for code in slot.allowed}
        if slot.allowed and value.casefold() not in allowed:
            row.refuse(header, value, f"{slot.name}: not one of {', '.join(slot.allowed)}")
        else:
            self._keep(row, header, slot, allowed.get(value.casefold(), value), value)

    def _entities(self, row: _Row) -> dict[str, tuple[Labels, ...]]:
        """Return the entities of a row: columns of one slot in two languages, of equal length, name the same ones."""
        found: dict[str, tuple[Labels, ...]] = {}
        for name, columns in row.entities.items():
            slot, kept = self.slots[name], list[Labels]()
            for labels in _paired(list(columns.values())):
                if not self.accepts(slot.class_, labels):
                    row.refuse(
                        name,
                        " / ".join(labels.values()),
                        f"{name}: not in the graph, and its shape allows no new one",
                    )
                elif slot.max_count is not None and len(kept) >= slot.max_count:
                    row.refuse(name, " / ".join(labels.values()), f"{name}: more values than the slot takes")
                elif labels not in kept:
                    kept.append(labels)
            if kept:
                found[name] = tuple(kept)
        return found

    def _require(self, row: _Row, entities: Mapping[str, object]) -> None:
        if not row.names:
            raise row.fail(self.shapes.name_slot.name, "", "the name is missing")
        held = {self.shapes.name_slot.name, *row.numbers, *entities, *row.texts}
        for slot in self.shapes.slots:
            if slot.min_count and slot.name not in held:
                raise row.fail(slot.name, "", f"{slot.name} is missing, and the shapes need it")


def _paired(columns: Sequence[Sequence[tuple[str, Language]]]) -> Iterable[Labels]:
    lengths, languages = (
        {len(column) for column in columns},
        [{code for _, code in column} for column in columns],
    )
    apart = len({code for codes in languages for code in codes}) == sum(map(len, languages))
    if len(columns) > 1 and len(lengths) == 1 and apart:
        return [{code: text for text, code in values} for values in zip(*columns, strict=True)]
    return [{code: text} for column in columns for text, code in column]
