"""Guessing a mapping: columns to the slots of a pack, or the schema of a new pack from what the columns hold."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import cast

from rapidfuzz import fuzz

from chatrec.dialogue.slots import SlotKind
from chatrec.grounding.importing.headers import Role, role_of, roles, spoken
from chatrec.grounding.importing.profile import Profile, Profiles
from chatrec.grounding.importing.text import digest, key, language_of, slug
from chatrec.grounding.importing.values import ColumnRule, PackShapes, Plan, ShapeSlot, SlotPlan

_LONG = 60
"""A column whose values are longer on average, in characters, is text."""
_FEW_ROWS = 40
_ALIKE = 90
_CLASSES = {"Movie": ("director", "actor", "runtime"), "Book": ("pages", "publisher", "writer")}
_NOUNS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "Movie": {"en": ("film", "films", "movie", "movies"), "zh": ("电影", "影片", "片子", "片")},
    "Book": {"en": ("book", "books", "novel", "novels"), "zh": ("书", "图书", "书籍")},
    "Product": {"en": ("product", "products", "item", "items"), "zh": ("商品", "产品", "东西")},
}


# --- an existing pack ---


def guess_for(shapes: PackShapes, profiles: Profiles) -> Plan:
    """Map columns to the slots of a pack: by the slot's name, its labels, its property or what such columns are called."""
    rules = {header: _rule_for(shapes, header, profile) for header, profile in profiles.columns.items()}
    return Plan(_one_identifier(rules))


def _rule_for(shapes: PackShapes, header: str, profile: Profile) -> ColumnRule:
    name, language = spoken(header)
    role = role_of(header) or role_of(name)
    slot = _called(shapes, header) or _called(shapes, name) or _by_role(shapes, role)
    if slot is None and role is not None and role.kind == "id":
        return ColumnRule(identifies=True)
    if slot is None:
        return ColumnRule(why="no slot of the pack has this name")
    separator = profile.separator if slot.kind == "entity" else ""
    return ColumnRule(slot.name, language, separator)


def _called(shapes: PackShapes, header: str) -> ShapeSlot | None:
    """Return the slot that a header names, in any language; a typo in a long name is forgiven."""
    wanted = key(header)
    names = {key(name): slot for slot in shapes.slots for name in _names(slot)}
    if wanted in names:
        return names[wanted]
    near = [(fuzz.ratio(wanted, name), name) for name in names if len(wanted) > 4]
    best = max(near, default=(0.0, ""))
    return names[best[1]] if best[0] >= _ALIKE else None


def _names(slot: ShapeSlot) -> Iterable[str]:
    return (slot.name, *slot.labels.values(), re.split(r"[/#:]", slot.path)[-1])


def _by_role(shapes: PackShapes, role: Role | None) -> ShapeSlot | None:
    """Return the slot of the same name, property or kind as a well-known column."""
    if role is None:
        return None
    same = shapes.get(role.name)
    if role.kind in ("name", "text") and same is None:
        return next((slot for slot in shapes.slots if slot.kind == role.kind), None)
    return same if same is not None and same.kind == role.kind else None


# --- a new pack ---


def guess_new(profiles: Profiles, item_class: str = "") -> Plan:
    """Infer the schema of a new pack: a column of numbers is a number slot, one of few values an entity slot, and so on."""
    guessed = {header: _guess(profile, profiles) for header, profile in profiles.columns.items()}
    guessed = _with_name(guessed, profiles)
    rules, slots = dict[str, ColumnRule](), dict[str, SlotPlan]()
    for header, (rule, slot) in guessed.items():
        rules[header] = rule
        if slot is not None and not rule.identifies:
            slots.setdefault(slot.name, slot)
    weight = next((rule.slot for rule in rules.values() if rule.slot == "popularity"), "")
    known = item_class or _class_of(slots)
    ordered = tuple(sorted(slots.values(), key=lambda slot: _ORDER.index(slot.kind)))
    return Plan(_one_identifier(rules), _linked(ordered), known, _NOUNS.get(known, _NOUNS["Product"]), weight)


_ORDER = ("name", "entity", "number", "code", "text")


def _class_of(slots: Mapping[str, SlotPlan]) -> str:
    return next(
        (name for name, telling in _CLASSES.items() if sum(slot in slots for slot in telling) > 1), "Product"
    )


def _linked(slots: tuple[SlotPlan, ...]) -> tuple[SlotPlan, ...]:
    """See to it that some slot makes items alike, where there is an entity slot at all."""
    if any(slot.links for slot in slots):
        return slots
    return tuple(replace(slot, links=1.0) if slot.kind == "entity" else slot for slot in slots)


def _guess(profile: Profile, profiles: Profiles) -> tuple[ColumnRule, SlotPlan | None]:
    name, language = spoken(profile.header)
    role = role_of(profile.header) or role_of(name)
    if role is not None and role.kind == "entity" and not role_of(profile.header):
        role = role_of(name)
    if role is not None and (guess := _of_role(profile, role, language)):
        return guess
    return _of_values(profile, name if language else profile.header, language, profiles)


