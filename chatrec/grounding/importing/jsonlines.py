"""JSON Lines: one object a line. Nested objects become headers with a point, `offers.price`; lists are several values."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from chatrec.errors import InputError
from chatrec.grounding.importing.sources import Source
from chatrec.grounding.importing.text import clean
from chatrec.grounding.importing.values import Record, Reject

_DEEPEST = 8
_NAMED = ("name", "label", "title", "@value")


class JsonLinesSource(Source):
    """A file with one JSON object a line."""

    def __init__(self, path: Path) -> None:
        super().__init__(path.stem, path.stat().st_size)
        self.path = path

    def stream(self) -> Iterator[Record | Reject]:
        """Yield one record a line. Raises InputError for an empty file."""
        found = False
        with self.path.open("rb") as file:
            for line, raw in enumerate(file, start=1):
                self.position += len(raw)
                if raw.strip():
                    found = True
                    yield _record(line, raw)
        if not found:
            raise InputError(f"{self.path.name} is empty.", "It must hold one JSON object a line.")


def _record(line: int, raw: bytes) -> Record | Reject:
    try:
        data = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        shown = raw[:200].decode("utf-8", "replace")
        return Reject(line, "", clean(shown), f"no valid JSON: {type(error).__name__}")
    if not isinstance(data, dict):
        return Reject(line, "", clean(str(data)[:200]), "no JSON object")
    return Record(line, flatten(data))


def flatten(data: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return the values of an object by header; an object that has a name stands for it."""
    found: dict[str, list[str]] = defaultdict(list)
    for header, value in _leaves("", data, 0):
        text = clean(value)
        if text and text not in found[header]:
            found[header].append(text)
    return {header: tuple(values) for header, values in found.items() if values}


def _leaves(header: str, value: Any, depth: int) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        yield from _members(header, value, depth)
    elif isinstance(value, list):
        for member in value if depth < _DEEPEST else ():
            yield from _leaves(header, member, depth + 1)
    elif value is not None and not isinstance(value, bool):
        yield header or "value", str(value)


def _members(header: str, value: dict[str, Any], depth: int) -> Iterator[tuple[str, str]]:
    named = next((value[key] for key in _NAMED if isinstance(value.get(key), str)), None) if header else None
    if named is not None:
        yield header, named
        return
    for key, member in value.items() if depth < _DEEPEST else ():
        name = clean(str(key)) or "value"
        yield from _leaves(f"{header}.{name}" if header else name, member, depth + 1)
