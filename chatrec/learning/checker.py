"""An independent reader of replies: it shares no code with the constraint or the guard, only the facts of the graph.

It takes a reply with its claims apart and returns every statement that nothing backs: a claim that does not stand where
it says, that is not what it is said to be or that the graph does not hold; a fact told of another item than the one
being spoken of, or in another role; a comparison, a count or a "both" that does not hold; a name, a number or a word
outside all claims that no text of ours has.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from rdflib import URIRef

from chatrec.dialogue.values import Claim
from chatrec.grounding.graph import Graph, render_query
from chatrec.grounding.pack import Pack
from chatrec.learning.reading import Reading
from chatrec.learning.spelled import Spelled
from chatrec.learning.statements import Statements

_SESSION = "session"


@dataclass(frozen=True, eq=False)
class Held:
    """What the graph holds, each subject and property asked for once."""

    graph: Graph
    _known: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)

    def objects(self, subject: str, path: str) -> frozenset[str]:
        """Return the objects of a property of a subject: IRIs and lexical forms."""
        key = (subject, path)
        if key not in self._known:
            self._known[key] = self._asked(subject, path)
        return self._known[key]

    def _asked(self, subject: str, path: str) -> frozenset[str]:
        try:
            query = render_query("objects", subject=URIRef(subject), predicate=URIRef(path))
        except TypeError:  # no IRI: nothing is held of it
            return frozenset()
        return frozenset(str(row["object"]) for row in self.graph.select(query))


@dataclass(frozen=True, eq=False)
class Checker:
    """Reads replies about the items of a pack. Built once for a pack: its labels and relations are compiled."""

    held: Held
    labels: dict[str, frozenset[str]]
    spelled: Spelled
    statements: Statements
    name_path: str

    @classmethod
    def of(cls, pack: Pack) -> Checker:
        """Build the checker of a pack."""
        labels: dict[str, set[str]] = defaultdict(set)
        for entry in pack.entries:
            labels[entry.iri].add(entry.surface.casefold())
        held = Held(pack.graph)
        return cls(
            held,
            {iri: frozenset(surfaces) for iri, surfaces in labels.items() if iri},
            Spelled.of(pack.entries, pack.schema),
            Statements.of(pack.schema, held.objects),
            pack.schema.name_slot.path,
        )

    def faults(
        self, reply: str, claims: Iterable[Claim], liked: Iterable[str] = (), about: Collection[str] = ()
    ) -> list[str]:
        """Return what is wrong with a reply; nothing is what it should return.

        Args:
            reply, claims: the text and what it states where.
            liked: the items that it may name only as ones that were liked (or not).
            about: the items that it may speak of besides those; any item where none are given.
        """
        listed = sorted(claims, key=lambda claim: claim.start)
        reading = Reading.of(reply, listed, self.name_path, frozenset(liked))
        found = [fault for claim in listed for fault in self._claim(reply, claim)]
        found += [f"told of another item: {c.text} {c.triple}" for c in reading.strange(frozenset(about))]
        return found + self.spelled.faults(reading.free) + list(self.statements.faults(reading))

    def _claim(self, reply: str, claim: Claim) -> Iterator[str]:
        if reply[claim.start : claim.end] != claim.text:
            yield f"not where it says: {claim}"
        subject, path, value = claim.triple
        if subject == _SESSION:
            return
        if value not in self.held.objects(subject, path):
            yield f"not in the graph: {claim.triple}"
        if claim.text != value and claim.text.casefold() not in self.labels.get(value, ()):
            yield f"not what it is called: {claim.text!r} for {value}"
