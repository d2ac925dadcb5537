"""A reply taken apart, as the checker reads it: its claims, the items it names, and its words outside of claims."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from chatrec.dialogue.values import Claim

ITEM = "\x01"
"""Stands for a character of an item's name in `Reading.marked`."""
_MASK = "\x00"


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
        """The free words with `ITEM` where an item is named."""
        text = self.free
        for claim in self.named:
            text = text[: claim.start] + ITEM * (claim.end - claim.start) + text[claim.end :]
        return text

    def strange(self, about: frozenset[str]) -> Iterator[Claim]:
        """Yield the claims about items that are not spoken of."""
        spoken = about | self.liked
        yield from (c for c in (*self.named, *self.facts) if about and c.triple[0] not in spoken)

    def before(self, place: int) -> list[str]:
        """Return the items named before a place, in order, each once."""
        return list(dict.fromkeys(c.triple[0] for c in self.items if c.start < place))
