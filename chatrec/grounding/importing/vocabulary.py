"""The values of entity slots: those that the graph holds already, and new ones, each with the label most rows use."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from rapidfuzz.distance import OSA
from rdflib import RDF, Literal, URIRef

from chatrec.grounding.importing.existing import Existing
from chatrec.grounding.importing.text import digest, key, slug
from chatrec.grounding.importing.turtle import Triple
from chatrec.grounding.importing.values import Labels, PackShapes

_PREF_LABEL = "http://www.w3.org/2004/02/skos/core#prefLabel"
_PERSON = "https://schema.org/Person"
_RARE, _OFTEN = 2, 20
_SHORTEST = 5

Node = tuple[str, str]
"""A class and the key of a label: what identifies a value before it has an IRI."""


class Vocabulary:
    """Gives every value an IRI. First all values are counted, then `settle` decides, then IRIs are given.

    Args:
        shapes: the schema, which says whether new values are allowed and how they are labelled.
        existing: what the graph holds already.
    """

    def __init__(self, shapes: PackShapes, existing: Existing) -> None:
        self._shapes, self._existing = shapes, existing
        self._surfaces: dict[Node, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
        self._alias: dict[Node, Node] = {}
        self.used: dict[Node, URIRef] = {}
        self.mended: list[str] = []

    def accepts(self, class_: str, labels: Labels) -> bool:
        """Say whether a value is in the graph, or is named in as many languages as the shapes want of a new one."""
        return self._known(class_, labels) is not None or len(labels) >= self._shapes.label_counts.get(
            class_, 0
        )

    def _known(self, class_: str, labels: Labels) -> URIRef | None:
        found = (self._existing.values.get((class_, key(label))) for label in labels.values())
        return next((iri for iri in found if iri is not None), None)

    def count(self, class_: str, labels: Labels) -> None:
        """Note that a value occurs; labels of several languages given together name the same value."""
        first, *others = [(class_, key(label)) for label in labels.values()]
        first = self._alias.get(first, first)
        for other in others:
            if other != first and other not in self._surfaces:
                self._alias.setdefault(other, first)
        for language, label in labels.items():
            self._surfaces[first][language][label] += 1

    def settle(self) -> None:
        """Take rare values that are one typo away from a frequent one for that one, and give every value its IRI."""
        counts = {
            node: sum(sum(c.values()) for c in labels.values()) for node, labels in self._surfaces.items()
        }
        often = [node for node, count in counts.items() if count >= _OFTEN]
        for node, count in sorted(counts.items()):
            if count <= _RARE and _may_be_typo(node):
                near = next((other for other in sorted(often) if _is_typo(node, other)), None)
                if near is not None:
                    self._alias[node] = near
                    self.mended.append(
                        f"{self._label(node)} ({count}) was taken for {self._label(near)} ({counts[near]})."
                    )
        for class_, label in sorted(self._surfaces):
            self.iri(class_, {"": label})

    def _label(self, node: Node) -> str:
        languages = self._surfaces[node]
        return max((n, label) for labels in languages.values() for label, n in labels.items())[1]

    def iri(self, class_: str, labels: Labels) -> URIRef:
        """Return the IRI of a value."""
        node = class_, key(next(iter(labels.values())))
        while node in self._alias:
            node = self._alias[node]
        if node not in self.used:
            self.used[node] = self._known(class_, {**labels, "": node[1]}) or self._minted(node)
        return self.used[node]

    def _minted(self, node: Node) -> URIRef:
        class_, label = node
        place = f"{self._shapes.base}{_local(class_).lower()}:"
        iri = URIRef(place + slug(label))
        return (
            iri
            if iri not in self._existing.typed
            else URIRef(f"{place}{slug(label)}-{digest(class_ + label)}")
        )

    def triples(self, wanted: Iterable[URIRef]) -> Iterator[Triple]:
        """Yield class and labels of those of the wanted values that are new, in the order of their IRIs."""
        nodes = {iri: node for node, iri in self.used.items() if iri not in self._existing.typed}
        for iri in sorted(set(wanted) & set(nodes)):
            class_, _ = nodes[iri]
            path = URIRef(self._shapes.label_paths.get(class_, _PREF_LABEL))
            yield iri, RDF.type, URIRef(class_)
            for language, label in sorted(self._best_labels(nodes[iri]).items()):
                yield iri, path, Literal(label, lang=language)

    def _best_labels(self, node: Node) -> Labels:
        """Return the label that most rows use, by language."""
        return {
            language: max(labels.items(), key=lambda pair: (pair[1], pair[0]))[0]
            for language, labels in self._surfaces[node].items()
            if labels
        }

    def names(self) -> Iterator[tuple[str, str, URIRef]]:
        """Yield class, key and IRI of every value, old and new."""
        for (class_, label), iri in self._existing.values.items():
            yield class_, label, iri
        for class_, label in (*self.used, *self._alias):
            yield class_, label, self.iri(class_, {"": label})


def _local(class_: str) -> str:
    return re.split(r"[/#:]", class_)[-1] or "value"


def _may_be_typo(node: Node) -> bool:
    class_, label = node
    return (
        class_ != _PERSON
        and len(label) >= _SHORTEST
        and label.isascii()
        and not any(c.isdigit() for c in label)
    )


def _is_typo(node: Node, other: Node) -> bool:
    same_start = node[0] == other[0] and node[1][0] == other[1][0]
    return same_start and _may_be_typo(other) and OSA.distance(node[1], other[1], score_cutoff=1) == 1
