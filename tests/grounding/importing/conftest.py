"""What the tests of an import share: writing a source, importing it, and reading the pack that came of it."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from chatrec.grounding.importing.pipeline import Options, run
from chatrec.grounding.importing.sources import Source, open_source
from chatrec.grounding.importing.values import Summary
from chatrec.grounding.pack import Pack, open_pack, validate


@dataclass(frozen=True)
class Imported:
    """What came of an import."""

    summary: Summary

    @property
    def folder(self) -> Path:
        return self.summary.pack

    @property
    def rejects(self) -> list[dict[str, str]]:
        """The rows of the rejects file."""
        assert self.summary.rejects is not None
        with self.summary.rejects.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    @property
    def reasons(self) -> set[tuple[int, str, str]]:
        """Line, column and reason of every reject."""
        return {(int(row["line"]), row["column"], row["reason"]) for row in self.rejects}

    def pack(self) -> Pack:
        """Open the pack, which validates it."""
        return open_pack(str(self.folder))

    def items(self) -> dict[str, dict[str, list[str]]]:
        """The items by name, each with the labels of its values by slot."""
        validate(self.folder)
        pack = self.pack()
        name = pack.schema.name_slot.name
        iris = tuple(e.iri for e in pack.entries if name in e.slots and e.preferred)
        return {
            item.name(pack.schema.name_slot.name, "en").label("en"): {
                slot: sorted(fact.label("en") for fact in facts) for slot, facts in item.facts.items()
            }
            for item in pack.items(iris)
        }


Import = Callable[..., Imported]


@pytest.fixture
def bring(tmp_path: Path, cache: Path) -> Import:
    """Import a text as a file of that name (or a source) into a pack of the test's own."""

    def bring_(name: str, content: str | bytes | Source = "", pack: str = "shop", **options: Any) -> Imported:
        path = tmp_path / name
        if isinstance(content, Source):
            return Imported(run(content, str(tmp_path / "packs" / pack), Options(**options)))
        if content:
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return Imported(run(open_source(path), str(tmp_path / "packs" / pack), Options(**options)))

    return bring_


def fingerprint(folder: Path) -> str:
    """Return a hash of all files of a folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return hashlib.sha256(b"".join(path.name.encode() + path.read_bytes() for path in files)).hexdigest()
