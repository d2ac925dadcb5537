"""True replies of all kinds: what the verbaliser says, and the hand-written replies with facts in their places."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

from chatrec.dialogue.values import Claim, Language, Triple
from chatrec.generation.guard import Guard
from chatrec.generation.plan import Plan
from chatrec.generation.reply import Replier, clean, join
from chatrec.generation.surface import render
from chatrec.grounding.pack import Pack
from chatrec.learning.evaluation import liked_only, spoken_of
from chatrec.learning.situations import situations


@dataclass(frozen=True)
class Told:
    """A reply, what it claims, and the items that it may name as liked or speak of."""

    language: Language
    text: str
    claims: tuple[Claim, ...]
    liked: frozenset[str] = frozenset()
    about: frozenset[str] = frozenset()

    def with_value(self, claim: Claim, text: str, triple: Triple) -> Told:
        """Put another value in the place of a claim; the claims behind it move along."""
        moved = len(text) - len(claim.text)
        claims = tuple(
            replace(c, start=c.start + moved, end=c.end + moved) if c.start > claim.start else c
            for c in self.claims
            if c != claim
        )
        new = Claim(claim.start, claim.start + len(text), text, triple)
        return replace(
            self, text=self.text[: claim.start] + text + self.text[claim.end :], claims=(*claims, new)
        )

    def without_claim(self, claim: Claim) -> Told:
        """Leave the words of a claim, but claim nothing."""
        return replace(self, claims=tuple(c for c in self.claims if c != claim))

    def followed_by(self, *pieces: str | tuple[str, Triple]) -> Told:
        """Add words and claims at the end."""
        text = self.text + (" " if self.language == "en" else "")
        claims = list(self.claims)
        for piece in pieces:
            if isinstance(piece, tuple):
                claims.append(Claim(len(text), len(text) + len(piece[0]), *piece))
            text += piece if isinstance(piece, str) else piece[0]
        return replace(self, text=text, claims=tuple(claims))


def true_replies(pack: Pack, language: Language, count: int, seed: int) -> Iterator[Told]:
    """Draw situations and yield the replies to them: one of the verbaliser, and up to two that were written by hand."""
    guard = Guard(pack.entries, pack.schema.name_slot.name)
    plain, written = Replier(guard), clean(language, guard, pack.schema.pack)
    rng = random.Random(seed)
    for plan in situations(pack).plans(language, count, seed):
        yield _told(plan, *join(plain.write(plan)))
        fitting = [t for t in written.get(plan.section, ()) if set(t.pointers) <= set(plan.licence)]
        for target in rng.sample(fitting, min(2, len(fitting))):
            yield _told(plan, *join([render(target.parts, plan.licence, language)]))


def _told(plan: Plan, text: str, claims: tuple[Claim, ...]) -> Told:
    return Told(plan.language, text, claims, frozenset(liked_only(plan)), frozenset(spoken_of(plan)))
