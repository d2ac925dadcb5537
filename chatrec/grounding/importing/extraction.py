"""Entities and relations in free text: labels that the graph holds are looked for in descriptions.

A fact found so goes to a file of its own, with the words it was derived from (PROV) and a confidence. Where a cue of
a slot stands before the label ("directed by"), or the item has no value in the only slot of that class, the fact fills
the slot; any other is a mention.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import ahocorasick
from rdflib import PROV, RDF, XSD, Literal, URIRef

from chatrec.dialogue.folding import fold, is_han, key
from chatrec.grounding.importing.text import digest, language_of
from chatrec.grounding.importing.turtle import Triple
from chatrec.grounding.importing.values import CleanItem, PackShapes, ShapeSlot
from chatrec.grounding.schema import VOCABULARY

_MENTIONS = URIRef("https://schema.org/mentions")
_SHORTEST = 4
_CUED, _LONG_NAME, _CAPITAL, _WORD = 0.95, 0.85, 0.75, 0.6
_CONTEXT = 40


@dataclass(frozen=True, slots=True)
class Finding:
    """An entity found in a description: which property it fills, how sure that is, and the words around it."""

    path: URIRef
    entity: URIRef
    slot: str
    words: str
    start: int
    confidence: float


class Extractor:
    """Looks for the graph's own labels in text.

    Args:
        shapes: the schema, for the slots that an entity can fill and the cues that announce them.
        names: class, key and IRI of every entity.
    """

    def __init__(self, shapes: PackShapes, names: Iterable[tuple[str, str, URIRef]]) -> None:
        self._slots: dict[str, list[ShapeSlot]] = defaultdict(list)
        for slot in shapes.slots:
            if slot.kind == "entity":
                self._slots[slot.class_].append(slot)
        self._automaton = ahocorasick.Automaton()
        for class_, label, iri in names:
            least = 2 if is_han(label[:1]) else _SHORTEST
            if len(label) >= least and class_ in self._slots and not re.fullmatch(r"[\d ]+", label):
                self._automaton.add_word(label, (label, class_, iri))
        if len(self._automaton):
            self._automaton.make_automaton()

    def find(self, item: CleanItem, held: dict[str, set[URIRef]]) -> list[Finding]:
        """Return what the descriptions of an item tell beyond the values it holds, one finding an entity."""
        if not len(self._automaton):
            return []
        every = set[URIRef]().union(*held.values()) if held else set[URIRef]()
        found: dict[URIRef, Finding] = {}
        for slot, texts in sorted(item.texts.items()):
            for _, text in sorted(texts.items()):
                for finding in self._in_text(slot, text, held):
                    if finding.entity not in every:
                        best = max(finding, found.get(finding.entity, finding), key=lambda f: f.confidence)
                        found[finding.entity] = best
        return sorted(found.values(), key=lambda finding: (finding.start, finding.entity))

    def _in_text(self, slot: str, text: str, held: dict[str, set[URIRef]]) -> Iterator[Finding]:
        folded = fold(text)
        keyed = key(folded)
        for end, (label, class_, iri) in self._automaton.iter_long(keyed.text):
            start = end - len(label) + 1
            if _stands_alone(keyed.text, start, end + 1):
                words, at = folded.span(keyed.starts[start], keyed.starts[end] + 1)
                path, confidence = self._relation(class_, label, words, text[:at], held)
                yield Finding(
                    path, iri, slot, text[max(0, at - _CONTEXT) : at + len(words) + _CONTEXT], at, confidence
                )

    def _relation(
        self, class_: str, label: str, words: str, before: str, held: dict[str, set[URIRef]]
    ) -> tuple[URIRef, float]:
        """Return the property that an entity fills, and how sure that is."""
        slots = self._slots[class_]
        lead = before.casefold().rstrip(" \"'“：:")
        for slot in slots:
            if any(_announces(lead, cue.casefold()) for cue in slot.cues):
                return URIRef(slot.path), _CUED
        sure = _LONG_NAME if " " in label else _CAPITAL if words[:1].isupper() and before.strip() else _WORD
        if len(slots) == 1 and not held.get(slots[0].name) and slots[0].max_count != 0:
            return URIRef(slots[0].path), sure
        return _MENTIONS, sure


def _announces(lead: str, cue: str) -> bool:
    """Say whether a text ends with a cue of more than one short word."""
    if not lead.endswith(cue) or (len(cue) < 6 and not is_han(cue[:1])):
        return False
    return is_han(cue[:1]) or not lead[: -len(cue)][-1:].isalnum()


def _stands_alone(text: str, start: int, end: int) -> bool:
    if is_han(text[start]):
        return True
    return (start == 0 or not text[start - 1].isalnum()) and (end == len(text) or not text[end].isalnum())


def statements(item: URIRef, findings: Iterable[Finding]) -> Iterator[Triple]:
    """Yield the facts, and for each where it came from and how sure it is."""
    for finding in findings:
        yield item, finding.path, finding.entity
    for finding in findings:
        node = URIRef(f"{item}:extracted-{digest(f'{finding.path} {finding.entity}')}")
        yield node, RDF.type, RDF.Statement
        yield node, RDF.subject, item
        yield node, RDF.predicate, finding.path
        yield node, RDF.object, finding.entity
        yield node, URIRef(f"{VOCABULARY}confidence"), Literal(str(finding.confidence), datatype=XSD.decimal)
        yield node, PROV.wasDerivedFrom, item
        yield (
            node,
            PROV.atLocation,
            Literal(f"{finding.slot}, character {finding.start}"),
        )
        yield node, PROV.value, Literal(finding.words, lang=language_of(finding.words))
