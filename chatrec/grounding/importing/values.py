"""The values that pass between the stages of an import. All are immutable but the tally."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from chatrec.dialogue.slots import SlotKind
from chatrec.dialogue.values import Language

Labels = Mapping[Language, str]
"""A value that is named in one or several languages."""

_NOTHING: Mapping[str, Any] = MappingProxyType({})

Scope = Literal["row", "value", "kept", "merged", "held"]
"""What a reject is about: a row left out, one value left out; a row of a known name kept apart, merged with an earlier one, or
left out because the pack holds the item already."""

ROW: Scope = "row"
VALUE: Scope = "value"


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a source: its place (a line, or a count from 1) and its values by header."""

    line: int
    fields: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Reject:
    """Something of the source that was not taken over as it stands, and why."""

    line: int
    column: str
    value: str
    reason: str
    scope: Scope = ROW


@dataclass(frozen=True, slots=True)
class ColumnRule:
    """What becomes of a column.

    Attributes:
        slot: the slot it fills; empty where it is left out, and `why` says so.
        language: language of its values; empty: told by their script.
        separator: what stands between several values of one field; empty: there is one.
        identifies: whether its values tell items apart.
    """

    slot: str = ""
    language: Language = ""
    separator: str = ""
    identifies: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True)
class SlotPlan:
    """A slot that a new pack shall have.

    `texts` holds label, question, sentence, value form and lists of words by language; `marks` are annotations that hold.
    """

    name: str
    kind: SlotKind
    path: str = ""
    class_: str = ""
    integer: bool = False
    low: str = ""
    high: str = ""
    links: float = 0.0
    money: str = ""
    texts: Mapping[Language, Mapping[str, Any]] = field(default_factory=lambda: _NOTHING)
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """A mapping: what becomes of each column and, for a new pack, which slots there are.

    Attributes:
        weight: the slot-like name of the column that says how well known an item is.
    """

    columns: Mapping[str, ColumnRule]
    slots: tuple[SlotPlan, ...] = ()
    item_class: str = ""
    nouns: Mapping[Language, tuple[str, ...]] = field(default_factory=lambda: _NOTHING)
    weight: str = ""


@dataclass(frozen=True, slots=True)
class ShapeSlot:
    """A slot as the shapes constrain it; absent bounds are None."""

    name: str
    path: str
    kind: SlotKind
    datatype: str = ""
    class_: str = ""
    min_count: int = 0
    max_count: int | None = None
    low: float | None = None
    high: float | None = None
    allowed: tuple[str, ...] = ()
    labels: Labels = field(default_factory=lambda: _NOTHING)
    cues: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PackShapes:
    """The schema of a pack, as far as an import needs it.

    Attributes:
        base: what the IRIs of new nodes begin with.
        label_paths: the property that names the nodes of a class.
        label_counts: how many labels a node of that class needs.
        weight: the property that says how well known an item is.
    """

    base: str
    item_class: str
    languages: tuple[Language, ...]
    slots: tuple[ShapeSlot, ...]
    label_paths: Mapping[str, str]
    label_counts: Mapping[str, int]
    weight: str = ""

    @property
    def name_slot(self) -> ShapeSlot:
        """The slot that holds what an item is called."""
        return next(slot for slot in self.slots if slot.kind == "name")

    def get(self, name: str) -> ShapeSlot | None:
        """Return the slot of that name, or None."""
        return next((slot for slot in self.slots if slot.name == name), None)


@dataclass(frozen=True, slots=True)
class CleanItem:
    """A row after cleaning.

    Attributes:
        names: what it is called, the first name first, each with its language.
        values: by slot; numbers and codes as lexical forms, entities and texts as labels by language.
    """

    line: int
    names: tuple[tuple[str, Language], ...]
    numbers: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: _NOTHING)
    entities: Mapping[str, tuple[Labels, ...]] = field(default_factory=lambda: _NOTHING)
    texts: Mapping[str, Labels] = field(default_factory=lambda: _NOTHING)
    identifier: str = ""
    lines: tuple[int, ...] = ()


@dataclass(eq=False)
class Tally:
    """What happened so far; the one value that changes while an import runs."""

    rows: int = 0
    items: int = 0
    merged: int = 0
    held: int = 0
    rejected_rows: int = 0
    rejected_values: int = 0
    extracted: int = 0
    triples: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Summary:
    """What an import did: where the pack and the rejects are, and the figures."""

    pack: Path
    rejects: Path | None
    mapping: Path
    new: bool
    tally: Tally

    def as_dict(self) -> dict[str, Any]:
        """Return the figures as JSON can hold them."""
        tally = self.tally
        return {
            "pack": str(self.pack),
            "new_pack": self.new,
            "rows": tally.rows,
            "items": tally.items,
            "merged": tally.merged,
            "already_held": tally.held,
            "rejected_rows": tally.rejected_rows,
            "rejected_values": tally.rejected_values,
            "rejected_by_reason": dict(tally.reasons.most_common()),
            "missing_by_slot": dict(tally.missing.most_common()),
            "extracted": tally.extracted,
            "triples": tally.triples,
            "notes": tally.notes,
            "rejects": str(self.rejects) if self.rejects else None,
            "mapping": str(self.mapping),
        }
