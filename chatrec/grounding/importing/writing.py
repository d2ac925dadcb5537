"""Writing: merged items become triples, are checked chunk by chunk, and are written as Turtle."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TextIO

from rdflib import PROV, RDF, URIRef
from rdflib.term import Node

from chatrec.grounding.importing.checking import CHUNK, Checker
from chatrec.grounding.importing.existing import Existing
from chatrec.grounding.importing.extraction import Extractor, Finding, statements
from chatrec.grounding.importing.statements import Stater
from chatrec.grounding.importing.turtle import Triple, head, write
from chatrec.grounding.importing.values import CleanItem, Reject, Tally

_ITEMS = """The items of {source}, and the values that only they have. Written by `chatrec kg import`; the next import of
the same source rewrites this file. Put labels and corrections of your own into another file of this folder."""
_EXTRACTED = """What the descriptions of {source} tell, found by `chatrec kg import --extract`: each fact with the words it
was derived from and a confidence between 0 and 1. Delete this file to do without."""


@dataclass(frozen=True, slots=True)
class GraphFiles:
    """The names of the files that a source has in a pack."""

    source: str

    @property
    def items(self) -> str:
        """Its items and their values."""
        return f"items-{self.source}.ttl"

    @property
    def extracted(self) -> str:
        """What its descriptions tell."""
        return f"extracted-{self.source}.ttl"

    @property
    def mapping(self) -> str:
        """The mapping that was used."""
        return f"mapping-{self.source}.yaml"

    @property
    def graphs(self) -> tuple[str, str]:
        """The files that hold triples."""
        return self.items, self.extracted


@dataclass(eq=False)
class _Stated:
    """An item with its triples, the nodes they refer to, and what was found in its texts."""

    iri: URIRef
    item: CleanItem
    values: dict[str, set[URIRef]]
    triples: list[Triple]
    findings: list[Finding] = field(default_factory=list)

    @property
    def every(self) -> list[Triple]:
        """Its triples, and the facts that were found in its texts."""
        return [*self.triples, *((self.iri, found.path, found.entity) for found in self.findings)]

    @property
    def nodes(self) -> set[URIRef]:
        """The values that it refers to."""
        return set[URIRef]().union(*self.values.values(), (found.entity for found in self.findings))


@dataclass(eq=False)
class Writer:
    """Writes the graph of a source.

    Args:
        stater: turns items into triples.
        existing: what the pack holds already.
        checker: checks triples against the shapes.
        extractor: looks for entities in texts; None where that is not wished for.
        reject: is told what is not taken over.
        tally: counts what is.
    """

    stater: Stater
    existing: Existing
    checker: Checker
    extractor: Extractor | None
    reject: Callable[[Reject], None]
    tally: Tally

    def write(
        self, items: Iterable[tuple[CleanItem, bool]], paths: tuple[Path, Path], done: Callable[[int], None]
    ) -> None:
        """Write the items, each given with whether others have its name, and what was found in their texts."""
        source, used, seen = self.stater.source, self._ranges(), 0
        with paths[0].open("w", encoding="utf-8") as file, paths[1].open("w", encoding="utf-8") as other:
            self._put(
                file, [(self.stater.source_iri, RDF.type, PROV.Entity)], head(_ITEMS.format(source=source))
            )
            self._put(other, [], head(_EXTRACTED.format(source=source)))
            for chunk in chunks(items):
                stated = self._checked(self._stated(chunk))
                self._put(file, (triple for one in stated for triple in one.triples))
                self._put(other, (triple for one in stated for triple in statements(one.iri, one.findings)))
                used.update(node for one in stated for node in one.nodes)
                self._count(stated)
                seen += len(chunk)
                done(seen)
            self._put(file, self.stater.definitions(used))
        if self.extractor is None:
            paths[1].unlink()

    def _ranges(self) -> set[URIRef]:
        """Return the price ranges: all are kept, since a wish may name any."""
        return {triple[0] for bands in self.stater.bands.values() for triple in bands.triples()}

    def _put(self, file: TextIO, triples: Iterable[Triple], before: str = "") -> None:
        file.write(before)
        counted = list(triples)
        self.tally.triples += len(counted)
        file.writelines(write(counted))

    def _count(self, stated: Sequence[_Stated]) -> None:
        self.tally.items += len(stated)
        for one in stated:
            self.tally.extracted += len(one.findings)
            held = {"", *one.item.numbers, *one.values, *one.item.texts}
            self.tally.missing.update(
                slot.name
                for slot in self.stater.shapes.slots
                if slot.kind != "name" and slot.name not in held
            )

    def _stated(self, chunk: Sequence[tuple[CleanItem, bool]]) -> list[_Stated]:
        """State the items of a chunk that the pack does not hold."""
        stated: list[_Stated] = []
        for item, several in chunk:
            values = self.stater.values(item)
            if (held := self.existing.same_item(self.stater.shapes, item, values)) is not None:
                self.reject(
                    Reject(item.line, "", item.names[0][0], f"the pack holds it already: {held}", "held")
                )
                continue
            iri = self.stater.iri(item, several)
            one = _Stated(iri, item, values, list(self.stater.state(iri, item, values)))
            one.findings = self.extractor.find(item, values) if self.extractor else []
            stated.append(one)
        return stated

    def _checked(self, stated: list[_Stated]) -> list[_Stated]:
        """Return the items that keep the shapes; one that breaks them by what was found in its texts goes without that."""
        faults = self._faults(stated)
        for one in stated:
            if one.findings and self._fault(one, faults):
                self.reject(
                    Reject(
                        one.item.line,
                        "",
                        one.item.names[0][0],
                        "what its texts tell breaks the shapes",
                        "value",
                    )
                )
                one.findings = []
        faults = self._faults(stated) if faults else faults
        for one in stated:
            if fault := self._fault(one, faults):
                self.reject(Reject(one.item.line, "", one.item.names[0][0], fault))
        return [one for one in stated if not self._fault(one, faults)]

    def _faults(self, stated: Sequence[_Stated]) -> Mapping[Node, str]:
        if not stated:
            return {}
        nodes = {node for one in stated for node in one.nodes} | self._ranges()
        triples = (triple for one in stated for triple in one.every)
        return self.checker.faults(
            [*triples, *self.stater.definitions(nodes), *self.existing.describe(nodes)]
        )

    def _fault(self, one: _Stated, faults: Mapping[Node, str]) -> str:
        """Return what is wrong with an item or with a value of it."""
        return next((faults[node] for node in (one.iri, *sorted(one.nodes)) if node in faults), "")


def chunks(items: Iterable[tuple[CleanItem, bool]]) -> Iterator[list[tuple[CleanItem, bool]]]:
    """Yield the items in lists of a size that is quick to check."""
    rest = iter(items)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk
