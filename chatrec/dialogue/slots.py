"""What the shapes of a pack say: the slots of its items and what goes with them. All values are immutable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from chatrec.dialogue.values import Language

SlotKind = Literal["name", "entity", "number", "code", "text"]

_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Slot:
    """One property of an item, as its property shape (SHACL) describes it.

    Attributes:
        name: the slot's key, e.g. `director`.
        path: IRI of the property.
        kind: `name` (what the item is called), `entity` (an IRI with labels), `number`, `code` (a literal out of a
            closed list, e.g. a certificate) or `text` (a sentence in each language).
        labels: what the slot is called, by language.
        question: how to ask for it, by language; absent where it is never asked for.
        sentence, value_form: how the verbaliser states it and how a value is written, by language, with `{value}`.
        phrase, own_phrases: a value with its relation words as it is said behind a name (`by {value}`), by language; the
            phrases of single values, by IRI, go before that of the slot.
        value_class: IRI of the class of the values of an entity slot; empty for any other.
        cues: words by language that announce a value of this slot, e.g. `directed by`.
        links: how much sharing a value of it makes two items alike; 0 where it does not count.
        broader: whether a value stands for its narrower ones as well.
        rare_first, order: whether the rarest of several values is the most telling, or the best known; place among slots.
        words: by annotation: `unit` words, comparatives (`more`, `less`), what is `low` or `high`, `ask`; `codes` in order.
        ranges: named ranges of a number, e.g. `silent era`: label, least and most (None: no bound).
        bare, fresh: whether a number without a unit can be one of this slot; whether another value starts a new search.
        brief: whether lists say it in brackets behind the name.
    """

    name: str
    path: str
    kind: SlotKind
    labels: Mapping[Language, str]
    question: Mapping[Language, str] = field(default_factory=lambda: _NOTHING)
    sentence: Mapping[Language, str] = field(default_factory=lambda: _NOTHING)
    value_form: Mapping[Language, str] = field(default_factory=lambda: _NOTHING)
    phrase: Mapping[Language, str] = field(default_factory=lambda: _NOTHING)
    own_phrases: Mapping[str, Mapping[Language, str]] = field(default_factory=dict)
    value_class: str = ""
    cues: Mapping[Language, tuple[str, ...]] = field(default_factory=dict)
    links: float = 0.0
    broader: bool = False
    rare_first: bool = False
    order: int = 0
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ranges: tuple[tuple[str, int | None, int | None], ...] = ()
    bare: bool = False
    fresh: bool = False
    brief: bool = False


@dataclass(frozen=True, slots=True)
class UrgentRule:
    """What is answered first and word for word, and the phrases that call for it, by language."""

    name: str
    phrases: Mapping[Language, tuple[str, ...]]
    answer: Mapping[Language, str]


@dataclass(frozen=True, slots=True)
class Schema:
    """What the shapes of a pack say: the class of its items and their slots, in order.

    `private` forbids keeping what users say beyond the session; `topics` are words of the pack that other packs refuse to
    talk about; `urgent` is answered before anything else."""

    pack: str
    item_class: str
    languages: tuple[Language, ...]
    slots: tuple[Slot, ...]
    nouns: Mapping[Language, tuple[str, ...]] = field(default_factory=dict)
    private: bool = False
    topics: tuple[str, ...] = ()
    urgent: tuple[UrgentRule, ...] = ()

    def slot(self, name: str) -> Slot:
        """Return the slot of that name. Raises KeyError, naming the known ones."""
        for slot in self.slots:
            if slot.name == name:
                return slot
        raise KeyError(f"no slot {name!r}; known: {', '.join(s.name for s in self.slots)}")

    @property
    def name_slot(self) -> Slot:
        """The slot that holds what an item is called."""
        return next(slot for slot in self.slots if slot.kind == "name")
