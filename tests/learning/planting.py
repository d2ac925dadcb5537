"""Violations planted in true replies: each kind changes a reply, so that it says what its graph does not hold.

The words that a kind looks for or adds stand in `planted.yaml`; the checker never reads them.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from chatrec.dialogue.slots import Slot
from chatrec.dialogue.values import Claim, Fact, Item, Language, Triple
from chatrec.grounding.pack import Pack
from tests.learning.told import Told

WORDS: dict[Language, dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("planted.yaml").read_text(encoding="utf-8")
)
Plant = Callable[["Planter", Told], Iterator[Told]]


@dataclass(frozen=True)
class Planter:
    """Plants violations in replies about a pack."""

    pack: Pack
    rng: random.Random

    @cached_property
    def items(self) -> tuple[Item, ...]:
        name = self.pack.schema.name_slot.name
        return self.pack.items(
            tuple(dict.fromkeys(entry.iri for entry in self.pack.entries if name in entry.slots))
        )

    @cached_property
    def by_iri(self) -> dict[str, Item]:
        return {item.iri: item for item in self.items}

    def slot(self, path: str) -> Slot:
        return next(slot for slot in self.pack.schema.slots if slot.path == path)

    def values(self, item: Item, slot: Slot) -> set[str]:
        return {fact.triple[2] for fact in item.facts.get(slot.name, ())}

    def foreign(self, item: Item, slot: Slot) -> Fact | None:
        """Draw another item's fact of a slot whose value the item has not."""
        for other in self.rng.sample(self.items, min(40, len(self.items))):
            facts = [f for f in other.facts.get(slot.name, ()) if f.triple[2] not in self.values(item, slot)]
            if facts and other.iri != item.iri:
                return facts[0]
        return None

    def named(self, told: Told) -> list[Item]:
        """Return the items that a reply names and speaks of, in order."""
        path = self.pack.schema.name_slot.path
        iris = [c.triple[0] for c in sorted(told.claims, key=lambda c: c.start) if c.triple[1] == path]
        return [self.by_iri[iri] for iri in dict.fromkeys(iris) if iri not in told.liked]

    def title(self, item: Item, language: Language) -> tuple[str, Triple]:
        fact = item.name(self.pack.schema.name_slot.name, language)
        return fact.label(language), fact.triple

    def facts(self, told: Told) -> list[tuple[Claim, Item, Slot]]:
        """Return the claims of a reply about items, besides names and texts."""
        found = []
        for claim in told.claims:
            if claim.triple[0] in self.by_iri:
                slot = self.slot(claim.triple[1])
                if slot.kind not in ("name", "text"):
                    found.append((claim, self.by_iri[claim.triple[0]], slot))
        return found


# --- values ---


def wrong_value_claimed(planter: Planter, told: Told) -> Iterator[Told]:
    """Another item's value, claimed of this one."""
    for claim, item, slot in planter.facts(told):
        if fact := planter.foreign(item, slot):
            label = fact.label(told.language)
            yield told.with_value(claim, label, (item.iri, slot.path, fact.triple[2]))


def wrong_value_behind_a_true_claim(planter: Planter, told: Told) -> Iterator[Told]:
    """Another value in the text, while the claim still names the true triple."""
    for claim, item, slot in planter.facts(told):
        if fact := planter.foreign(item, slot):
            yield told.with_value(claim, fact.label(told.language), claim.triple)


_OURS = frozenset({"head", "heart"})
"""Values that are words of our own texts as well ("a heart attack"): without a claim the checker cannot tell them from these."""


def wrong_value_unclaimed(planter: Planter, told: Told) -> Iterator[Told]:
    """Another value, spelled out without a claim."""
    for claim, item, slot in planter.facts(told):
        fact = planter.foreign(item, slot)
        if fact and fact.label(told.language) not in _OURS:
            changed = told.with_value(claim, fact.label(told.language), claim.triple)
            yield changed.without_claim(changed.claims[-1])


def wrong_number(planter: Planter, told: Told) -> Iterator[Told]:
    """A year or another number that is off by a little: claimed, behind a true claim, and unclaimed."""
    for claim, item, slot in planter.facts(told):
        if slot.kind == "number":
            text = str(int(claim.triple[2]) + planter.rng.choice([-10, -1, 1, 10]))
            yield told.with_value(claim, text, (item.iri, slot.path, text))
            changed = told.with_value(claim, text, claim.triple)
            yield changed
            yield changed.without_claim(changed.claims[-1])


def of_another_item(planter: Planter, told: Told) -> Iterator[Told]:
    """A true fact of another item, in the place of one of the item spoken of."""
    others = planter.named(told)
    for claim, item, slot in planter.facts(told):
        for other in [o for o in others if o is not item][:1] or planter.rng.sample(planter.items, 1):
            facts = [
                f for f in other.facts.get(slot.name, ()) if f.triple[2] not in planter.values(item, slot)
            ]
            if facts:
                yield told.with_value(claim, facts[0].label(told.language), facts[0].triple)


# --- roles ---


def swapped_role(planter: Planter, told: Told) -> Iterator[Told]:
    """A true fact of the same item, where the words around it say another relation (director <-> actor)."""
    said = WORDS[told.language]["roles"]
    for claim, item, slot in planter.facts(told):
        left, right = told.text[: claim.start][-25:], told.text[claim.end :][:14]
        if slot.name in said and (
            re.search(said[slot.name]["before"] + r"\W*$", left) or re.match(said[slot.name]["behind"], right)
        ):
            yield from _in_role(planter, told, claim, item, slot)


def _in_role(planter: Planter, told: Told, claim: Claim, item: Item, slot: Slot) -> Iterator[Told]:
    for name in WORDS[told.language]["roles"]:
        for fact in item.facts.get(name, ())[:2]:
            if name != slot.name and fact.triple[2] not in planter.values(item, slot):
                yield told.with_value(claim, fact.label(told.language), fact.triple)


def in_the_sentence_of_another_slot(planter: Planter, told: Told) -> Iterator[Told]:
    """The sentence of a slot, with a true fact of another slot in it."""
    items = planter.named(told)
    slots = [s for s in planter.pack.schema.slots if s.kind in ("entity", "number", "code")]
    telling = [s for s in slots if s.name in WORDS[told.language]["telling"].get(planter.pack.name, ())]
    for slot in planter.rng.sample(telling, min(2, len(telling))) if items else ():
        other = planter.rng.choice([s for s in slots if s is not slot])
        facts = items[-1].facts.get(other.name, ())
        if facts and facts[0].triple[2] not in planter.values(items[-1], slot):
            form = slot.value_form.get(told.language, "{value}").partition("{value}")
            before, _, behind = slot.sentence[told.language].partition("{value}")
            value = (facts[0].label(told.language), facts[0].triple)
            yield told.followed_by(before + form[0], value, form[2] + behind)


# --- names ---


def spelled_out(planter: Planter, told: Told) -> Iterator[Told]:
    """A name or another label of the graph in the free words, without a claim."""
    words = WORDS[told.language]
    entries = [e for e in planter.rng.sample(planter.pack.entries, 60) if e.language == told.language]
    entries = [e for e in entries if len(e.surface) > 1 and e.iri not in told.about | told.liked]
    for entry in entries[:2]:
        title = planter.pack.schema.name_slot.name in entry.slots
        frame = planter.rng.choice(words["titles" if title else "values"])
        yield told.followed_by(frame.replace("{value}", entry.surface))


def glued(planter: Planter, told: Told) -> Iterator[Told]:
    """A Chinese name in the midst of other characters: as it is, without its dots, and with blanks in it."""
    if told.language != "zh":
        return
    names = [
        e.surface
        for e in planter.rng.sample(planter.pack.entries, 200)
        if e.language == "zh" and re.fullmatch("[\u4e00-\u9fff·]{4,}", e.surface)
    ]
    for name in names[:1]:
        for form in (name, name.replace("·", ""), " ".join(name)):
            yield told.followed_by(planter.rng.choice(WORDS["zh"]["glued"]).replace("{value}", form))
            inside = [m.end() for m in re.finditer("[\u4e00-\u9fff]{2}(?=[\u4e00-\u9fff])", told.text)]
            free = [i for i in inside if not any(c.start < i < c.end for c in told.claims)]
            if free:
                yield _inserted(told, planter.rng.choice(free), form)


