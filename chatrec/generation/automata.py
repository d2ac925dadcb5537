"""The automata of the replies: one a language and section, made when it is first needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chatrec.dialogue.values import Language
from chatrec.generation.constraint import Automaton, Walk, start
from chatrec.generation.conversation import Codec, Units
from chatrec.generation.joints import places
from chatrec.generation.plan import Plan
from chatrec.generation.templates import Template

ROOM = 140
"""The most units that a reply may have."""
FRESH = 0.75
"""How often a reply leaves the hand-written one that it has gone along, where a sentence ends and another can follow."""


class Automata:
    """What may be written under a plan.

    Args:
        codec: of the units.
        replies: the replies of each language by section that the automata are made of.
    """

    def __init__(self, codec: Codec, replies: Mapping[Language, Mapping[str, Sequence[Template]]]) -> None:
        self._codec = codec
        self._replies: dict[Language, dict[str, list[Units]]] = {
            language: {name: [codec.units(text) for text in group] for name, group in sections.items()}
            for language, sections in replies.items()
        }
        self._made: dict[tuple[Language, str], Automaton] = {}

    def units(self) -> list[int]:
        """Return every unit that replies may use, sorted."""
        return self._codec.lexicon(
            units for sections in self._replies.values() for group in sections.values() for units in group
        )

    def automaton(self, language: Language, section: str) -> Automaton | None:
        """Return the automaton of a section, None where no replies are written for it; those to `answer` are for any slot."""
        sections = self._replies.get(language, {})
        replies = sections.get(section) or sections.get(section.split(".")[0])
        if not replies:
            return None
        key = language, section
        if key not in self._made:
            taken_apart = [(reply, places(reply, self._codec, language)) for reply in replies]
            action = section.split()[0].split(".")[0]
            closings, openings = (sections.get(f"{place} {action}", ()) for place in ("after", "before"))
            self._made[key] = Automaton(taken_apart, self._codec, closings, openings)
        return self._made[key]

    def walk(self, plan: Plan) -> Walk | None:
        """Return the first position of the reply to a plan; None where none can be written under its licence."""
        automaton = self.automaton(plan.language, plan.section)
        if automaton is None:
            return None
        codec = self._codec
        known = [name for name in codec.pointers if name in plan.licence]
        required = [codec.pointer(name) for name in plan.required if name in known]
        walk = start(automaton, [codec.pointer(name) for name in known], ROOM, required)
        return walk if walk.allowed() else None
