"""Items that are pointed at instead of named: it, that one, the second one, 第一部."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chatrec.dialogue.cues import Cues
from chatrec.dialogue.mentions import Mention
from chatrec.dialogue.surroundings import longest
from chatrec.dialogue.values import State

_ORDINALS = {"ordinal1": 0, "ordinal2": 1, "ordinal3": 2, "ordinal4": 3, "ordinal5": 4, "ordinal_last": -1}


@dataclass(frozen=True, slots=True)
class Reference:
    """Words that point at items, and the items. `ordinal` where one of the last list is counted out."""

    start: int
    end: int
    items: tuple[str, ...]
    ordinal: bool = False


def find_references(
    text: str, cues: Cues, mentions: Sequence[Mention], state: State
) -> tuple[Reference, ...]:
    """Find what a folded text points at, in order; what points at nothing known is left out."""
    found = [
        *_counted(text, cues, state),
        *_several(text, cues, state),
        *_pronouns(text, cues, mentions, state),
    ]
    return tuple(longest((reference for reference in found if reference.items), mentions))


def _last_list(state: State) -> tuple[str, ...]:
    return state.shown[-1] if state.shown else ()


def _counted(text: str, cues: Cues, state: State) -> list[Reference]:
    listed = _last_list(state)
    return [
        Reference(m.start(), m.end(), (listed[place],), ordinal=True)
        for purpose, place in _ORDINALS.items()
        for m in cues.find(purpose, text)
        if -1 <= place < len(listed) and listed
    ]


def _several(text: str, cues: Cues, state: State) -> list[Reference]:
    listed = _last_list(state) or state.focus
    both = [Reference(m.start(), m.end(), listed[:2], ordinal=True) for m in cues.find("first_two", text)]
    return both + [Reference(m.start(), m.end(), listed) for m in cues.find("plural", text)]


def _pronouns(text: str, cues: Cues, mentions: Sequence[Mention], state: State) -> list[Reference]:
    """A pronoun means the last title named before it in the message, else what is in focus."""
    references = []
    for match in cues.find("pronoun", text):
        named = [m.iri for m in mentions if m.title and m.end <= match.start()]
        items = tuple(named[-1:]) or state.focus[:1]
        references.append(Reference(match.start(), match.end(), items))
    return references