def _of_role(profile: Profile, role: Role, language: str) -> tuple[ColumnRule, SlotPlan | None] | None:
    """Use what such a column is known to hold, unless its values are of another kind."""
    if role.kind == "ignore":
        return ColumnRule(why="such a column is no wish"), None
    if role.kind == "id":
        return ColumnRule(identifies=True), None
    if role.kind in ("number", "weight") and not (profile.is_numeric or role.name == "year"):
        return None
    if role.kind == "text" and profile.mean_length < 15 and profile.variety < 0.2:
        return None
    separator = profile.separator if role.kind == "entity" else ""
    return ColumnRule(role.name, language, separator), slot_of_role(role, profile)


def slot_of_role(role: Role, profile: Profile | None = None) -> SlotPlan | None:
    """Return the slot that a role makes in a new pack; None where it makes none (identifiers, popularity)."""
    if role.kind in ("ignore", "id", "weight"):
        return None
    high = str(datetime.datetime.now(tz=datetime.UTC).year + 1) if role.high == "next_year" else role.high
    money = (profile.currency if profile else "") or "?"
    integer = role.integer or (role.kind == "number" and profile is not None and profile.is_whole)
    kind = cast(SlotKind, role.kind)
    return SlotPlan(
        role.name,
        kind,
        role.path,
        role.class_,
        integer,
        role.low,
        high,
        role.links,
        money if role.money else "",
        role.texts,
        role.marks,
    )


def _of_values(
    profile: Profile, name: str, language: str, profiles: Profiles
) -> tuple[ColumnRule, SlotPlan | None]:
    """Tell by the values what a column of an unknown name holds."""
    slot_name = _slot_name(name)
    texts = {language_of(name): {"label": name}}
    if profile.is_address:
        return ColumnRule(why="addresses are no wish"), None
    if profile.is_boolean:
        return ColumnRule(why="yes and no are no values that a person names"), None
    if profile.is_numeric:
        low = "0" if all(value >= 0 for value in profile.numbers) else ""
        slot = SlotPlan(slot_name, "number", integer=profile.is_whole, low=low, texts=texts)
        return ColumnRule(slot_name, language), slot
    if profile.mean_length > _LONG:
        return ColumnRule(slot_name, language), SlotPlan(slot_name, "text", texts=texts)
    if _recurs(profile, profiles.rows):
        slot = SlotPlan(slot_name, "entity", class_=_class_name(slot_name), links=0.5, texts=texts)
        return ColumnRule(slot_name, language, profile.separator), slot
    return ColumnRule(why="nearly every row has another value"), None


def _recurs(profile: Profile, rows: int) -> bool:
    """Say whether the values are few enough to be chosen from."""
    if profile.separator or profile.several:
        return True
    return profile.variety <= (0.7 if rows < _FEW_ROWS else 0.3)


def _slot_name(header: str) -> str:
    """Return a slot's name, of ASCII letters and digits as the pointers of a reply need it: `Screen size` -> screenSize."""
    first, *others = slug(header).split("-")
    name = "".join([first, *(word.capitalize() for word in others)])
    return name if name[:1].isalpha() and key(header).isascii() else f"field{digest(header)}"


def _class_name(slot_name: str) -> str:
    return slot_name[:1].upper() + slot_name[1:]


def _with_name(
    guessed: dict[str, tuple[ColumnRule, SlotPlan | None]], profiles: Profiles
) -> dict[str, tuple[ColumnRule, SlotPlan | None]]:
    """See to it that a column names the items: the first of short texts that nearly all differ, if no header tells."""
    if any(slot is not None and slot.kind == "name" for _, slot in guessed.values()):
        return guessed
    free = [
        header
        for header, (rule, slot) in guessed.items()
        if (slot is None and not rule.identifies) or (slot is not None and slot.kind == "entity")
    ]
    title = slot_of_role(roles()["title"])
    for header in free:
        profile = profiles.columns[header]
        if _may_name(profile):
            language = spoken(header)[1]
            return {**guessed, header: (ColumnRule("title", language), title)}
    return guessed


def _may_name(profile: Profile) -> bool:
    """Say whether a column may hold names: short, nearly all different, and no number, address or the like."""
    other = (
        profile.is_address or profile.is_boolean or profile.is_numeric or role_of(profile.header) is not None
    )
    return profile.variety > 0.6 and profile.mean_length <= 2 * _LONG and not other


def _one_identifier(rules: dict[str, ColumnRule]) -> dict[str, ColumnRule]:
    """Keep the first identifying column; further ones are left out."""
    first = next((header for header, rule in rules.items() if rule.identifies), None)
    return {
        header: ColumnRule(why=f"{first} identifies the items already")
        if rule.identifies and header != first
        else rule
        for header, rule in rules.items()
    }
