"""Decoding: the model chooses among the units that the constraint allows, sentence by sentence.

Where only one unit is allowed nothing is computed: forced runs are fed to the model in one call, with the next choice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from chatrec.dialogue.values import Language
from chatrec.generation.automata import FRESH, Automata
from chatrec.generation.constraint import Automaton, Way
from chatrec.generation.conversation import Units
from chatrec.generation.drafting import Draught
from chatrec.generation.model import Loaded, PointerLM
from chatrec.generation.plan import Plan
from chatrec.generation.templates import Template


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a draft to come back to."""

    walk: Way
    pending: tuple[int, ...]
    fed: int
    likely: Any
    first: bool = True
    ended: bool = False


class Lexicon:
    """The units that replies use, with their rows of the head.

    Args:
        units: distinct units, ascending; shape (n,).
        model: gives their rows, which are gathered once.
    """

    def __init__(self, units: Sequence[int], model: PointerLM) -> None:
        self._units = torch.tensor(units)
        self._rows = model.rows(self._units).T.contiguous()

    def likely(self, hidden: torch.Tensor) -> torch.Tensor:
        """Return the log-probabilities of all units in nats; shape (..., width) -> (..., n)."""
        return (hidden @ self._rows).float().log_softmax(-1)

    def places(self, units: Sequence[int]) -> torch.Tensor:
        """Return where units stand among all; shape (m,)."""
        return torch.searchsorted(self._units, torch.tensor(units))


class Draft:
    """A reply in the making: a walk through the automaton, and what the model has read of it."""

    def __init__(
        self,
        loaded: Loaded,
        lexicon: Lexicon,
        walk: Way,
        prompt: Sequence[int],
        temperature: float,
        seed: int,
        trained: bool = True,
    ) -> None:
        self._model, self._codec = loaded.model, loaded.codec
        self._lexicon = lexicon
        self._worst = 0.0
        self._walk = walk
        self._pending = list(prompt)
        self._cache = loaded.model.cache()
        self._fed = 0
        self._likely: Any = None
        self._temperature, self._trained = temperature, trained
        self._random = torch.Generator().manual_seed(seed)
        self._first = True
        self.ended = False

    def mark(self) -> Mark:
        """Remember this place."""
        return Mark(self._walk, tuple(self._pending), self._fed, self._likely, self._first, self.ended)

    def back(self, mark: Mark) -> None:
        """Return to a place; what was written since is forgotten, the random numbers go on."""
        if self._fed > mark.fed:
            self._cache.crop(mark.fed - self._fed)  # a negative number: so many units to forget
        self._walk, self._pending, self._fed = mark.walk, list(mark.pending), mark.fed
        self._likely, self._first, self.ended = mark.likely, mark.first, mark.ended

    def sentence(self) -> Draught:
        """Write to the end of a sentence."""
        units: list[int] = []
        self._read()
        self._worst, before = 0.0, self.mark()
        while True:
            unit = self._choose()
            if unit == self._codec.eos:
                self.ended = True
                break
            self._walk = self._walk.step(unit)
            self._pending.append(unit)
            units.append(unit)
            if self._codec.stops(unit):
                self.ended = self._walk.allowed() == [self._codec.eos]
                break
        self._read()
        self._first = False
        after = Mark(self._walk, tuple(units), before.fed, before.likely, False, self.ended)
        return Draught(self._codec.parts(units), self._worst if self._trained else 0.0, after)

    def _choose(self) -> int:
        """Choose the next unit: the only one that is allowed, or one that the model draws."""
        allowed = self._walk.allowed()
        if not allowed:
            return self._codec.eos
        fresh = self._walk.fresh(allowed)
        if fresh and float(torch.rand(1, generator=self._random)) < FRESH:
            allowed = fresh
        return allowed[0] if len(allowed) == 1 else self._draw(allowed)

    @torch.inference_mode()
    def _draw(self, allowed: list[int]) -> int:
        self._read()
        scores = self._likely[self._lexicon.places(allowed)] / self._temperature
        return allowed[int(torch.multinomial(scores.softmax(-1), 1, generator=self._random))]

    @torch.inference_mode()
    def _read(self) -> None:
        """Have the model read what was written since it last did, and note how likely it finds it."""
        if not self._pending:
            return
        hidden = self._model.hidden(torch.tensor([self._pending]), self._cache)[0]
        if self._likely is None:  # the prompt
            self._likely = self._lexicon.likely(hidden[-1])
        else:
            likely = torch.cat([self._likely[None], self._lexicon.likely(hidden)])
            found = likely[:-1].gather(1, self._lexicon.places(self._pending)[:, None])
            self._worst, self._likely = min(self._worst, float(found.min())), likely[-1]
        self._fed += len(self._pending)
        self._pending = []


class Writer:
    """Starts drafts: one automaton a language and section, made when it is first needed.

    Args:
        loaded: the model and the codec of its units.
        replies: the replies of each language by section that the automata are made of.
        temperature: of the sampling.
        trained: whether the model has seen such replies, so that what it finds unlikely is absurd.
    """

    def __init__(
        self,
        loaded: Loaded,
        replies: Mapping[Language, Mapping[str, Sequence[Template]]],
        temperature: float,
        trained: bool = True,
    ) -> None:
        self.loaded = loaded
        self._temperature, self._trained = temperature, trained
        self._automata = Automata(loaded.codec, replies)
        self.units = self._automata.units()
        self._lexicon = Lexicon(self.units, loaded.model)

    def tokens(self, text: str) -> int:
        """Return how many tokens of the base a text has."""
        return len(self.loaded.codec.words(text))

    def automaton(self, language: Language, section: str) -> Automaton | None:
        """Return the automaton of a section, None where no replies are written for it; those to `answer` are for any slot."""
        return self._automata.automaton(language, section)

    def draft(self, plan: Plan) -> Draft | None:
        """Start the reply to a plan; None where none can be written under its licence."""
        walk = self._automata.walk(plan)
        known = [name for name in self.loaded.codec.pointers if name in plan.licence]
        return self.begin(plan, walk, known) if walk else None

    def begin(self, plan: Plan, walk: Way, known: Sequence[str]) -> Draft:
        """Start a reply that takes a walk; `known` are the licensed pointers that the model knows."""
        prompt = self.prompt(plan, known)
        return Draft(self.loaded, self._lexicon, walk, prompt, self._temperature, plan.seed, self._trained)

    def prompt(self, plan: Plan, known: Sequence[str]) -> Units:
        """Return what the model reads before it writes."""
        return self.loaded.codec.prompt(plan.language, plan.section, plan.user, known)
