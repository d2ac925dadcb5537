"""Situations to write replies for: plans drawn at random from the graph, for proofs and evaluations.

A situation is what a turn hands to the generation: a decision, candidates with their facts, acts and a state.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from chatrec.dialogue.values import Act, Constraint, Decision, Item, Language, Operator, State
from chatrec.generation.plan import Labels, Plan, make_plan
from chatrec.grounding.candidates import find
from chatrec.grounding.pack import Pack
from chatrec.grounding.ranking import describe, pack_space

_KINDS = ("recommend", "recommend", "relax", "answer", "answer", "explain", "compare", "ask", "talk")
_TALK = ("greet", "thank", "close", "chitchat", "refuse", "abuse", "unknown", "forget")
_BOUNDS: tuple[Operator, ...] = ("=", ">=", "<=")
_ASKED = ("genre", "mood", "year", "audience", "language", "actor", "runtime", "theme")


@dataclass(frozen=True)
class Situations:
    """Draws situations from a pack."""

    pack: Pack
    labels: Labels

    def draw(self, language: Language, rng: random.Random) -> Plan:
        """Return the plan of one situation."""
        liked, first = self._some_items(2, rng)
        acts, state = self._said(liked, first, language, rng)
        kind = rng.choice([kind for kind in _KINDS if kind != "relax" or state.constraints])
        dropped = state.constraints[:1] if kind == "relax" else ()
        items = self._fitting(first, liked, state.constraints[len(dropped) :], rng)
        decision, count = self._decision(kind, items, rng)
        shown = describe(self.pack, dict.fromkeys(items[:count], 0.0), state)
        message = ("，" if language == "zh" else ", ").join(act.text for act in acts)
        decision = replace(decision, dropped=dropped)
        return make_plan(self.pack.schema, self.labels, decision, shown, acts, state, message)

    def _fitting(
        self, first: Item, liked: Item, wishes: Sequence[Constraint], rng: random.Random
    ) -> tuple[str, ...]:
        """Return up to three items that meet the wishes."""
        others = list(find(self.pack, wishes, [first.iri, liked.iri]).items)
        return (first.iri, *rng.sample(others, min(2, len(others))))

    def plans(self, language: Language, count: int, seed: int = 0) -> Iterator[Plan]:
        """Yield `count` plans, each with a seed of its own."""
        rng = random.Random(seed)
        for number in range(count):
            yield replace(self.draw(language, rng), seed=seed * 1_000_003 + number)

    def _some_items(self, count: int, rng: random.Random) -> list[Item]:
        catalogue = pack_space(self.pack).catalogue
        rows = rng.sample(range(len(catalogue.items)), min(count, len(catalogue.items)))
        return list(self.pack.items(tuple(map(catalogue.name, rows))))

    def _decision(self, kind: str, iris: tuple[str, ...], rng: random.Random) -> tuple[Decision, int]:
        """Draw the rest of a decision, and how many items it shows."""
        if kind == "recommend":
            return Decision(kind, kind, count=rng.choice([None, 3, 17])), rng.randint(1, len(iris))
        if kind == "relax":
            return Decision(kind, kind), rng.randint(0, len(iris))
        if kind == "answer":
            slot = rng.choice([s.name for s in self.pack.schema.slots if s.kind != "name"])
            return Decision("answer", "answer", iris[:1], slot), 1
        if kind == "ask":
            return Decision("ask", "ask", slot=rng.choice(_ASKED)), 0
        if kind == "compare" and len(iris) > 1:
            return Decision(kind, kind, iris[:2]), 2
        if kind == "talk":
            return Decision("chitchat", rng.choice(_TALK), text="Zzyzx Road"), 0
        return Decision("explain", "explain", iris[:1]), 1

    def _said(
        self, liked: Item, item: Item, language: Language, rng: random.Random
    ) -> tuple[tuple[Act, ...], State]:
        """Draw what the user said: perhaps a liked title, perhaps wishes that the first item meets."""
        acts: list[Act] = []
        if rng.random() < 0.5:
            name = liked.name(self.pack.schema.name_slot.name, language)
            acts.append(
                Act("like", name.slot, "=", name.label("en"), liked.iri, "like", name.label(language), 0)
            )
        slots = [
            slot
            for slot in self.pack.schema.slots
            if slot.kind in ("entity", "number") and slot.name in item.facts
        ]
        for slot in rng.sample(slots, rng.choice([0, 0, 1, 1, 2])):
            fact = rng.choice(item.facts[slot.name])
            number = slot.kind == "number"
            value = fact.whole if number else fact.label("en")
            operator: Operator = rng.choice(_BOUNDS) if number else "="
            acts.append(
                Act(
                    "inform",
                    slot.name,
                    operator,
                    value,
                    "" if number else fact.triple[2],
                    "like",
                    fact.label(language),
                )
            )
        wishes = tuple(
            Constraint(a.slot or "", a.op, a.value or "", a.iri) for a in acts if a.act == "inform"
        )
        likes = tuple(act.iri for act in acts if act.act == "like")
        return _placed(acts, language), State(language, wishes, likes, turn=1)


def _placed(acts: list[Act], language: Language) -> tuple[Act, ...]:
    """Give every act its place in the message that names them one after the other."""
    position, placed = 0, []
    for act in acts:
        placed.append(replace(act, start=position))
        position += len(act.text) + (1 if language == "zh" else 2)
    return tuple(placed)


def situations(pack: Pack) -> Situations:
    """Return the situations of a pack."""
    return Situations(pack, Labels(pack.entries))
