"""The plan of a reply: what it does, and which facts it may use, each as a literal with the triples it states."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from chatrec.config import settings
from chatrec.dialogue.slots import Schema, Slot
from chatrec.dialogue.values import Act, Candidate, Constraint, Decision, Entry, Fact, Language, State
from chatrec.generation.delexical import delexicalise
from chatrec.generation.generic import NAMED_IN_ANSWER, Generic
from chatrec.generation.phrases import Wish, wished
from chatrec.generation.templates import LETTERS, LIST_ACTIONS, Template
from chatrec.generation.wording import Literal, Part, fact_literal, listed, number_phrase, plain, titled

_SECOND = ("actor", "mood")
"""Slots of which a reply may name a second value."""
_ECHOED = 3
"""How many wishes a reply may echo at most."""
SESSION = "session"
"""Subject of the triples that state the user's own words."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a reply does (`section`), for whom (`user`, the delexicalised message) and what it may state (`licence`).

    `licence` maps a pointer to its literal; `required`: the reply must use the
    first of these that its words have. `seed` makes the drawing
    of a reply repeatable. `notice` asks for a word on the languages that are spoken. `options`: wishes to drop, counts.
    """

    language: Language
    section: str
    user: Template
    licence: Mapping[str, Literal]
    schema: Schema
    seed: int = 0
    items: int = 0
    slot: str | None = None
    required: tuple[str, ...] = ()
    notice: bool = False
    options: tuple[Literal, ...] = ()
    question: str | None = None


class Labels:
    """Preferred labels by IRI and language; built once for a pack."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._labels: dict[str, dict[Language, str]] = {}
        for entry in entries:
            if entry.preferred and entry.iri:
                self._labels.setdefault(entry.iri, {})[entry.language] = entry.surface

    def label(self, iri: str, value: object, language: Language) -> str:
        """Return the label of a node in a language, its value where there is none."""
        return self._labels.get(iri, {}).get(language) or str(value)


def make_plan(
    schema: Schema,
    labels: Labels,
    decision: Decision,
    candidates: Sequence[Candidate],
    acts: Sequence[Act],
    state: State,
    message: str,
) -> Plan:
    """Plan the reply to a message: choose the section and collect what may be stated."""
    seed = settings().seed * 7919 + sum(map(ord, message)) * 31 + state.turn
    builder = _Builder(schema, labels, state.language, decision, acts, state, seed)
    section = builder.section(candidates)
    licence = builder.licence(candidates, section)
    user = delexicalise(message, acts, section, state.language, schema.name_slot.name)
    return Plan(
        language=state.language,
        section=section,
        user=user,
        licence=licence,
        schema=schema,
        seed=seed,
        items=len(candidates),
        slot=decision.slot,
        required=_required(section, licence),
        notice=any(act.act == "unsupported" for act in acts) and decision.action != "unsupported",
        options=builder.options(),
        question=decision.question,
    )


def _required(section: str, licence: Mapping[str, Literal]) -> tuple[str, ...]:
    """Name what the reply cannot do without: the praised title, the fact asked for, the reason, the dropped wish."""
    action, _, slot = section.partition(".")
    reasons = [name for name in licence if name.startswith(("A.same.", "wish."))]
    wanted = {
        "recommend": ["liked"],
        "answer": [f"A.{slot}", "A.answer"],
        "explain": [*reasons[:1], "A.shared", "wishes"],
        "relax": ["drop"],
        "unknown": ["unknown"],
    }.get(action.split()[0], [])
    return tuple(name for name in wanted if name in licence)


