"""Between the guess and the work: a plan made whole, and what follows from it and the shapes together."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from chatrec.errors import InputError
from chatrec.grounding.importing.bands import BAND_SLOT, Bands
from chatrec.grounding.importing.cleaning import plausible
from chatrec.grounding.importing.guessing import slot_of_role
from chatrec.grounding.importing.headers import roles
from chatrec.grounding.importing.profile import Profiles
from chatrec.grounding.importing.text import slug
from chatrec.grounding.importing.values import ColumnRule, PackShapes, Plan, ShapeSlot, SlotPlan


def named(plan: Plan) -> Plan:
    """Return the plan of a new pack, or the reason why there cannot be one."""
    if any(slot.kind == "name" for slot in plan.slots):
        return plan
    raise InputError(
        "No column names the items.",
        f"Say in a --mapping file which one has `slot: title`. The columns: {', '.join(plan.columns)}.",
    )


def completed(given: Plan, guess: Plan, existing: bool) -> Plan:
    """Fill what a mapping leaves open with what was guessed."""
    columns = {header: given.columns.get(header, rule) for header, rule in guess.columns.items()}
    columns.update({header: rule for header, rule in given.columns.items() if header not in columns})
    if existing:
        return replace(given, columns=columns)
    used = {rule.slot for rule in columns.values() if rule.slot}
    inferred = (_renamed(guess, header, rule.slot) for header, rule in columns.items() if rule.slot)
    slots = {
        slot.name: slot for slot in (*inferred, *guess.slots, *given.slots) if slot and slot.name in used
    }
    order = list(dict.fromkeys([slot.name for slot in (*given.slots, *guess.slots)] + list(slots)))
    weight = given.weight or guess.weight
    return Plan(
        columns,
        tuple(sorted(slots.values(), key=lambda slot: order.index(slot.name))),
        given.item_class or guess.item_class,
        given.nouns or guess.nouns,
        weight if weight in used else "",
    )


def _renamed(guess: Plan, header: str, name: str) -> SlotPlan | None:
    """Return a slot of a name that only the mapping knows: what its name tells, else what the column was taken for."""
    if name in roles():
        return slot_of_role(roles()[name])
    rule = guess.columns.get(header, ColumnRule())
    taken = next((slot for slot in guess.slots if slot.name == rule.slot), SlotPlan(name, "entity"))
    path = taken.path if taken.kind == "name" else ""
    return replace(taken, name=name, path=path, class_="", texts={"en": {"label": name}})


def base_of(target: Path) -> str:
    return f"urn:chatrec:{slug(target.absolute().name) or 'pack'}:"


def slots_of(plan: Plan, shapes: PackShapes, profiles: Profiles) -> dict[str, ShapeSlot]:
    """Return the slots by name, with bounds for outliers; the weight is one more."""
    slots = {slot.name: slot for slot in shapes.slots}
    if plan.weight and shapes.weight:
        datatype = "http://www.w3.org/2001/XMLSchema#decimal"
        slots[plan.weight] = ShapeSlot(plan.weight, shapes.weight, "number", datatype, max_count=1, low=0)
    return {
        name: plausible(slot, _numbers(plan, name, profiles)) if slot.kind == "number" else slot
        for name, slot in slots.items()
    }


def _numbers(plan: Plan, slot: str, profiles: Profiles) -> list[Decimal]:
    headers = [header for header, rule in plan.columns.items() if rule.slot == slot]
    return [value for header in headers for value in profiles.columns[header].numbers]


def bands_of(
    plan: Plan, shapes: PackShapes, slots: dict[str, ShapeSlot], profiles: Profiles
) -> dict[str, Bands]:
    """Return the price ranges, where the pack has a slot for them."""
    if shapes.get(BAND_SLOT) is None or "price" not in slots:
        return {}
    price = slots["price"]
    fitting = [
        n for n in _numbers(plan, "price", profiles) if n >= 0 and (price.high is None or n <= price.high)
    ]
    return {"price": Bands(shapes.base, fitting)}
