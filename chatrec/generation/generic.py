"""The part of a licence that needs no slot's name, the same for every pack: items in brief, told of, compared, asked about."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from chatrec.dialogue.slots import Schema
from chatrec.dialogue.values import Candidate, Language
from chatrec.generation.brief import Known, card, contrasts, told
from chatrec.generation.phrases import sentence, shared
from chatrec.generation.templates import LETTERS
from chatrec.generation.wording import Literal, fact_literal

NAMED_IN_ANSWER = 4
"""How many values of a slot an answer names at most."""


@dataclass(frozen=True)
class Generic:
    """What a reply about some items may say in the words of the shapes.

    Attributes:
        known: the facts of each item that can be said in the language, by slot.
        wished: the nodes that the user asked for: they are not told of again.
        liked: the liked item that the reply may name, empty where there is none.
        asked: the slot that is asked about.
        seed: draws which slots are told of.
    """

    schema: Schema
    language: Language
    known: Sequence[Known]
    wished: Collection[str]
    liked: str
    asked: str | None
    seed: int

    def licence(self, candidates: Sequence[Candidate]) -> dict[str, Literal]:
        """Return the literals by pointer."""
        named: dict[str, Literal] = {}
        for letter, candidate, known, words in zip(
            LETTERS, candidates, self.known, self._told(), strict=False
        ):
            item = {**words, **self._texts(known), **self._shared(candidate)}
            item["card"] = card(self.schema, self.language, known)
            named |= {f"{letter}.{name}": literal for name, literal in item.items()}
        return named | self._answer() | self._apart()

    def _told(self) -> list[dict[str, Literal]]:
        fresh = [
            {
                slot: [fact for fact in facts if fact.triple[2] not in self.wished]
                for slot, facts in item.items()
            }
            for item in self.known
        ]
        return told(self.schema, self.language, fresh, self.seed)

    def _texts(self, known: Known) -> Mapping[str, Literal]:
        """Return the first text of an item as its synopsis, whatever its slot is called."""
        for slot in self.schema.slots:
            if slot.kind == "text" and (facts := known.get(slot.name)):
                return {"synopsis": fact_literal(slot, facts[0], self.language)}
        return {}

    def _shared(self, candidate: Candidate) -> Mapping[str, Literal]:
        """Return what an item has in common with the liked one."""
        for fact, liked in candidate.shared:
            if liked == self.liked:
                return {"shared": shared(self.schema.slot(fact.slot), fact, self.language)}
        return {}

    def _answer(self) -> dict[str, Literal]:
        if self.asked is None or not self.known:
            return {}
        facts = self.known[0].get(self.asked, ())[:NAMED_IN_ANSWER]
        said = sentence(self.schema.slot(self.asked), facts, self.language)
        return {"A.answer": said} if said else {}

    def _apart(self) -> dict[str, Literal]:
        apart = contrasts(self.schema, self.language, self.known[:2]) if len(self.known) > 1 else []
        return {f"{letter}.contrast": literal for letter, literal in zip(LETTERS, apart, strict=False)}
