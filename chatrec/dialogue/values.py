"""The values that pass between the stages of a turn, in the field's terms (after iai-group/MovieBot). All are immutable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Language = str
"""An ISO 639-1 code, e.g. `en`."""
Triple = tuple[str, str, str]
"""Subject, predicate, object: full IRIs, the object as an IRI or a lexical form."""
Polarity = Literal["like", "dislike", "neutral"]
Operator = Literal["=", ">", ">=", "<", "<=", "?", "-"]
Value = str | int


@dataclass(frozen=True, slots=True)
class Entry:
    """One label that a user may type, and what it stands for.

    Attributes:
        surface: the label as the graph holds it.
        language: language of the label.
        iri: the node it names; empty for a code such as `PG-13`.
        slots: slots whose value it can be; the name slot for an item.
        value: the preferred English label (or the code).
        weight: how well known the node is; ties go to the heavier one.
        preferred: whether it is a preferred label.
        follows: the item that an item is the next part of.
    """

    surface: str
    language: Language
    iri: str
    slots: tuple[str, ...]
    value: str
    weight: float = 0.0
    preferred: bool = True
    follows: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    """One dialogue act of a turn: what is done (`act`), to which slot, with which value, and where it was said.

    `act` is inform (a wish), like, dislike, seen, ask (a question about an item), forget (a wish dropped), or one without
    a slot: request, more, reject, explain, compare, restart, switch (of language; the value is its code), greet, thank,
    close, chitchat, refuse (out of scope), abuse, unknown (a title that no item has; the value is the user's words),
    unclear, unsupported (another language; the value is its code), too_long. `start` is the position of `text` in the
    message, in code points. `item` marks a value that is an item itself, not the value of a slot of items. `join` is
    `also` where a wish is said to come on top of earlier ones, `instead` where it is to take their place.
    `soft` marks a wish that need not be met.
    """

    act: str
    slot: str | None = None
    op: Operator = "="
    value: Value | None = None
    iri: str = ""
    polarity: Polarity = "like"
    text: str = ""
    start: int = -1
    item: bool = False
    join: Literal["", "also", "instead", "or"] = ""
    soft: bool = False


@dataclass(frozen=True, slots=True)
class Constraint:
    """A wish in force: the items must (like) or must not (dislike) have `slot op value`.

    Wishes of one slot with the same `either` (above 0) are alternatives: one of them must be met. A `soft` wish filters
    nothing; it counts in the ranking.
    """

    slot: str
    op: Operator
    value: Value
    iri: str = ""
    polarity: Polarity = "like"
    either: int = 0
    soft: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """What a session knows. Items are given by IRI; `shown` holds one tuple of items a list, oldest first.

    `focus`: what "it" may mean, the likeliest first. `count`: how many items are wished for. `asked_at`: lists shown when a
    question last came. `context`: occasions that brought wishes. `diversity`: how varied lists are, 0 to 1 (None: the setting).
    """

    language: Language = ""
    constraints: tuple[Constraint, ...] = ()
    likes: tuple[str, ...] = ()
    dislikes: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()
    shown: tuple[tuple[str, ...], ...] = ()
    focus: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    count: int | None = None
    turn: int = 0
    asked_at: int | None = None
    context: tuple[str, ...] = ()
    diversity: float | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What the policy does now.

    Attributes:
        intent: recommend, ask, answer, explain, compare, relax, greet, thank, close, refuse or chitchat.
        action: what the reply does, finer than the intent: the intent itself, or `exhausted` (all that fits was shown, a
            wish is dropped), `again` (it is shown again), `unknown` (a title that the graph does not hold), `forget`,
            `feedback.like`, `feedback.dislike`, `feedback.seen`, `unsupported` (a language that is not spoken), `abuse`,
            `unclear` (nothing readable) or `too_long`.
        items: the items it is about (answer, explain, compare, feedback), by IRI.
        slot: the slot asked for (ask) or asked about (answer).
        dropped: the wishes that were dropped so that something fits (relax).
        text: the user's own words for what is not known (unknown).
        count: how many items fit.
        options: other wishes that could be dropped, each with the number of items that then fit (relax).
        question: the slot of the question that comes with a list.
    """

    intent: str
    action: str
    items: tuple[str, ...] = ()
    slot: str | None = None
    dropped: tuple[Constraint, ...] = ()
    text: str = ""
    count: int | None = None
    options: tuple[tuple[tuple[Constraint, ...], int], ...] = ()
    question: str | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """One triple about an item, with its slot and the label of its object by language."""

    triple: Triple
    slot: str
    labels: Mapping[Language, str]

    def label(self, language: Language) -> str:
        """Return the label in that language, in any other where there is none."""
        return self.labels.get(language) or next(iter(self.labels.values()))

    @property
    def whole(self) -> int:
        """The number that the object is, rounded: wishes are about whole numbers. Raises ValueError where it is none."""
        return round(float(self.triple[2]))


@dataclass(frozen=True, slots=True)
class Item:
    """An item and all that the graph holds about it, slot by slot."""

    iri: str
    facts: Mapping[str, tuple[Fact, ...]]

    def fact(self, slot: str, language: Language) -> Fact | None:
        """Return the first fact of a slot, one with a label in that language if there is any."""
        facts = self.facts.get(slot, ())
        return next((fact for fact in facts if language in fact.labels), facts[0] if facts else None)

    def name(self, slot: str, language: Language) -> Fact:
        """Return the fact that names the item (its `slot` of names) in that language (in any, where it has no such name)."""
        fact = self.fact(slot, language)
        if fact is None:
            raise ValueError(f"{self.iri} has no name")
        return fact


@dataclass(frozen=True, slots=True)
class Candidate:
    """A ranked item: its score and the facts that speak for it, the strongest first.

    `met` pairs a wish with the fact that meets it; `shared` pairs a fact with the liked item that has it as well.
    """

    item: Item
    score: float = 0.0
    met: tuple[tuple[Constraint, Fact], ...] = ()
    shared: tuple[tuple[Fact, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """A span of a reply (in code points) and the triple it states."""

    start: int
    end: int
    text: str
    triple: Triple


@dataclass(frozen=True, slots=True)
class Sentence:
    """A checked piece of a reply, as it is streamed; the positions of its claims count from its own start."""

    text: str
    claims: tuple[Claim, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """Everything about one turn; `serving` turns it into the JSON of the contract."""

    turn: int
    user: str
    language: Language
    intent: str
    acts: tuple[Act, ...]
    state: State
    reply: str
    claims: tuple[Claim, ...]
    candidates: tuple[Candidate, ...]
    sparql: str
    timings_ms: Mapping[str, float]
