"""From the words of a script to nodes of the graph: labels in any language, and names found in a text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import ahocorasick
from rdflib import RDF, SDO

from chatrec.dialogue.folding import is_han, is_wordlike, key_of
from chatrec.dialogue.values import Entry
from chatrec.grounding.pack import Pack
from chatrec.scripts.faults import nearest

_SHORTEST = 4
"""Names with fewer letters are too often ordinary words to be looked for in a reply."""
_SHORTEST_HAN_PERSON = 3
"""The same for a person's name in Chinese characters."""


@dataclass(frozen=True, slots=True)
class Named:
    """A span of a text where a name stands, and the nodes that have that name."""

    start: int
    end: int
    nodes: frozenset[str]


@dataclass(frozen=True, eq=False)
class Labels:
    """The labels of a pack by key and by node, and a search for the names of items and people in a text."""

    by_key: Mapping[str, tuple[Entry, ...]]
    by_node: Mapping[str, tuple[Entry, ...]]
    names: ahocorasick.Automaton

    def nodes(self, label: str, slot: str | None = None) -> frozenset[str]:
        """Return the IRIs that a label names (as values of that slot, or of any)."""
        found = self.by_key.get(key_of(label), ())
        return frozenset(e.iri for e in found if e.iri and (slot is None or slot in e.slots))

    def meant(self, label: str, slot: str) -> str:
        """Return the label of a slot's value that is most like a word, or nothing where none is like it."""
        return nearest(label, {e.surface for found in self.by_key.values() for e in found if slot in e.slots})

    def named(self, text: str) -> list[Named]:
        """Return every span where a name of an item or a person stands as whole words."""
        found = (Named(end + 1 - len(name), end + 1, nodes) for end, (name, nodes) in self.names.iter(text))
        return [place for place in found if _whole(text, place.start, place.end)]


@lru_cache(maxsize=8)
def labels_of(pack: Pack) -> Labels:
    """Index the labels of a pack, once."""
    by_key: dict[str, list[Entry]] = defaultdict(list)
    by_node: dict[str, list[Entry]] = defaultdict(list)
    for entry in pack.entries:
        by_key[key_of(entry.surface)].append(entry)
        by_node[entry.iri].append(entry)
    return Labels(_frozen(by_key), _frozen(by_node), _search(pack))


def _frozen(groups: Mapping[str, list[Entry]]) -> dict[str, tuple[Entry, ...]]:
    return {key: tuple(entries) for key, entries in groups.items()}


def _search(pack: Pack) -> ahocorasick.Automaton:
    """Compile the search for names."""
    nodes: dict[str, set[str]] = defaultdict(set)
    for entry in _names(pack):
        nodes[entry.surface].add(entry.iri)
    search = ahocorasick.Automaton()
    for name, iris in nodes.items():
        search.add_word(name, (name, frozenset(iris)))
    search.make_automaton()
    return search


def _names(pack: Pack) -> Iterator[Entry]:
    """Yield the preferred labels of items and people that are long enough to be told from ordinary words."""
    people = {str(person) for person in pack.graph.rdf.subjects(RDF.type, SDO.Person)}
    for entry in pack.entries:
        if entry.preferred and (pack.schema.name_slot.name in entry.slots or entry.iri in people):
            han = any(map(is_han, entry.surface)) and entry.iri in people
            if sum(map(str.isalnum, entry.surface)) >= (_SHORTEST_HAN_PERSON if han else _SHORTEST):
                yield entry


def _whole(text: str, start: int, end: int) -> bool:
    """Tell whether a span is no part of a longer word."""
    edges = (text[start - 1 : start], text[start]), (text[end - 1], text[end : end + 1])
    return not any(left and right and is_wordlike(left) and is_wordlike(right) for left, right in edges)
