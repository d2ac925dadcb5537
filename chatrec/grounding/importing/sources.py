"""Where records come from: one `Source` a kind of file, folder or service. Every source is read once, as a stream."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path

from chatrec.errors import InputError
from chatrec.grounding.importing.text import slug
from chatrec.grounding.importing.values import Record, Reject

KINDS = "a .csv, .tsv, .jsonl, .ndjson, .json, .jsonld or .html file, a folder of JSON-LD files or a benchmark folder"


class Source(ABC):
    """A stream of records.

    Attributes:
        name: what the files of the pack that hold its items are called after.
        size: how much there is to read, in the unit of `position`; None where that is not known.
        position: how much was read so far.
        item_class: the schema.org class of its items, where the source tells.
    """

    def __init__(self, name: str, size: int | None = None) -> None:
        self.name = slug(name) or "source"
        self.size, self.position = size, 0
        self.item_class = ""
        self.notes: list[str] = []

    @abstractmethod
    def stream(self) -> Iterator[Record | Reject]:
        """Yield the records, and what could not be read as one. Raises InputError where nothing can be read."""


def open_source(path: Path) -> Source:
    """Return the source of a file or a folder. Raises InputError that names the kinds that are read."""
    from chatrec.grounding.importing.benchmark import BenchmarkSource, is_benchmark
    from chatrec.grounding.importing.jsonld import JsonLdSource
    from chatrec.grounding.importing.jsonlines import JsonLinesSource
    from chatrec.grounding.importing.tables import TableSource

    if re.match(r"https?://", str(path)):
        raise InputError(
            f"{path} is an address.", "Save the page first, or give a SPARQL endpoint with --endpoint."
        )
    if not path.exists():
        raise InputError(f"There is no file {path}.", f"Give {KINDS}.")
    if path.is_dir():
        return BenchmarkSource(path) if is_benchmark(path) else JsonLdSource(path)
    kinds: dict[str, type[Source]] = {
        **dict.fromkeys((".csv", ".tsv", ".tab", ".txt"), TableSource),
        **dict.fromkeys((".jsonl", ".ndjson"), JsonLinesSource),
        **dict.fromkeys((".json", ".jsonld", ".html", ".htm"), JsonLdSource),
    }
    kind = kinds.get(path.suffix.lower())
    if kind is None:
        raise InputError(f"{path.name}: files of this kind are not read.", f"Give {KINDS}.")
    return kind(path)  # type: ignore[arg-type]
