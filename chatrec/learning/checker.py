"""An independent reader of replies: it shares no code with the constraint or the guard, only the facts of the graph.

It takes a reply with its claims apart and returns every statement that nothing backs: a claim that does not stand where
it says or that the graph does not hold, a fact told of another item than the one being spoken of, a name or a number
outside all claims.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from chatrec.dialogue.values import Claim, Entry
from chatrec.grounding.graph import Graph

LETTERS = r"A-Za-zÀ-ÖØ-öø-ÿ0-9"


@dataclass(frozen=True)
class Checker:
    """Reads replies about the items of a graph."""

    graph: Graph
    names: re.Pattern[str]
    name_path: str

    @classmethod
    def of(cls, graph: Graph, entries: Iterable[Entry], name_path: str) -> Checker:
        """Build a checker that knows the multi-word names of people and items, and every Chinese name of three characters."""
        wanted = {
            entry.surface
            for entry in entries
            if (" " in entry.surface and len(entry.surface) > 6)
            or re.fullmatch("[\u4e00-\u9fff·]{3,}", entry.surface)
        }
        ordered = sorted(wanted, key=len, reverse=True)
        latin = "|".join(re.escape(name) for name in ordered if name[0].isascii())
        other = "|".join(re.escape(name) for name in ordered if not name[0].isascii())
        return cls(graph, re.compile(f"(?<![{LETTERS}])(?:{latin})(?![{LETTERS}])|{other}"), name_path)

    def faults(self, reply: str, claims: Iterable[Claim], liked: Iterable[str] = ()) -> list[str]:
        """Return what is wrong with a reply; nothing is what it should return."""
        listed = sorted(claims, key=lambda claim: claim.start)
        found = [f"not where it says: {c}" for c in listed if reply[c.start : c.end] != c.text]
        found += [f"not in the graph: {c.triple}" for c in listed if not self._backed(c)]
        found += self._swapped(listed, set(liked))
        rest = reply
        for claim in listed:
            rest = rest[: claim.start] + "\x00" * (claim.end - claim.start) + rest[claim.end :]
        found += [f"a number without a claim: {n}" for n in re.findall(r"[0-9]+", rest)]
        return found + [f"a name without a claim: {n}" for n in self.names.findall(rest)]

    def _backed(self, claim: Claim) -> bool:
        return claim.triple[0] == "session" or self.graph.holds(claim.triple)

    def _swapped(self, claims: list[Claim], liked: set[str]) -> list[str]:
        """Return facts whose subject is neither the item named last before them nor the one named next."""
        titles = [c for c in claims if c.triple[1] == self.name_path and c.triple[0] not in liked]
        found = []
        for claim in claims:
            if claim.triple[0] == "session" or claim.triple[1] == self.name_path or not titles:
                continue
            before = [t.triple[0] for t in titles if t.start < claim.start][-1:]
            after = [t.triple[0] for t in titles if t.start > claim.start][:1]
            if claim.triple[0] not in (before or after):
                found.append(f"told of another item: {claim.text} {claim.triple}")
        return found
