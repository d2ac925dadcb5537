"""Situations to write replies for: plans drawn at random from the graph, for proofs and evaluations.

A situation is what a turn hands to the generation: a decision, candidates with their facts, acts and a state.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

from chatrec.dialogue.values import Act, Constraint, Decision, Item, Language, Operator, State
from chatrec.generation.plan import Labels, Plan, make_plan
from chatrec.grounding.pack import Pack
from chatrec.grounding.ranking import describe, features

_LISTED = (("recommend", (1, 2, 3)), ("relax", (0, 1, 2, 3)))
_TALK = ("greet", "thank", "close", "chitchat", "refuse", "unknown", "forget")
_BOUNDS: tuple[Operator, ...] = ("=", ">=", "<=")
_ASKED = ("genre", "mood", "year", "audience", "language", "actor", "runtime", "theme")


@dataclass(frozen=True)
class Situations:
    """Draws situations from a pack."""

    pack: Pack
    labels: Labels

    def draw(self, language: Language, rng: random.Random) -> Plan:
        """Return the plan of one situation."""
        liked, *items = self._some_items(4, rng)
        decision, count = self._decision(items, rng)
        acts, state = self._said(liked, items[0], language, rng)
        if decision.intent == "relax" and state.constraints:
            decision = replace(decision, dropped=state.constraints[:1])
        shown = describe(self.pack, dict.fromkeys([item.iri for item in items[:count]], 0.0), state)
        message = (
            "，".join(act.text for act in acts) if language == "zh" else ", ".join(act.text for act in acts)
        )
        return make_plan(self.pack.schema, self.labels, decision, shown, acts, state, message)

    def plans(self, language: Language, count: int, seed: int = 0) -> Iterator[Plan]:
        """Yield `count` plans, each with a seed of its own."""
        rng = random.Random(seed)
        for number in range(count):
            yield replace(self.draw(language, rng), seed=seed * 1_000_003 + number)

    def _some_items(self, count: int, rng: random.Random) -> list[Item]:
        names = list(features(self.pack).rows)
        return list(self.pack.items(tuple(rng.sample(names, min(count, len(names))))))

    def _decision(self, items: list[Item], rng: random.Random) -> tuple[Decision, int]:
        """Draw what to do, and with how many items."""
        kind = rng.choice(
            ["recommend", "recommend", "relax", "answer", "answer", "explain", "compare", "ask", "talk"]
        )
        iris = tuple(item.iri for item in items)
        if kind in dict(_LISTED):
            return Decision(kind, kind, count=rng.choice([None, 2, 17])), rng.choice(dict(_LISTED)[kind])
        if kind == "answer":
            slot = rng.choice([s.name for s in self.pack.schema.slots if s.kind != "name"])
            return Decision("answer", "answer", iris[:1], slot), 1
        if kind == "ask":
            return Decision("ask", "ask", slot=rng.choice(_ASKED)), 0
        if kind == "talk":
            return Decision("chitchat", rng.choice(_TALK), text="Zzyzx Road"), 0
        return Decision(kind, kind, iris[: 1 + (kind == "compare")]), 1 + (kind == "compare")

    def _said(
        self, liked: Item, item: Item, language: Language, rng: random.Random
    ) -> tuple[tuple[Act, ...], State]:
        """Draw what the user said: perhaps a liked title, perhaps wishes that the first item meets."""
        acts: list[Act] = []
        if rng.random() < 0.5:
            name = liked.name(self.pack.schema, language)
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
            value = int(fact.triple[2]) if number else fact.label("en")
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