@dataclass(frozen=True)
class _Builder:
    """Collects the licence of one reply."""

    schema: Schema
    labels: Labels
    language: Language
    decision: Decision
    acts: Sequence[Act]
    state: State
    seed: int

    def section(self, candidates: Sequence[Candidate]) -> str:
        """Name the section of the replies to choose from."""
        action, slot = self.decision.action, self.decision.slot
        if action in LIST_ACTIONS:
            return f"{action} {len(candidates)}"
        if action == "answer":
            known = bool(candidates) and slot is not None and candidates[0].item.facts.get(slot)
            return f"answer.{slot}" if known else "answer.missing"
        return f"ask.{slot}" if action == "ask" and slot else action

    def licence(self, candidates: Sequence[Candidate], section: str) -> dict[str, Literal]:
        """Return the pointers that the reply may use."""
        licence: dict[str, Literal] = {}
        wishes = self._wishes(section, candidates)
        licence |= {f"wish.{slot}": literal for slot, literal in self._by_slot(wishes).items()}
        liked = self._liked(candidates, section)
        licence |= liked
        for letter, candidate in zip(LETTERS, candidates, strict=False):
            licence |= self._item(letter, candidate, wishes, section, bool(liked))
        return licence | self._in_words(candidates, liked, section) | self._wished(wishes) | self._others()

    def _in_words(
        self, candidates: Sequence[Candidate], liked: Mapping[str, Literal], section: str
    ) -> dict[str, Literal]:
        """Return the literals that need no slot's name."""
        known = [{slot.name: self._facts(item, slot) for slot in self.schema.slots} for item in candidates]
        praised = (
            [part.triple[0] for part in liked["liked"].parts if part.triple] if "liked" in liked else [""]
        )
        in_force = {wish.iri for wish in self.state.constraints if wish.iri}
        asked = self.decision.slot if section.startswith("answer.") else None
        return Generic(
            self.schema, self.language, known[: len(LETTERS)], in_force, praised[0], asked, self.seed
        ).licence(candidates)

    def _wished(self, wishes: Sequence[Constraint]) -> dict[str, Literal]:
        """Return all wishes as one phrase."""
        parts = []
        for slot in (self.schema.slot(name) for name in dict.fromkeys(wish.slot for wish in wishes)):
            of_slot = [wish for wish in wishes if wish.slot == slot.name]
            groups = [of_slot] if slot.kind == "number" else [[wish] for wish in of_slot]
            parts += [Wish(slot, self._wish(group), group[0].iri) for group in groups]
        phrase = wished(parts, self.language)
        return {"wishes": phrase} if phrase else {}

    def _wishes(self, section: str, candidates: Sequence[Candidate]) -> list[Constraint]:
        """Return the wishes to echo: those of this turn; all that are in force where the reply is about them.

        A soft one is echoed only where every item meets it.
        """
        said = {(act.slot, act.value) for act in self.acts if act.act in ("inform", "like")}
        everything = section.startswith(("relax", "explain"))
        return [
            wish
            for wish in self.state.constraints
            if wish.polarity == "like"
            and not wish.either
            and (not wish.soft or _all_meet(candidates, wish))
            and wish not in self.decision.dropped
            and ((everything and not wish.soft) or (wish.slot, wish.value) in said)
        ][: _ECHOED + 2]

    def _by_slot(self, wishes: Sequence[Constraint]) -> dict[str, Literal]:
        slots = dict.fromkeys(wish.slot for wish in wishes)
        return {slot: self._wish([wish for wish in wishes if wish.slot == slot]) for slot in slots}

    def _wish(self, wishes: Sequence[Constraint]) -> Literal:
        slot = self.schema.slot(wishes[0].slot)
        if slot.kind == "number":
            return number_phrase(slot, [(w.op, int(w.value)) for w in wishes], self.language, SESSION)
        label = self.labels.label(wishes[0].iri, wishes[0].value, self.language)
        return Literal((Part(label, (SESSION, "said", label)),))

    def _liked(self, candidates: Sequence[Candidate], section: str) -> dict[str, Literal]:
        """Return literals for titles that were praised (or not) in this turn; for an explanation, for the one that led here."""
        titles = [
            (act.polarity, act.iri) for act in self.acts if act.slot == self.schema.name_slot.name and act.iri
        ]
        liked = [iri for polarity, iri in titles if polarity == "like"]
        if section == "explain" and candidates and candidates[0].shared:
            liked = [candidates[0].shared[0][1]]
        named = dict(zip(("liked", "liked2"), liked, strict=False))
        if disliked := [iri for polarity, iri in titles if polarity == "dislike"]:
            named["disliked"] = disliked[0]
        return {pointer: self._title(iri) for pointer, iri in named.items()}

    def _title(self, iri: str) -> Literal:
        label = self.labels.label(iri, iri, self.language)
        slot = self.schema.name_slot
        return titled(label, (iri, slot.path, label), slot, self.language)

    def _item(
        self, letter: str, candidate: Candidate, wishes: Sequence[Constraint], section: str, liked: bool
    ) -> dict[str, Literal]:
        """Return the literals of one item: its facts, and those that it shares with a liked one.

        Nothing is said twice: a value that is echoed, shared or said of another slot (a director who also wrote) is left out.
        """
        licence: dict[str, Literal] = {}
        taken = {wish.iri for wish in wishes if wish.iri}
        if liked:
            licence |= self._shared(letter, candidate, taken)
        for slot in self.schema.slots:
            facts = self._facts(candidate, slot)
            key = "title" if slot.kind == "name" else slot.name
            if section == f"answer.{slot.name}":
                licence[f"{letter}.{key}"] = self._all(slot, facts)
                continue
            fresh = [fact for fact in facts if fact.triple[2] not in taken]
            for name, fact in zip((key, f"{key}2"), fresh, strict=False):
                if name == key or slot.name in _SECOND:
                    licence[f"{letter}.{name}"] = self._literal(slot, fact)
                    taken.add(fact.triple[2])
        return licence

    def _shared(self, letter: str, candidate: Candidate, taken: set[str]) -> dict[str, Literal]:
        licence: dict[str, Literal] = {}
        for fact, _ in candidate.shared:
            pointer = f"{letter}.same.{fact.slot}"
            if pointer not in licence and fact.triple[2] not in taken:
                licence[pointer] = self._literal(self.schema.slot(fact.slot), fact)
                taken.add(fact.triple[2])
        return licence

    def _facts(self, candidate: Candidate, slot: Slot) -> list[Fact]:
        """Return the facts of a slot that can be said in the reply's language."""
        facts = candidate.item.facts.get(slot.name, ())
        if slot.kind == "name":
            return [candidate.item.name(self.schema.name_slot.name, self.language)]
        if slot.kind == "text":
            return [fact for fact in facts if self.language in fact.labels]
        return list(facts)

    def _literal(self, slot: Slot, fact: Fact) -> Literal:
        return fact_literal(slot, fact, self.language)

    def _all(self, slot: Slot, facts: Sequence[Fact]) -> Literal:
        return listed([self._literal(slot, fact) for fact in facts[:NAMED_IN_ANSWER]], self.language)

    def _others(self) -> dict[str, Literal]:
        """Return the literals that are about no item: a count, a dropped wish, an unknown title."""
        licence: dict[str, Literal] = {}
        if self.decision.count and self.decision.count > 1:
            licence["count"] = plain(str(self.decision.count), (SESSION, "count", str(self.decision.count)))
        if self.decision.dropped:
            licence["drop"] = self._dropped(self.decision.dropped)
            wanted = [wish for wish in self.state.constraints if wish.polarity == "like" and not wish.soft]
            licence["all"] = self._dropped(wanted)
        if self.decision.text:
            words = " ".join(self.decision.text.split())[:60]
            licence["unknown"] = titled(words, (SESSION, "said", words), self.schema.name_slot, self.language)
        return licence

    def _dropped(self, dropped: Sequence[Constraint]) -> Literal:
        return listed(list(self._by_slot(dropped).values()), self.language)

    def options(self) -> tuple[Literal, ...]:
        """Return the ways out of an empty list, the one taken first: a wish to drop, then how many fit without it."""
        if not self.decision.count or not self.decision.dropped:
            return ()
        counted = ((self.decision.dropped, self.decision.count), *self.decision.options)
        return tuple(
            literal
            for dropped, count in counted
            for literal in (self._dropped(dropped), plain(str(count), (SESSION, "count", str(count))))
        )


def _all_meet(candidates: Sequence[Candidate], wish: Constraint) -> bool:
    """Say whether every item meets a wish."""
    return all(any(wish == met for met, _ in candidate.met) for candidate in candidates)
