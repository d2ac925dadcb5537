"""An import from end to end: read, map, clean, merge, extract, check, write. This file is its table of contents."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chatrec.errors import InputError
from chatrec.grounding.importing.checking import Checker
from chatrec.grounding.importing.cleaning import Cleaner
from chatrec.grounding.importing.existing import Existing, read_existing
from chatrec.grounding.importing.extraction import Extractor
from chatrec.grounding.importing.folders import commit, target_folder, workshop
from chatrec.grounding.importing.guessing import guess_for, guess_new
from chatrec.grounding.importing.mapping import check_plan, read_mapping, write_mapping
from chatrec.grounding.importing.merging import merge
from chatrec.grounding.importing.planning import bands_of, base_of, completed, named, slots_of
from chatrec.grounding.importing.profile import Profiles
from chatrec.grounding.importing.schema_writing import shapes_turtle
from chatrec.grounding.importing.shapes import read_shapes
from chatrec.grounding.importing.sources import Source
from chatrec.grounding.importing.spool import Spool
from chatrec.grounding.importing.statements import Stater
from chatrec.grounding.importing.values import (
    ROW,
    CleanItem,
    PackShapes,
    Plan,
    Reject,
    ShapeSlot,
    Summary,
    Tally,
)
from chatrec.grounding.importing.vocabulary import Vocabulary
from chatrec.grounding.importing.writing import GraphFiles, Writer

Watch = Callable[[str, int, float | None], None]
"""Is told how far an import is: the stage, how many rows are done, and which share of all (None: unknown)."""
_EVERY = 100


@dataclass(frozen=True, slots=True)
class Options:
    """What a person may set.

    Attributes:
        mapping: a mapping file; without one, the one beside the pack or a guess.
        rejects: where the rejects go; without one, beside the pack.
        extract: whether descriptions are searched for entities.
        dry: whether to stop before anything is written.
        into_shipped: whether a pack that ships with chatrec may be added to by its name.
    """

    mapping: Path | None = None
    rejects: Path | None = None
    extract: bool = False
    dry: bool = False
    into_shipped: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """What will be done with each column, for a person to see before it happens."""

    pack: Path
    new: bool
    plan: Plan
    profiles: Profiles


def _unwatched(stage: str, rows: int, share: float | None) -> None:
    """Tell nobody."""


def run(
    source: Source,
    pack: str,
    options: Options | None = None,
    watch: Watch = _unwatched,
    show: Callable[[Proposal], None] = lambda proposal: None,
) -> Summary:
    """Import a source into a pack, new or existing. Raises ChatrecError; then the pack is as it was.

    Args:
        source: what to read.
        pack: name or path of the pack.
        watch: told of the progress.
        show: shown the mapping before anything is cleaned.
    """
    options = options or Options()
    target = target_folder(pack, options.into_shipped)
    with workshop(target) as work:
        run_ = _Run(source, target, options, watch, work)
        try:
            return run_.all(show)
        finally:
            run_.spool.close()


class _Run:
    """One import under way."""

    def __init__(self, source: Source, target: Path, options: Options, watch: Watch, work: Path) -> None:
        self.source, self.target, self.options, self.watch, self.work = source, target, options, watch, work
        self.new = not (target / "shapes.ttl").is_file()
        self.made = work / "pack"
        self.made.mkdir()
        self.spool, self.tally = Spool(work / "spool.sqlite"), Tally()

    def all(self, show: Callable[[Proposal], None]) -> Summary:
        """Run the stages."""
        profiles = self._read()
        plan, shapes = self._plan(profiles)
        show(Proposal(self.target, self.new, plan, profiles))
        if self.options.dry:
            return self._summary(None)
        existing = read_existing(None if self.new else self.target, shapes, self._files.graphs)
        slots = slots_of(plan, shapes, profiles)
        vocabulary = Vocabulary(shapes, existing)
        self._clean(Cleaner(plan, shapes, slots, vocabulary.accepts), vocabulary, slots)
        vocabulary.settle()
        bands = bands_of(plan, shapes, slots, profiles)
        self._write(Stater(shapes, slots, self.source.name, vocabulary, bands), existing)
        self.tally.notes += [*self.source.notes, *vocabulary.mended]
        return self._finish(plan)

    @property
    def _files(self) -> GraphFiles:
        return GraphFiles(self.source.name)

    # --- stages ---

    def _read(self) -> Profiles:
        """Read the source once: keep the records, and count what the columns hold."""
        profiles = Profiles()
        for found in self.source.stream():
            self.tally.rows += 1
            if isinstance(found, Reject):
                self._reject(found)
            else:
                self.spool.put_record(found)
                profiles.add(found)
            self._tell("Reading", self.tally.rows, self.source.position, self.source.size)
        if not profiles.columns:
            raise InputError(f"{self.source.name}: no row could be read.", self._first_reject())
        return profiles

    def _first_reject(self) -> str:
        first = next(self.spool.rejects(), None)
        return f"The first fault is in line {first[0]}: {first[3]}." if first else "The source holds no rows."

    def _plan(self, profiles: Profiles) -> tuple[Plan, PackShapes]:
        """Take the mapping that is given or was used before, guess the rest, and see to it that there are shapes."""
        shapes = None if self.new else read_shapes(self.target)
        before = self.target / self._files.mapping
        given = self.options.mapping or (before if before.is_file() else None)
        guess = guess_for(shapes, profiles) if shapes else guess_new(profiles, self.source.item_class)
        plan = guess if given is None else completed(read_mapping(given), guess, bool(shapes))
        plan = check_plan(plan, list(profiles.columns), shapes, strict=self.options.mapping is not None)
        if shapes is None:
            text = shapes_turtle(named(plan), self.target.name, base_of(self.target), self.source.name)
            (self.made / "shapes.ttl").write_text(text, encoding="utf-8")
            shapes = read_shapes(self.made)
        if not any(rule.slot == shapes.name_slot.name for rule in plan.columns.values()):
            raise InputError(
                f"No column names the items ({shapes.name_slot.name}).",
                f"Say which one does in a --mapping file. The columns: {', '.join(profiles.columns)}.",
            )
        return plan, shapes

    def _clean(self, cleaner: Cleaner, vocabulary: Vocabulary, slots: dict[str, ShapeSlot]) -> None:
        for count, record in enumerate(self.spool.records(), start=1):
            cleaned = cleaner.clean(record)
            for reject in cleaned.rejects:
                self._reject(reject)
            if cleaned.item is not None and self._keep(cleaned.item):
                for name, several in cleaned.item.entities.items():
                    for labels in several:
                        vocabulary.count(slots[name].class_, labels)
            self._tell("Cleaning", count, count, self.tally.rows)

    def _keep(self, item: CleanItem) -> bool:
        refused = self.spool.put_item(item)
        if refused is not None:
            self._reject(refused)
        return refused is None

    def _write(self, stater: Stater, existing: Existing) -> None:
        extractor = Extractor(stater.shapes, stater.vocabulary.names()) if self.options.extract else None
        checker = Checker(self.made if self.new else self.target)
        writer = Writer(stater, existing, checker, extractor, self._reject, self.tally)
        paths = self.made / self._files.items, self.made / self._files.extracted
        total = max(self.tally.rows - self.tally.rejected_rows, 1)
        writer.write(
            self._merged(),
            paths,
            lambda done: self.watch("Checking and writing", done, min(1.0, done / total)),
        )

    def _merged(self) -> Iterator[tuple[CleanItem, bool]]:
        """Yield the items after merging, each with whether others have its name."""
        for _, group in self.spool.groups():
            items, told = merge(group)
            for reject in told:
                self._reject(reject)
            for item in items:
                yield item, len(items) > 1

    # --- rejects and the end ---

    def _reject(self, reject: Reject) -> None:
        self.spool.put_reject(reject)
        counted = {"row": "rejected_rows", "value": "rejected_values", "merged": "merged", "held": "held"}
        if name := counted.get(reject.scope):
            setattr(self.tally, name, getattr(self.tally, name) + 1)
        if reject.scope in (ROW, "value"):
            self.tally.reasons[
                reject.reason if "line" not in reject.reason else "contradicts an earlier row"
            ] += 1

    def _tell(self, stage: str, rows: int, done: int, total: int | None) -> None:
        if rows % _EVERY == 0:
            self.watch(stage, rows, min(1.0, done / total) if total else None)

    def _finish(self, plan: Plan) -> Summary:
        rejects = (
            self.options.rejects or self.target.parent / f"{self.target.name}.{self.source.name}.rejects.csv"
        )
        _write_rejects(self.work / "rejects.csv", self.spool.rejects())
        if not self.tally.items and not self.tally.held:
            raise InputError("Not one row could be imported; nothing was written.", self._first_reject())
        (self.made / self._files.mapping).write_text(write_mapping(plan, self.source.name), encoding="utf-8")
        commit(self.made, self.target, rejects, self._files.graphs)
        return self._summary(rejects)

    def _summary(self, rejects: Path | None) -> Summary:
        return Summary(self.target, rejects, self.target / self._files.mapping, self.new, self.tally)


def _write_rejects(path: Path, rejects: Iterator[tuple[Any, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("line", "column", "value", "reason", "scope"))
        rows.writerows(rejects)
