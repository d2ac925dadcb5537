"""A spool on disk between the stages, so that a catalogue never has to fit in memory (SQLite, in the import's own folder)."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz

from chatrec.grounding.importing.text import key
from chatrec.grounding.importing.values import CleanItem, Record, Reject

_SAME_NAME = 85
_TABLES = """
CREATE TABLE record (line INTEGER, data TEXT);
CREATE TABLE item (name TEXT, line INTEGER, data TEXT);
CREATE TABLE identifier (id TEXT PRIMARY KEY, name TEXT, line INTEGER, label TEXT);
CREATE TABLE reject (line INTEGER, column TEXT, value TEXT, reason TEXT, scope TEXT);
"""


class Spool:
    """Records as read, items as cleaned, and rejects."""

    def __init__(self, path: Path) -> None:
        self._base = sqlite3.connect(path, isolation_level=None)
        self._base.executescript(f"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; {_TABLES} BEGIN;")

    def close(self) -> None:
        """Close the file."""
        self._base.close()

    def put_record(self, record: Record) -> None:
        """Keep a record as read."""
        self._base.execute("INSERT INTO record VALUES (?, ?)", (record.line, json.dumps(record.fields)))

    def records(self) -> Iterator[Record]:
        """Yield the records in the order in which they were read."""
        for line, data in self._base.execute("SELECT line, data FROM record ORDER BY rowid"):
            yield Record(line, {header: tuple(values) for header, values in json.loads(data).items()})

    def put_item(self, item: CleanItem) -> Reject | None:
        """Keep a cleaned item under its name; one whose identifier another item has already is refused."""
        name = key(item.names[0][0])
        if item.identifier:
            seen = self._claim(item, name)
            if seen is not None and fuzz.ratio(seen[0], name) < _SAME_NAME:
                reason = f"its identifier is that of line {seen[1]}, which has another name"
                return Reject(item.line, "", item.identifier, reason)
            name = seen[0] if seen is not None else name
        self._base.execute("INSERT INTO item VALUES (?, ?, ?)", (name, item.line, json.dumps(_plain(item))))
        return None

    def _claim(self, item: CleanItem, name: str) -> tuple[str, int] | None:
        """Return who has the identifier of an item already; otherwise the item has it from now on."""
        query = "SELECT name, line FROM identifier WHERE id = ?"
        seen: tuple[str, int] | None = self._base.execute(query, (item.identifier,)).fetchone()
        if seen is None:
            row = (item.identifier, name, item.line, item.names[0][0])
            self._base.execute("INSERT INTO identifier VALUES (?, ?, ?, ?)", row)
        return seen

    def groups(self) -> Iterator[tuple[str, list[CleanItem]]]:
        """Yield the items of one name, name by name, each group in the order of the source."""
        rows = self._base.execute("SELECT name, data FROM item ORDER BY name, rowid")
        for name, group in groupby(rows, key=lambda row: row[0]):
            yield str(name), [_item(json.loads(data)) for _, data in group]

    def put_reject(self, reject: Reject) -> None:
        """Keep a reject."""
        row = (reject.line, reject.column, reject.value, reject.reason, reject.scope)
        self._base.execute("INSERT INTO reject VALUES (?, ?, ?, ?, ?)", row)

    def rejects(self) -> Iterator[tuple[Any, ...]]:
        """Yield the rejects by line: line, column, value, reason, scope."""
        yield from self._base.execute("SELECT * FROM reject ORDER BY line, rowid")


def _plain(item: CleanItem) -> list[Any]:
    texts = {slot: dict(labels) for slot, labels in item.texts.items()}
    entities = {slot: [dict(labels) for labels in several] for slot, several in item.entities.items()}
    return [item.line, item.names, dict(item.numbers), entities, texts, item.identifier, item.lines]


def _item(data: list[Any]) -> CleanItem:
    line, names, numbers, entities, texts, identifier, lines = data
    return CleanItem(
        line,
        tuple((name, language) for name, language in names),
        {slot: tuple(values) for slot, values in numbers.items()},
        {slot: tuple(values) for slot, values in entities.items()},
        texts,
        identifier,
        tuple(lines),
    )
