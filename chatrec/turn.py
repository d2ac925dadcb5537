"""One turn of dialogue, from the message to the checked reply. This file is the table of contents of the engine."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace

from chatrec.config import settings
from chatrec.dialogue.policy import askable, decide, may_ask, settle
from chatrec.dialogue.state import excluded, show, update
from chatrec.dialogue.understanding import Understanding
from chatrec.dialogue.values import Candidate, Decision, Sentence, State, Turn
from chatrec.generation.plan import Labels, make_plan
from chatrec.generation.reply import Replier, join, open_replier
from chatrec.grounding.candidates import Found, find, relaxations
from chatrec.grounding.gain import best_question
from chatrec.grounding.pack import Pack, Progress, open_pack
from chatrec.grounding.priors import Tallies
from chatrec.grounding.ranking import describe, pack_space, rank
from chatrec.grounding.reader import open_reader

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


@contextmanager
def _uncollected() -> Iterator[None]:
    """Spare the garbage collector what is made here and stays: else it goes through all of it, again and again."""
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        gc.enable()


@dataclass(frozen=True, eq=False)
class Engine:
    """Everything that a turn needs and that does not change between turns.

    `tallies` gives the likes and dislikes of all users so far, by item; `explore` is the share of lists of which the last
    place is drawn among what is little known.
    """

    pack: Pack
    understanding: Understanding
    replier: Replier
    labels: Labels
    list_size: int = 3
    tallies: Callable[[], Tallies] = dict
    explore: float = 0.0

    @classmethod
    def open(cls, name: str | None = None, progress: Progress | None = None) -> Engine:
        """Open a pack and the model of the settings, each as `open_pack` and `open_replier` do.

        The reader is made while the model is packed: the one keeps Python busy, the other does not need it.
        """
        with _uncollected(), ThreadPoolExecutor(1, "reader") as beside:
            pack = open_pack(name, progress)
            labels = Labels(pack.entries)
            reader = beside.submit(open_reader, pack)
            replier = open_replier(pack, progress)
            pack_space(pack)
            return cls(pack, reader.result(), replier, labels, settings().list_size)

    @classmethod
    def build(
        cls,
        pack: Pack,
        replier: Replier,
        list_size: int = 3,
        tallies: Callable[[], Tallies] = dict,
        explore: float = 0.0,
    ) -> Engine:
        """Build the engine of a pack and make ready what is computed once."""
        pack_space(pack)
        return cls(pack, open_reader(pack), replier, Labels(pack.entries), list_size, tallies, explore)

    def turn(self, message: str, state: State) -> Iterator[Sentence | Turn]:
        """Answer a message: yield the reply piece by piece as it is checked, then the whole turn."""
        watch = Stopwatch()
        detected = self.understanding.detect(message, state)
        acts = self.understanding.read(message, detected, state)
        before, state = state, update(state, acts, detected.language)
        watch.lap("understand")
        decision, found = self._ground(
            decide(state, acts, self.pack.schema),
            state,
            (state.constraints, state.likes) != (before.constraints, before.likes),
        )
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

    def _ground(self, decision: Decision, state: State, narrowed: bool) -> tuple[Decision, Found]:
        """Find candidates for a recommendation: new ones, else with a wish dropped, else any that fit."""
        if decision.intent != "recommend":
            return self._best_question(decision, state), Found((), "")
        settled, listed = excluded(state), {iri for group in state.shown for iri in group}
        found = find(self.pack, state.constraints, (*settled, *listed))
        if found.items:
            return self._with_question(decision, state, found), found
        again = find(self.pack, state.constraints, settled) if listed else found
        if again.items and narrowed:
            return decision, again
        dropped = relaxations(self.pack, state.constraints, (*settled, *listed))
        if again.items and not dropped:
            return replace(decision, action="again"), again
        if listed and not dropped:
            dropped = relaxations(self.pack, state.constraints, settled)
        decision = settle(decision, [(option.dropped, len(option.found.items)) for option in dropped])
        decision = replace(decision, action="exhausted") if again.items else decision
        return decision, dropped[0].found if dropped else found

    def _best_question(self, decision: Decision, state: State) -> Decision:
        """Where a wish is asked for, ask for the one that splits all the items best."""
        if decision.action != "ask":
            return decision
        items = find(self.pack, state.constraints, excluded(state)).items
        return replace(decision, slot=best_question(self.pack, askable(state, self.pack.schema), items))

    def _with_question(self, decision: Decision, state: State, found: Found) -> Decision:
        """Let a question come with the list where there are many candidates."""
        if not may_ask(state, len(found.items)):
            return decision
        slots = askable(state, self.pack.schema)
        return replace(decision, question=best_question(self.pack, slots, found.items))

    def _candidates(self, decision: Decision, found: Found, state: State) -> tuple[Candidate, ...]:
        """Rank what was found, or describe the items that the decision is about."""
        if decision.intent in LISTS:
            size = state.count or self.list_size
            return rank(self.pack, found.items, state, size, self.tallies(), self.explore)
        return describe(self.pack, dict.fromkeys(decision.items, 0.0), state)
