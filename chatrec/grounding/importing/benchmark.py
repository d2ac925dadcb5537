"""The folders of two public benchmarks (ReDial and OpenDialKG in the form of iEvaLM-CRS) as a source.

`id2info.json` describes items; `kg.json` links entities by number, whose names are in `entity2id.json` and
`relation2id.json`; `item_ids.json` tells which entities are items. The two tables are independent: what either holds is taken.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from chatrec.errors import InputError
from chatrec.grounding.importing.sources import Source
from chatrec.grounding.importing.text import clean
from chatrec.grounding.importing.values import Record, Reject

_FILES = ("id2info.json", "kg.json", "entity2id.json", "item_ids.json", "relation2id.json")
_HEADERS = {"star": "actor", "plot": "synopsis", "name": "title"}
_KNOWN = ("name", "year", "genre", "director", "actor", "star", "writer", "plot", "language")
_TITLE_YEAR = re.compile(r"(.+?)\s*\((\d{4})\)")


def is_benchmark(folder: Path) -> bool:
    """Say whether a folder holds a benchmark."""
    return all((folder / name).is_file() for name in _FILES)


class BenchmarkSource(Source):
    """The items of a benchmark; the number of the entity is the identifier."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder.resolve().name)
        self.folder = folder
        self.item_class = "Movie"

    def stream(self) -> Iterator[Record | Reject]:
        """Yield one record an item, in the order of the entities' numbers. Raises InputError for a broken file."""
        infos, graph, entities, items, relations = (self._read(name) for name in _FILES)
        names = {number: name for name, number in entities.items()}
        kinds = {number: name for name, number in relations.items()}
        known = {info["name"]: info for info in infos.values()}
        self.size = len(items)
        for number in sorted(items):
            self.position += 1
            name = names.get(number)
            if name is None:
                yield Reject(number, "item_ids.json", str(number), "no entity has this number")
                continue
            links = [(kinds[relation], names[value]) for relation, value in graph.get(str(number), ())]
            yield Record(number, _fields(number, name, known.get(name, {}), links))

    def _read(self, name: str) -> Any:
        try:
            return json.loads((self.folder / name).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise InputError(
                f"{self.folder / name} cannot be read: {error}", "Mend or fetch it anew."
            ) from error


def _fields(
    number: int, name: str, info: dict[str, Any], links: list[tuple[str, str]]
) -> dict[str, tuple[str, ...]]:
    """Return what the two tables hold of an item; for a single-valued header the description comes first."""
    found: dict[str, dict[str, None]] = {"identifier": {str(number): None}}
    title = _TITLE_YEAR.fullmatch(name)
    pairs = [("name", title[1] if title else name), *([("year", title[2])] if title else [])]
    described = [(key, value) for key in _KNOWN[1:] for value in _listed(info.get(key))]
    linked = [pair for pair in links if pair[0] != "year" or not (title or info.get("year"))]
    for key, value in (*pairs, *described, *linked):
        if key in _KNOWN and (text := clean(value)):
            found.setdefault(_HEADERS.get(key, key), {})[text] = None
    found.update({"year": dict.fromkeys(list(found["year"])[:1])} if "year" in found else {})
    return {header: tuple(values) for header, values in found.items()}


def _listed(value: Any) -> list[str]:
    if value is None:
        return []
    return [str(member) for member in value] if isinstance(value, list) else [str(value)]
