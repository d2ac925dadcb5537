"""What a pack holds before an import: its values by label and its items by name, read from all files but the import's own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph
from rdflib import RDF, XSD, Literal, URIRef

from chatrec.errors import PackError
from chatrec.grounding.importing.text import key
from chatrec.grounding.importing.turtle import Triple
from chatrec.grounding.importing.values import CleanItem, PackShapes

_LABELS = (
    "http://www.w3.org/2004/02/skos/core#prefLabel",
    "http://www.w3.org/2004/02/skos/core#altLabel",
    "https://schema.org/name",
    "https://schema.org/alternateName",
    "http://www.w3.org/2000/01/rdf-schema#label",
)


@dataclass(frozen=True, eq=False)
class Existing:
    """A pack as it stands; empty for a new one.

    Attributes:
        values: IRIs of the values of entity slots, by class and key of a label.
        typed: all nodes that have a class.
        items: IRIs of the items, by key of a name.
    """

    store: pyoxigraph.Store
    values: dict[tuple[str, str], URIRef] = field(default_factory=dict)
    typed: set[URIRef] = field(default_factory=set)
    items: dict[str, list[URIRef]] = field(default_factory=dict)

    def objects(self, subject: URIRef, path: str) -> set[str]:
        """Return the objects of a property of a node, as text."""
        return {_text(quad.object) for quad in self._quads(subject, path)}

    def _quads(self, subject: URIRef, path: str | None) -> list[pyoxigraph.Quad]:
        predicate = pyoxigraph.NamedNode(path) if path else None
        return list(self.store.quads_for_pattern(pyoxigraph.NamedNode(str(subject)), predicate, None))

    def describe(self, nodes: Iterable[URIRef]) -> Iterable[Triple]:
        """Yield the statements about some nodes and the classes of what they refer to, for validation."""
        for node in nodes:
            for quad in self._quads(node, None):
                yield node, URIRef(quad.predicate.value), _term(quad.object)
                if isinstance(quad.object, pyoxigraph.NamedNode):
                    for kind in self.objects(URIRef(quad.object.value), str(RDF.type)):
                        yield URIRef(quad.object.value), RDF.type, URIRef(kind)

    def same_item(self, shapes: PackShapes, item: CleanItem, values: dict[str, set[URIRef]]) -> URIRef | None:
        """Return the item of the pack that has this name and nothing that speaks against it."""
        for name, _ in item.names:
            for iri in self.items.get(key(name), ()):
                if all(
                    self._agrees(iri, slot.path, item.numbers.get(slot.name), values.get(slot.name))
                    for slot in shapes.slots
                ):
                    return iri
        return None

    def _agrees(
        self, iri: URIRef, path: str, numbers: tuple[str, ...] | None, values: set[URIRef] | None
    ) -> bool:
        wanted = {*(numbers or ()), *(str(value) for value in values or ())}
        held = self.objects(iri, path) if wanted else set()
        return not wanted or not held or bool(wanted & held)


def read_existing(folder: Path | None, shapes: PackShapes, without: Iterable[str] = ()) -> Existing:
    """Read a pack's files but those named. Raises PackError naming the file that is no Turtle."""
    store = pyoxigraph.Store()
    left_out = {"shapes.ttl", *without}
    for path in sorted(folder.glob("*.ttl")) if folder else ():
        if path.name not in left_out:
            try:
                store.bulk_load(path=str(path), format=pyoxigraph.RdfFormat.TURTLE)
            except (SyntaxError, ValueError) as error:
                raise PackError(f"{path.name} is no valid Turtle: {error}", f"Mend {path} first.") from error
    existing = Existing(store)
    for class_ in dict.fromkeys(slot.class_ for slot in shapes.slots if slot.class_):
        for node, label in _named(store, class_):
            existing.values.setdefault((class_, key(label)), node)
    existing.typed.update(URIRef(node) for node in _of_class(store, None))
    items: dict[str, list[URIRef]] = defaultdict(list)
    for node, label in _named(store, shapes.item_class):
        items[key(label)].append(node)
    existing.items.update(items)
    return existing


def _named(store: pyoxigraph.Store, class_: str) -> Iterable[tuple[URIRef, str]]:
    """Yield the nodes of a class with each of their labels, preferred ones first."""
    nodes = _of_class(store, class_)
    for path in _LABELS:
        for node in nodes:
            for quad in store.quads_for_pattern(pyoxigraph.NamedNode(node), pyoxigraph.NamedNode(path), None):
                yield URIRef(node), _text(quad.object)


def _of_class(store: pyoxigraph.Store, class_: str | None) -> list[str]:
    """Return the nodes of a class, or of any."""
    kind = pyoxigraph.NamedNode(class_) if class_ else None
    quads = store.quads_for_pattern(None, pyoxigraph.NamedNode(str(RDF.type)), kind)
    return sorted(quad.subject.value for quad in quads if isinstance(quad.subject, pyoxigraph.NamedNode))


def _text(term: object) -> str:
    return str(getattr(term, "value", term))


def _term(term: object) -> URIRef | Literal:
    if isinstance(term, pyoxigraph.Literal):
        if term.language:
            return Literal(term.value, lang=term.language)
        datatype = URIRef(term.datatype.value)
        return Literal(term.value, datatype=None if datatype == XSD.string else datatype)
    return URIRef(_text(term))
