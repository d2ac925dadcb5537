"""The shapes of a pack as an import needs them, and the shapes of a new pack as Turtle."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rdflib import RDF, SH, Graph, URIRef
from rdflib.collection import Collection
from rdflib.namespace import RDFS, SKOS, XSD
from rdflib.term import Node

from chatrec.dialogue.slots import SlotKind
from chatrec.errors import PackError
from chatrec.grounding.importing.values import PackShapes, ShapeSlot
from chatrec.grounding.schema import VOCABULARY

SCHEMA = "https://schema.org/"
_NAMES = (f"{SCHEMA}name", str(RDFS.label))
_LABELS = (str(SKOS.prefLabel), *_NAMES)
_NUMBERS = (XSD.integer, XSD.decimal, XSD.double)


def _c(name: str) -> URIRef:
    return URIRef(VOCABULARY + name)


def read_shapes(folder: Path) -> PackShapes:
    """Read the shapes of a pack. Raises PackError where they cannot be read or name no items."""
    graph = Graph()
    try:
        graph.parse(folder / "shapes.ttl")
    except Exception as error:  # rdflib raises many kinds for invalid Turtle
        raise PackError(f"{folder / 'shapes.ttl'} cannot be read: {error}", "Mend it first.") from error
    pack = graph.value(predicate=RDF.type, object=_c("Pack"))
    item_class, listed = graph.value(pack, _c("itemClass")), graph.value(pack, _c("languages"))
    slots = tuple(
        _slot(graph, node) for node in sorted(graph.subjects(_c("slot")), key=lambda n: _order(graph, n))
    )
    if pack is None or item_class is None or listed is None or not any(slot.kind == "name" for slot in slots):
        raise PackError(f"{folder / 'shapes.ttl'} describes no pack.", "See docs/packs.md.")
    base = str(pack) if str(pack).endswith((":", "/", "#")) else f"{pack}:"
    labels = dict(_labels(graph))
    return PackShapes(
        base,
        str(item_class),
        tuple(str(code) for code in Collection(graph, listed)),
        slots,
        {class_: path for class_, (path, _) in labels.items()},
        {class_: count for class_, (_, count) in labels.items()},
        str(graph.value(pack, _c("weight")) or ""),
    )


def _order(graph: Graph, node: Node) -> tuple[int, str]:
    return int(str(graph.value(node, SH.order) or 0)), str(graph.value(node, _c("slot")))


def _slot(graph: Graph, node: Node) -> ShapeSlot:
    def text(property_: URIRef) -> str:
        return str(graph.value(node, property_) or "")

    def figure(property_: URIRef) -> float | None:
        value = graph.value(node, property_)
        return None if value is None else float(str(value))

    most, allowed = figure(SH.maxCount), graph.value(node, SH["in"])
    return ShapeSlot(
        text(_c("slot")),
        text(SH.path),
        _kind(graph, node),
        text(SH.datatype),
        text(SH["class"]),
        int(figure(SH.minCount) or 0),
        None if most is None else int(most),
        figure(SH.minInclusive),
        figure(SH.maxInclusive),
        tuple(str(value) for value in Collection(graph, allowed)) if allowed else (),
        {str(getattr(name, "language", None) or "en"): str(name) for name in graph.objects(node, SH.name)},
        tuple(sorted(str(cue) for cue in graph.objects(node, _c("cue")))),
    )


def _kind(graph: Graph, node: Node) -> SlotKind:
    """Tell the kind of a slot, as docs/packs.md says."""
    if str(graph.value(node, SH.path)) in _NAMES:
        return "name"
    if graph.value(node, SH["class"]) is not None:
        return "entity"
    datatype = graph.value(node, SH.datatype)
    return "number" if datatype in _NUMBERS else "text" if datatype == RDF.langString else "code"


def _labels(graph: Graph) -> Iterator[tuple[str, tuple[str, int]]]:
    """Yield, by class, the property that its shape wants as a label, and how many of it."""
    for shape, class_ in graph.subject_objects(SH.targetClass):
        for part in graph.objects(shape, SH.property):
            path, least = str(graph.value(part, SH.path)), graph.value(part, SH.minCount)
            if path in _LABELS and least is not None:
                yield str(class_), (path, int(str(least)))


# --- a new pack ---


def full_iri(name: str, base: str) -> str:
    """Return the IRI of a name such as `schema:genre`; a bare name is one of the pack's own."""
    for prefix, namespace in (("schema:", SCHEMA), ("chatrec:", VOCABULARY)):
        if name.startswith(prefix):
            return namespace + name.removeprefix(prefix)
    return name if ":" in name else base + re.sub(r"[^\w-]", "_", name)


def texts_of(texts: Mapping[str, Mapping[str, Any]], language: str, other: str) -> Mapping[str, Any]:
    """Return the texts of a slot in a language; where its label is unknown, that of the other one serves."""
    own, fallback = texts.get(language, {}), texts.get(other, {})
    return {**own, "label": own.get("label") or fallback.get("label", "")}
