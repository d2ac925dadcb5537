"""Reading what an evaluation printed, and telling by its keys which one it was."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chatrec.errors import InputError

_MARKS: Mapping[str, tuple[str, ...]] = {
    "simulate": ("all.with_feedback", "with_feedback", "turns_to_success", "success"),
    "recommend": ("all.recall@1",),
    "understanding": ("act_macro_f1", "constraint_f1"),
    "linking": ("precision_marked",),
    "generate": ("unsupported",),
    "turn": ("first_token_ms",),
    "store": ("stores",),
    "serve": ("latency_s",),
}
"""The figures that only one kind of evaluation has, as ways into its JSON."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The figures of one evaluation. `kind` is a command's name, or `other` where no key tells."""

    name: str
    kind: str
    figures: Mapping[str, Any]


def read_evaluation(path: Path) -> Evaluation:
    """Read a file: one JSON object, or lines of which the last holds the figures. Raises InputError."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read: {error}.", "Give files with JSON.") from error
    figures = _object(text) or _object(next(reversed(text.strip().splitlines()), ""))
    if not figures:
        raise InputError(
            f"{path} holds no figures.",
            f"Give what an evaluation prints, e.g. chatrec eval recommend … --json > {path.name}.",
        )
    inner = figures.get("figures")
    figures = inner if isinstance(inner, dict) and len(figures) == 1 else figures
    return Evaluation(path.stem, kind_of(figures), _placed(figures))


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _placed(figures: dict[str, Any]) -> dict[str, Any]:
    """Put the intervals on top, which are those of all, where the figures of all are."""
    whole, interval = figures.get("all"), figures.get("interval")
    if not isinstance(whole, dict) or not isinstance(interval, dict) or "interval" in whole:
        return figures
    rest = {key: value for key, value in figures.items() if key != "interval"}
    return {**rest, "all": {**whole, "interval": interval}}


def kind_of(figures: Mapping[str, Any]) -> str:
    """Return which evaluation has such figures."""
    for kind, marks in _MARKS.items():
        if any(value_at(figures, mark) is not None for mark in marks):
            return kind
    return "other"


def value_at(figures: Mapping[str, Any], way: str) -> Any:
    """Return what lies at the end of a way of keys, e.g. `all.recall@1`; None where nothing does."""
    found: Any = figures
    for key in way.split("."):
        found = found.get(key) if isinstance(found, Mapping) else None
    return found
