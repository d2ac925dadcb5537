"""What a reply says by its words around the claims: of which item, in which role, of how many, and compared to what."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from chatrec.dialogue.slots import Schema
from chatrec.dialogue.values import Claim
from chatrec.learning.reading import Reading
from chatrec.learning.relations import Relations
from chatrec.learning.rules import Rules

_SENTENCE = re.compile(r"[^.!?;。！？；]*(?:[.!?;。！？；]+|$)")
_SENTENCE_START = re.compile(r"[.!?;。！？；]\s*")


@dataclass(frozen=True, eq=False)
class Statements:
    """Reads statements against what the graph holds (`held` gives the objects of a subject's property)."""

    relations: Relations
    held: Callable[[str, str], frozenset[str]]
    rules: tuple[Rules, ...]

    @classmethod
    def of(cls, schema: Schema, held: Callable[[str, str], frozenset[str]]) -> Statements:
        """Compile what is read of replies about a pack, in all its languages."""
        return cls(Relations.of(schema), held, tuple(Rules.of(schema, name) for name in schema.languages))

    def faults(self, reading: Reading) -> Iterator[str]:
        """Yield the statements that do not hold."""
        for claim in reading.facts:
            yield from self._of_another(reading, claim)
            yield from self._in_another_role(reading, claim)
        for rule in self.rules:
            yield from self._not_shared(reading, rule)
            yield from self._compared(reading, rule)
            yield from _uncounted(reading, rule)

    # --- of which item ---

    def _of_another(self, reading: Reading, claim: Claim) -> Iterator[str]:
        """A fact is told of the item named or pointed at last before it, else of the one named next."""
        if reading.items and claim.triple[0] not in self._spoken_of(reading, claim.start):
            yield f"told of another item: {claim.text} {claim.triple}"
        elif not reading.items and claim.triple[0] != reading.facts[0].triple[0]:
            yield f"told of two items, none named: {claim.text} {claim.triple}"

    def _spoken_of(self, reading: Reading, place: int) -> list[str]:
        last = max((c.start for c in reading.items if c.start < place), default=-1)
        pointed = [
            (match.start(), item) for rule in self.rules for match, item in rule.pointed(reading, last, place)
        ]
        if pointed:
            return [max(pointed)[1]]
        before = [c.triple[0] for c in reading.items if c.start < place][-1:]
        after = [c for c in reading.items if c.start > place][:1]
        if after and self._looks_ahead(reading.free, max(last, 0), place, after[0].start):
            before = []
        return before or [c.triple[0] for c in after]

    def _looks_ahead(self, free: str, last: int, place: int, item: int) -> bool:
        """Tell whether a sentence that began behind the last item with words such as `if` names the item it is about later."""
        _, *begun = _SENTENCE_START.split(free[last:place])
        ahead = any(rule.ahead.match(begun[-1]) for rule in self.rules if begun)
        return ahead and not _SENTENCE_START.search(free[place:item])

    # --- in which role ---

    def _in_another_role(self, reading: Reading, claim: Claim) -> Iterator[str]:
        subject, path, value = claim.triple
        left, right = self._beside(reading, claim)
        for slots in self.relations.announced(left, right):
            paths = {self.relations.paths[slot] for slot in slots}
            if path not in paths and not any(value in self.held(subject, other) for other in paths):
                yield f"in another role: {claim.text} {claim.triple} as {', '.join(sorted(slots))}"

    def _beside(self, reading: Reading, claim: Claim) -> tuple[str, str]:
        """Return the free words before and behind a claim, or behind and before the list that it stands in."""
        first = last = reading.claims.index(claim)
        claims, free = reading.claims, reading.free
        while first and self._one_list(reading, first - 1):
            first -= 1
        while last + 1 < len(claims) and self._one_list(reading, last):
            last += 1
        return free[: claims[first].start], free[claims[last].end :]

    def _one_list(self, reading: Reading, place: int) -> bool:
        """Tell whether the claim at a place and the next one stand in one list of values."""
        one, other = reading.claims[place : place + 2]
        gap = reading.free[one.end : other.start]
        return one.triple[:2] == other.triple[:2] and gap in self.relations.between

    # --- of how many ---

    def _not_shared(self, reading: Reading, rule: Rules) -> Iterator[str]:
        """A value that is said to be shared is one that another item named, or liked, has as well."""
        for sentence in _SENTENCE.finditer(reading.free):
            for cue in rule.shared.finditer(sentence[0]):
                start = sentence.start() + cue.end()
                claim = next((c for c in reading.facts if start <= c.start < sentence.end()), None)
                if claim and not self._has_another(reading, claim):
                    yield f"not shared: {claim.text} {claim.triple}"

    def _has_another(self, reading: Reading, claim: Claim) -> bool:
        subject, path, value = claim.triple
        others = {c.triple[0] for c in reading.named} | reading.liked
        return any(value in self.held(other, path) for other in others - {subject})

    # --- compared to what ---

    def _compared(self, reading: Reading, rule: Rules) -> Iterator[str]:
        """A comparison of two items by a number holds or not; of any other, and of what is most of all, no graph tells."""
        read = []
        for cue, slot, sign in rule.comparatives:
            for match in cue.finditer(reading.marked):
                read.append(match.span())
                ends = self._compared_items(reading, match)
                if ends is None or not self._greater(*ends, slot, sign):
                    yield f"compared wrongly: {match[0]}"
        for match in rule.untold.finditer(reading.marked):
            if not any(start < match.end() and match.start() < end for start, end in read):
                yield f"no graph says: {match[0]}"

    def _compared_items(self, reading: Reading, match: re.Match[str]) -> tuple[str, str] | None:
        before = [c.triple[0] for c in reading.named if c.start < match.start()]
        inside = [c.triple[0] for c in reading.named if match.start() <= c.start < match.end()]
        pointed = [i for rule in self.rules for _, i in rule.pointed(reading, match.start(), match.end())]
        others = inside or pointed
        return (before[-1], others[0]) if before and others else None

    def _greater(self, one: str, other: str, slot: str, sign: int) -> bool:
        path = self.relations.paths.get(slot, "")
        pairs = [(a, b) for a in self.held(one, path) for b in self.held(other, path)]
        return bool(pairs) and all(sign * (float(a) - float(b)) > 0 for a, b in pairs)


def _uncounted(reading: Reading, rule: Rules) -> Iterator[str]:
    """A count of items is that of those named, with or without the ones that are only liked."""
    counts = {len({c.triple[0] for c in group}) for group in (reading.items, reading.named)}
    for match in rule.counted.finditer(reading.free):
        if reading.items and rule.numbers[match[1].lower()] not in counts:
            yield f"a wrong count: {match[0]}"