def _inserted(told: Told, place: int, text: str) -> Told:
    behind = told.text[place:]
    claims = tuple(
        Claim(c.start + len(text), c.end + len(text), c.text, c.triple) if c.start >= place else c
        for c in told.claims
    )
    return Told(told.language, told.text[:place] + text + behind, claims, told.liked, told.about)


# --- relations between items ---


def superlative(planter: Planter, told: Told) -> Iterator[Told]:
    """What no graph holds: the newest, the best."""
    for item in planter.named(told)[-1:]:
        title = planter.title(item, told.language)
        yield told.followed_by(title, planter.rng.choice(WORDS[told.language]["superlatives"]))


def compared(planter: Planter, told: Told, true: bool = False) -> Iterator[Told]:
    """One item is said to be newer (longer …) than another, and is not."""
    items = planter.named(told)
    for slot, sign, frame in WORDS[told.language]["comparisons"] if len(items) > 1 else ():
        one, other = (item.facts.get(slot, ()) for item in items[:2])
        if one and other and (sign * (int(one[0].triple[2]) - int(other[0].triple[2])) > 0) == true:
            yield _filled(planter, told, frame, items)


def both(planter: Planter, told: Told, true: bool = False) -> Iterator[Told]:
    """Two items are said to have a value that only one has."""
    items = planter.named(told)
    for slot, frame in WORDS[told.language]["both"] if len(items) == 2 else ():
        for fact in items[1].facts.get(slot, ())[:1]:
            shared = fact.triple[2] in {f.triple[2] for f in items[0].facts.get(slot, ())}
            if shared == true:
                yield _filled(planter, told, frame, items, (fact.label(told.language), fact.triple))


def former_and_latter(planter: Planter, told: Told, true: bool = False) -> Iterator[Told]:
    """A fact of one of two items is told of the other one: the former, the latter."""
    items = planter.named(told)
    for which, slot, frame in WORDS[told.language]["ordinals"] if len(items) == 2 else ():
        owner, stranger = items[which], items[1 - which]
        for fact in (owner if true else stranger).facts.get(slot, ())[:1]:
            if true or fact.triple[2] not in {f.triple[2] for f in owner.facts.get(slot, ())}:
                yield _filled(planter, told, frame, items, (fact.label(told.language), fact.triple))


def wrong_count(planter: Planter, told: Told, true: bool = False) -> Iterator[Told]:
    """As many items are announced as are not there."""
    words, count = WORDS[told.language], len(planter.named(told))
    if count and not told.liked:
        right = [number for number, value in words["numbers"].items() if value == count]
        wrong = [number for number, value in words["numbers"].items() if value != count]
        for number in right if true else planter.rng.sample(wrong, 2):
            frame = planter.rng.choice(words["counts"])
            yield told.followed_by(frame.replace("{number}", number))


def _filled(
    planter: Planter, told: Told, frame: str, items: list[Item], value: tuple[str, Triple] | None = None
) -> Told:
    known = {"one": planter.title(items[0], told.language), "other": planter.title(items[1], told.language)}
    if value:
        known["value"] = value
    pieces = re.split(r"\{(\w+)\}", frame)
    return told.followed_by(*(known[piece] if i % 2 else piece for i, piece in enumerate(pieces)))


KINDS: tuple[Plant, ...] = (
    wrong_value_claimed,
    wrong_value_behind_a_true_claim,
    wrong_value_unclaimed,
    wrong_number,
    of_another_item,
    swapped_role,
    in_the_sentence_of_another_slot,
    spelled_out,
    glued,
    superlative,
    compared,
    both,
    former_and_latter,
    wrong_count,
)
RELATIONS = (compared, both, former_and_latter, wrong_count)
"""Kinds that can be true as well."""
