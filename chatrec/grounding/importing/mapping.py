"""The mapping file: what was guessed, written so that a person can correct it and a second run repeats it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import fields, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from chatrec.config import read_yaml
from chatrec.errors import InputError
from chatrec.grounding.importing.guessing import slot_of_role
from chatrec.grounding.importing.headers import roles
from chatrec.grounding.importing.text import lexical
from chatrec.grounding.importing.values import ColumnRule, PackShapes, Plan, SlotPlan

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*")
_KINDS = ("name", "entity", "number", "code", "text")
_COLUMN = {"slot", "language", "separator", "identifies", "ignore"}
_SLOT = {"kind", "path", "class", "integer", "low", "high", "links", "money", "texts"}
_TOP = {"columns", "slots", "item_class", "nouns", "weight"}
_HEAD = """# How the columns of {source} become slots of the pack (see docs/import.md). The next import of it follows this file;
# change what was guessed wrong. A column: slot, language (en, zh), separator, `identifies: true`, or `ignore: why`.
"""


def write_mapping(plan: Plan, source: str) -> str:
    """Return a plan as the text of a mapping file."""
    columns = {header: _column(rule) for header, rule in plan.columns.items()}
    data: dict[str, Any] = {"columns": columns}
    if plan.slots:
        data["slots"] = {slot.name: _slot(slot) for slot in plan.slots}
        data["item_class"] = plan.item_class
        data["nouns"] = {language: list(words) for language, words in plan.nouns.items()}
    if plan.weight:
        data["weight"] = plan.weight
    text = yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=120)
    return _HEAD.format(source=source) + text


def _column(rule: ColumnRule) -> dict[str, Any]:
    if not rule.slot and not rule.identifies:
        return {"ignore": rule.why or "left out"}
    found = {
        "slot": rule.slot,
        "language": rule.language,
        "separator": rule.separator,
        "identifies": rule.identifies,
    }
    return {name: value for name, value in found.items() if value}


def _slot(slot: SlotPlan) -> dict[str, Any]:
    """Return what a slot has that its role (see headers.yaml) does not give it anyway."""
    role = slot_of_role(roles()[slot.name]) if slot.name in roles() else None
    usual = role or SlotPlan(slot.name, "entity")
    held = {part.name: (getattr(slot, part.name), getattr(usual, part.name)) for part in fields(slot)}
    changed = {name: value for name, (value, other) in held.items() if value != other}
    if "texts" in changed:
        changed["texts"] = {language: dict(texts) for language, texts in slot.texts.items()}
    return {
        "kind": slot.kind,
        **{("class" if name == "class_" else name): value for name, value in changed.items()},
    }


def read_mapping(path: Path) -> Plan:
    """Read a mapping file. Raises InputError that names the key at fault and what is allowed."""
    try:
        data = read_yaml(path)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InputError(
            f"{path} cannot be read: {error}", "It is a YAML file; see docs/import.md."
        ) from error
    data = _checked(path, "the file", data, _TOP)
    columns = {
        str(header): _rule(path, str(header), entry) for header, entry in _map(path, data, "columns").items()
    }
    slots = tuple(_slot_plan(path, str(name), entry) for name, entry in _map(path, data, "slots").items())
    nouns = _nouns(path, data)
    check_iri(f"{path}: item_class", str(data.get("item_class") or ""))
    return Plan(columns, slots, str(data.get("item_class") or ""), nouns, str(data.get("weight") or ""))


def _checked(path: Path, where: str, data: Any, allowed: set[str]) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise InputError(f"{path}: {where} is no mapping.", f"Its keys are {', '.join(sorted(allowed))}.")
    if unknown := [str(name) for name in data if name not in allowed]:
        raise InputError(
            f"{path}: {where} has the unknown key {unknown[0]!r}.", f"Known: {', '.join(sorted(allowed))}."
        )
    return data


def _map(path: Path, data: Mapping[str, Any], section: str) -> dict[Any, Any]:
    found = data.get(section) or {}
    if not isinstance(found, dict):
        raise InputError(
            f"{path}: {section} is no mapping.", "Write one name a line, each with its settings."
        )
    return found


def _nouns(path: Path, data: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    found = _map(path, data, "nouns")
    if not set(found) <= {"en", "zh"} or not all(
        isinstance(words, list) and words for words in found.values()
    ):
        raise InputError(
            f"{path}: nouns is no mapping of en and zh to lists.", "Write e.g. nouns: {en: [wine, wines]}."
        )
    return {language: tuple(str(word) for word in words) for language, words in found.items()}


def _rule(path: Path, header: str, entry: Any) -> ColumnRule:
    if isinstance(entry, str):
        entry = {"slot": entry}
    data = _checked(path, f"columns.{header}", entry, _COLUMN)
    if data.get("ignore"):
        return ColumnRule(why=str(data["ignore"]))
    texts = {name: str(data.get(name) or "") for name in ("slot", "language", "separator")}
    if texts["slot"] and not _NAME.fullmatch(texts["slot"]):
        raise InputError(
            f"{path}: columns.{header}.slot is {texts['slot']!r}.", "Use ASCII letters and digits."
        )
    return ColumnRule(**texts, identifies=bool(data.get("identifies")))


def _slot_plan(path: Path, name: str, entry: Any) -> SlotPlan:
    data = _checked(path, f"slots.{name}", entry or {}, _SLOT)
    known = slot_of_role(roles()[name]) if name in roles() else None
    plan = known or SlotPlan(name, "entity")
    kind = str(data.get("kind", plan.kind))
    if kind not in _KINDS:
        raise InputError(f"{path}: slots.{name}.kind is {kind!r}.", f"Known: {', '.join(_KINDS)}.")
    if not _NAME.fullmatch(name):
        raise InputError(f"{path}: slots.{name} is no name.", "Use ASCII letters and digits.")
    changes = {
        ("class_" if key == "class" else key): _value(path, f"slots.{name}", key, data[key]) for key in data
    }
    return replace(plan, **changes)


def _value(path: Path, slot: str, name: str, value: Any) -> Any:
    """Return the value of a setting of a slot, checked."""
    where = f"{path}: {slot}.{name}"
    if name in ("low", "high", "links"):
        figure = _figure(where, value)
        return figure if name != "links" else float(figure or 0)
    if name == "integer":
        return bool(value)
    if name == "texts":
        return _texts(where, value)
    text = str(value or "")
    if name in ("path", "class"):
        check_iri(where, text)
    return text


def check_iri(where: str, text: str) -> None:
    """See to it that a name can be part of an IRI. Raises InputError."""
    if re.search(r"[\s<>\"{}|\\^`]", text):
        raise InputError(f"{where} is {text!r}.", "Use a name, schema:NAME or a whole IRI.")


def _figure(where: str, value: Any) -> str:
    """Return a number as it stands in Turtle; empty where there is none."""
    if value in ("", None):
        return ""
    try:
        if math.isfinite(figure := float(value)):
            return lexical(Decimal(str(figure)))
    except (TypeError, ValueError):
        pass
    raise InputError(f"{where} is {value!r}.", "Give a number.")


_TEXTS = {"label", "question", "phrase", "sentence", "value", "cue"}


def _texts(where: str, value: Any) -> dict[str, dict[str, Any]]:
    """Return the texts of a slot by language: label, question, phrase, sentence, value (each a text) and cue (a list)."""
    hint = "Write {en: {label: …, question: …, phrase: …, sentence: …, value: …, cue: [ … ]}, zh: { … }}."
    if not isinstance(value, dict) or not set(value) <= {"en", "zh"}:
        raise InputError(f"{where} is no mapping of en and zh.", hint)
    for texts in value.values():
        if not isinstance(texts, dict) or not set(texts) <= _TEXTS:
            raise InputError(f"{where} holds something else than texts.", hint)
        lists = [isinstance(text, list) == (name == "cue") for name, text in texts.items()]
        if not all(lists):
            raise InputError(f"{where}: a cue is a list, everything else a text.", hint)
    return {
        language: {
            name: [str(word) for word in text] if isinstance(text, list) else str(text)
            for name, text in texts.items()
        }
        for language, texts in value.items()
    }


def check_plan(plan: Plan, headers: list[str], shapes: PackShapes | None, strict: bool) -> Plan:
    """Hold a mapping against the source and the pack. Raises InputError naming what does not exist and what does.

    Args:
        strict: whether a column that the source lacks is a fault (a mapping given by hand) or left out.
    """
    if strict and (lacking := [header for header in plan.columns if header not in headers]):
        raise InputError(f"The source has no column {lacking[0]!r}.", f"Its columns: {', '.join(headers)}.")
    slots = [slot.name for slot in (shapes.slots if shapes else plan.slots)]
    allowed = {*slots, *([plan.weight] if plan.weight else [])}
    for header, rule in plan.columns.items():
        if rule.slot and rule.slot not in allowed:
            raise InputError(
                f"Column {header!r}: there is no slot {rule.slot!r}.", f"The slots: {', '.join(slots)}."
            )
    return replace(plan, columns={header: rule for header, rule in plan.columns.items() if header in headers})
