"""What a reply says by its words around the claims: of which item, in which role, of how many, and compared to what."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from chatrec.dialogue.values import Claim, Language
from chatrec.learning.relations import Relations, any_of, rules

_SENTENCE = re.compile(r"[^.!?;。！？；]*(?:[.!?;。！？；]+|$)")
_SENTENCE_START = re.compile(r"[.!?;。！？；]\s*")
_MASK = "\x00"
_ITEM = "\x01"


@dataclass(frozen=True, eq=False)
class Reading:
    """A reply taken apart: its claims in order, its words outside claims (`\\x00` stands for each character of a claim).

    `items` are the claims that name an item other than one that is only liked; `named` all claims that name one.
    """

    free: str
    claims: tuple[Claim, ...]
    items: tuple[Claim, ...]
    named: tuple[Claim, ...]
    liked: frozenset[str]

    @classmethod
    def of(cls, reply: str, claims: Sequence[Claim], name_path: str, liked: frozenset[str]) -> Reading:
        """Take a reply apart; the claims are in order."""
        free = reply
        for claim in claims:
            free = free[: claim.start] + _MASK * (claim.end - claim.start) + free[claim.end :]
        named = tuple(c for c in claims if c.triple[1] == name_path)
        items = tuple(c for c in named if c.triple[0] not in liked)
        return cls(free, tuple(claims), items, named, liked)

    @cached_property
    def facts(self) -> tuple[Claim, ...]:
        """The claims about items, besides their names."""
        return tuple(c for c in self.claims if c.triple[0] != "session" and c not in self.named)

    @cached_property
    def marked(self) -> str:
        """The free words with `\\x01` where an item is named."""
        text = self.free
        for claim in self.named:
            text = text[: claim.start] + _ITEM * (claim.end - claim.start) + text[claim.end :]
        return text

    def strange(self, about: frozenset[str]) -> Iterator[Claim]:
        """Yield the claims about items that are not spoken of."""
        spoken = about | self.liked
        yield from (c for c in (*self.named, *self.facts) if about and c.triple[0] not in spoken)

    def before(self, place: int) -> list[str]:
        """Return the items named before a place, in order, each once."""
        return list(dict.fromkeys(c.triple[0] for c in self.items if c.start < place))


@dataclass(frozen=True, eq=False)
class Statements:
    """Reads statements against what the graph holds (`held` gives the objects of a subject's property)."""

    relations: Relations
    held: Callable[[str, str], frozenset[str]]
    languages: Sequence[Language]

    def faults(self, reading: Reading) -> Iterator[str]:
        """Yield the statements that do not hold."""
        for claim in reading.facts:
            yield from self._of_another(reading, claim)
            yield from self._in_another_role(reading, claim)
        for language in self.languages:
            rule = _Rules.of(language)
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
            (match.start(), item)
            for language in self.languages
            for match, item in _Rules.of(language).pointed(reading, last, place)
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
        ahead = any(_Rules.of(language).ahead.match(begun[-1]) for language in self.languages if begun)
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

    def _not_shared(self, reading: Reading, rule: _Rules) -> Iterator[str]:
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

    def _compared(self, reading: Reading, rule: _Rules) -> Iterator[str]:
        yield from (f"no graph says: {match[0]}" for match in rule.superlative.finditer(reading.free))
        for cue, slot, sign in rule.comparatives:
            for match in cue.finditer(reading.marked):
                ends = self._compared_items(reading, match)
                if ends is None or not self._greater(*ends, slot, sign):
                    yield f"compared wrongly: {match[0]}"

    def _compared_items(self, reading: Reading, match: re.Match[str]) -> tuple[str, str] | None:
        before = [c.triple[0] for c in reading.named if c.start < match.start()]
        other = next((c.triple[0] for c in reading.named if match.start() <= c.start < match.end()), None)
        pointed = [item for at, item in self._pointers(reading, match)]
        others = [other] if other else pointed
        return (before[-1], others[0]) if before and others else None

    def _pointers(self, reading: Reading, match: re.Match[str]) -> Iterator[tuple[int, str]]:
        for language in self.languages:
            for found, item in _Rules.of(language).pointed(reading, match.start() - 1, match.end()):
                yield found.start(), item

    def _greater(self, one: str, other: str, slot: str, sign: int) -> bool:
        path = self.relations.paths.get(slot, "")
        pairs = [(a, b) for a in self.held(one, path) for b in self.held(other, path)]
        return bool(pairs) and all(sign * (float(a) - float(b)) > 0 for a, b in pairs)


def _uncounted(reading: Reading, rule: _Rules) -> Iterator[str]:
    """A count of items is that of those named, with or without the ones that are only liked."""
    counts = {len({c.triple[0] for c in group}) for group in (reading.items, reading.named)}
    for match in rule.counted.finditer(reading.free):
        if reading.items and rule.numbers[match[1].lower()] not in counts:
            yield f"a wrong count: {match[0]}"


@dataclass(frozen=True, eq=False)
class _Rules:
    """The rules of a language, compiled."""

    shared: re.Pattern[str]
    ordinals: tuple[tuple[int, re.Pattern[str]], ...]
    superlative: re.Pattern[str]
    comparatives: tuple[tuple[re.Pattern[str], str, int], ...]
    counted: re.Pattern[str]
    numbers: dict[str, int]
    ahead: re.Pattern[str]

    @classmethod
    def of(cls, language: Language) -> _Rules:
        return _compiled(language)

    def pointed(self, reading: Reading, start: int, end: int) -> Iterator[tuple[re.Match[str], str]]:
        """Yield the words in a span of a reply that point at an item by its place, and the item."""
        for place, pattern in self.ordinals:
            for match in pattern.finditer(reading.free, max(start, 0), end):
                named = reading.before(match.start())
                if len(named) > 1 and -len(named) <= place < len(named):
                    yield match, named[place]


@lru_cache
def _compiled(language: Language) -> _Rules:
    found = rules(language)
    ordinals = found.get("ordinals", {})
    other = rf"{_ITEM}+|{any_of(word for words in ordinals.values() for word in words)}"
    than = found.get("than", "(?!)").replace("{other}", rf"\W*?(?:{other})\W*?")
    return _Rules(
        re.compile(any_of(found.get("shared", ())), re.IGNORECASE),
        tuple((int(place), re.compile(any_of(words), re.IGNORECASE)) for place, words in ordinals.items()),
        re.compile(found.get("superlative", "(?!)"), re.IGNORECASE),
        tuple(
            (re.compile(than.replace("{cue}", any_of(cues)), re.IGNORECASE), slot, sign)
            for kind, sign in (("greater", 1), ("lesser", -1))
            for slot, cues in found.get(kind, {}).items()
        ),
        re.compile(
            found.get("counted", "(?!)").replace("{number}", any_of(found.get("numbers", {}))), re.IGNORECASE
        ),
        found.get("numbers", {}),
        re.compile(any_of(found.get("ahead", ())), re.IGNORECASE),
    )
