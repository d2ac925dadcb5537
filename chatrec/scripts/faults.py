"""What is wrong with a script, in words: the place, what was found, what is known there, what was meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from rapidfuzz import fuzz, process

from chatrec.errors import ScriptError
from chatrec.scripts.reading import Document, Place

_ALIKE = 60
"""Least likeness (0 to 100) at which a known word is suggested for an unknown one."""
_MOST = 12
"""How many faults are told at once."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, and where."""

    place: Place
    text: str


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word that is most like a word, or nothing where none is like it."""
    found = process.extractOne(
        word, list(known), scorer=fuzz.ratio, score_cutoff=_ALIKE, processor=str.casefold
    )
    return str(found[0]) if found else ""


def unknown(kind: str, word: str, known: Iterable[str]) -> str:
    """Say that a word is not known, which ones are, and which one may have been meant."""
    words = list(known)
    meant = nearest(word, words)
    question = f" Did you mean {meant!r}?" if meant else ""
    return f"unknown {kind} {word!r}.{question} Known here: {', '.join(words)}."


def refusal(document: Document, faults: Iterable[Fault]) -> ScriptError:
    """Return the error that lists the faults of a script in the order of its lines."""
    placed = sorted(((document.line(fault.place), fault) for fault in faults), key=lambda pair: pair[0])
    lines = [f"  line {line}, {_path(fault.place)}: {fault.text}" for line, fault in placed]
    rest = [f"  … and {len(lines) - _MOST} more"] if len(lines) > _MOST else []
    heading = f"{document.path} is no dialogue script that can be run:"
    return ScriptError("\n".join([heading, *lines[:_MOST], *rest]), "Mend these lines and run again.")


def _path(place: Place) -> str:
    """Write a place as `dialogues[0].turns[2].expect`."""
    steps = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place)
    return steps.lstrip(".") or "the script"


def faults_of(error: ValidationError, model: type[BaseModel]) -> Iterator[Fault]:
    """Turn what pydantic found into faults. `model` is the type of the whole document."""
    for detail in error.errors(include_url=False):
        place, kind = detail["loc"], detail["type"]
        if kind == "extra_forbidden":
            yield Fault(place, unknown("key", str(place[-1]), _keys(model, place[:-1])))
        elif kind == "missing":
            yield Fault(place, f"the key {place[-1]!r} is missing here.")
        elif kind in ("model_type", "dict_type"):
            yield Fault(place, f"keys with values are wanted here; found {_short(detail['input'])}.")
        else:
            yield Fault(place, f"{detail['msg']}; found {_short(detail['input'])}.")


def _short(value: Any, most: int = 60) -> str:
    text = repr(value)
    return text if len(text) <= most else f"{text[:most]}…"


def _keys(model: type[BaseModel], place: Place) -> list[str]:
    """Return the keys that are known at a place of a model."""
    here: Any = model
    for step in place:
        here = _inside(here, step)
    return list(here.model_fields) if isinstance(here, type) and issubclass(here, BaseModel) else []


def _inside(type_: Any, step: str | int) -> Any:
    """Return the type of one part of a model, a mapping's value or a sequence's member."""
    if isinstance(type_, type) and issubclass(type_, BaseModel):
        annotation: Any = type_.model_fields[str(step)].annotation
        return _bare(annotation)
    inner = [_bare(argument) for argument in get_args(type_) if argument is not Ellipsis]
    return inner[-1] if inner else None


def _bare(annotation: Any) -> Any:
    """Strip `Annotated` and `| None` from a type."""
    if hasattr(annotation, "__metadata__"):
        return _bare(annotation.__origin__)
    arguments = [argument for argument in get_args(annotation) if argument is not type(None)]
    return _bare(arguments[0]) if type(None) in get_args(annotation) and len(arguments) == 1 else annotation
