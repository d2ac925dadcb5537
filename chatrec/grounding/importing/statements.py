"""From cleaned items to triples: which IRI an item gets, and what is stated about it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from rdflib import PROV, RDF, XSD, Literal, URIRef

from chatrec.grounding.importing.bands import BAND_SLOT, Bands
from chatrec.grounding.importing.text import digest, slug
from chatrec.grounding.importing.turtle import Triple
from chatrec.grounding.importing.values import CleanItem, PackShapes, ShapeSlot
from chatrec.grounding.importing.vocabulary import Vocabulary

_SCHEMA = "https://schema.org/"
_IDENTIFIER = URIRef(f"{_SCHEMA}identifier")
_ALTERNATE = URIRef(f"{_SCHEMA}alternateName")


@dataclass(frozen=True, eq=False)
class Stater:
    """States items.

    Args:
        shapes: the schema.
        slots: its slots by name, and the weight as one of them.
        source: name of the source.
        vocabulary: gives the values their IRIs.
        bands: the price ranges, where the pack has such a slot.
    """

    shapes: PackShapes
    slots: Mapping[str, ShapeSlot]
    source: str
    vocabulary: Vocabulary
    bands: Mapping[str, Bands]

    @property
    def source_iri(self) -> URIRef:
        """The IRI of the source, which every item was derived from."""
        return URIRef(f"{self.shapes.base}source:{self.source}")

    def iri(self, item: CleanItem, several: bool) -> URIRef:
        """Return the IRI of an item: from its name, its identifier, and what it holds if several have the name."""
        place, name = f"{self.shapes.base}item-{self.source}:", slug(item.names[0][0])
        if item.identifier:
            return URIRef(f"{place}{name}.{slug(item.identifier)}")
        return URIRef(f"{place}{name}.{_fingerprint(item)}" if several else place + name)

    def values(self, item: CleanItem) -> dict[str, set[URIRef]]:
        """Return the IRIs of an item's values, by slot."""
        found = {
            name: {self.vocabulary.iri(self.slots[name].class_, labels) for labels in several}
            for name, several in item.entities.items()
        }
        for name, bands in self.bands.items():
            for text in item.numbers.get(name, ()):
                if (band := bands.iri_of(Decimal(text))) is not None:
                    found.setdefault(BAND_SLOT, set()).add(band)
        return found

    def definitions(self, nodes: Iterable[URIRef]) -> list[Triple]:
        """Return class and labels of those of the nodes that are new."""
        wanted = set(nodes)
        ranges = (triple for bands in self.bands.values() for triple in bands.triples())
        return [*(triple for triple in ranges if triple[0] in wanted), *self.vocabulary.triples(wanted)]

    def state(self, iri: URIRef, item: CleanItem, values: Mapping[str, set[URIRef]]) -> Iterator[Triple]:
        """Yield the triples of an item, in the order of the slots."""
        yield iri, RDF.type, URIRef(self.shapes.item_class)
        yield from self._names(iri, item)
        for slot in self.slots.values():
            path = URIRef(slot.path)
            for text in item.numbers.get(slot.name, ()):
                yield iri, path, _literal(slot, text)
            for value in sorted(values.get(slot.name, ())):
                yield iri, path, value
            for language, text in sorted(item.texts.get(slot.name, {}).items()):
                yield iri, path, Literal(text, lang=language)
        if item.identifier:
            yield iri, _IDENTIFIER, Literal(item.identifier)
        yield iri, PROV.wasDerivedFrom, self.source_iri

    def _names(self, iri: URIRef, item: CleanItem) -> Iterator[Triple]:
        """Yield the names: the first of each language is the preferred one."""
        named: set[str] = set()
        for name, language in item.names:
            path = _ALTERNATE if language in named else URIRef(self.shapes.name_slot.path)
            named.add(language)
            yield iri, path, Literal(name, lang=language)


def _literal(slot: ShapeSlot, text: str) -> Literal:
    """Return a literal of the slot's datatype; a string is a plain one, which rdflib tells from an xsd:string."""
    datatype = URIRef(slot.datatype) if slot.datatype and slot.datatype != str(XSD.string) else None
    return Literal(text, datatype=datatype, normalize=False)


def _fingerprint(item: CleanItem) -> str:
    """Return what stands for the values of an item, whatever the order of its rows."""
    return digest(
        json.dumps(
            [item.numbers, item.entities, item.texts], sort_keys=True, default=dict, ensure_ascii=False
        )
    )
