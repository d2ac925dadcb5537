"""One turn of dialogue, from the message to the checked reply. This file is the table of contents of the engine."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

from chatrec.dialogue.language import detect
from chatrec.dialogue.policy import decide, settle
from chatrec.dialogue.state import excluded, show, update
from chatrec.dialogue.understanding import Understanding
from chatrec.dialogue.values import Candidate, Decision, Sentence, State, Turn
from chatrec.generation.plan import Labels, make_plan
from chatrec.generation.reply import Replier, join
from chatrec.grounding.candidates import Found, find, relaxations
from chatrec.grounding.pack import Pack
from chatrec.grounding.ranking import describe, features, rank

LISTS = ("recommend", "relax")
"""The intents that show a list of items."""


class Stopwatch:
    """Measures the stages of a turn, in milliseconds."""

    def __init__(self) -> None:
        self.started = self._last = time.perf_counter()
        self.ms: dict[str, float] = {}

    def lap(self, stage: str) -> None:
        """Book the time since the last lap on a stage."""
        now = time.perf_counter()
        self.ms[stage] = round(1000 * (now - self._last), 1)
        self._last = now

    def note(self, name: str) -> None:
        """Note the time since the turn began, once."""
        self.ms.setdefault(name, round(1000 * (time.perf_counter() - self.started), 1))


@dataclass(frozen=True, eq=False)
class Engine:
    """Everything that a turn needs and that does not change between turns."""

    pack: Pack
    understanding: Understanding
    replier: Replier
    labels: Labels
    list_size: int = 3

    @classmethod
    def build(cls, pack: Pack, replier: Replier, list_size: int = 3) -> Engine:
        """Build the engine of a pack and make ready what is computed once."""
        features(pack)
        understanding = Understanding(pack.schema, pack.entries, pack.items)
        return cls(pack, understanding, replier, Labels(pack.entries), list_size)

    def turn(self, message: str, state: State) -> Iterator[Sentence | Turn]:
        """Answer a message: yield the reply piece by piece as it is checked, then the whole turn."""
        watch = Stopwatch()
        detected = detect(
            message, state.language, self.pack.schema.languages, self.understanding.mask(message)
        )
        acts = self.understanding.read(message, detected, state)
        state = update(state, acts, detected.language)
        watch.lap("understand")
        decision, found = self._ground(decide(state, acts, self.pack.schema), state)
        watch.lap("ground")
        ranked = self._candidates(decision, found, state)
        watch.lap("rank")
        sentences: list[Sentence] = []
        plan = make_plan(self.pack.schema, self.labels, decision, ranked, acts, state, message)
        fixed = (Sentence(decision.text),) if decision.action == "urgent" else None
        for sentence in fixed or self.replier.write(plan):
            watch.note("first_token")
            sentences.append(sentence)
            yield sentence
        watch.lap("generate")
        watch.note("total")
        listed = ranked if decision.intent in LISTS else ()
        state = show(state, decision, tuple(candidate.item.iri for candidate in listed))
        reply, claims = join(sentences)
        sparql, ms = found.sparql, watch.ms
        yield Turn(
            state.turn,
            message,
            state.language,
            decision.intent,
            acts,
            state,
            reply,
            claims,
            listed,
            sparql,
            ms,
        )

    def _ground(self, decision: Decision, state: State) -> tuple[Decision, Found]:
        """Find candidates for a recommendation: new ones, else any that fit, else with a wish dropped."""
        if decision.intent != "recommend":
            return decision, Found((), "")
        settled, listed = excluded(state), {iri for group in state.shown for iri in group}
        found = find(self.pack, state.constraints, (*settled, *listed))
        if not found.items and listed:
            found = find(self.pack, state.constraints, settled)
        if found.items:
            return decision, found
        dropped = relaxations(self.pack, state.constraints, settled)
        decision = settle(
            decision, [(relaxation.dropped, len(relaxation.found.items)) for relaxation in dropped]
        )
        return decision, dropped[0].found if dropped else found

    def _candidates(self, decision: Decision, found: Found, state: State) -> tuple[Candidate, ...]:
        """Rank what was found, or describe the items that the decision is about."""
        if decision.intent in LISTS:
            return rank(self.pack, found.items, state, state.count or self.list_size)
        return describe(self.pack, dict.fromkeys(decision.items, 0.0), state)
