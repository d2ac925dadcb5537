"""Delexicalised messages: what was understood in them stands as pointers, as in the model's training data."""

from __future__ import annotations

from collections.abc import Sequence

from chatrec.dialogue.values import Act, Language
from chatrec.generation.templates import Template


def delexicalise(
    message: str, acts: Sequence[Act], section: str, language: Language, name_slot: str, limit: int = 160
) -> Template:
    """Replace what the acts understood in a message by pointers; nothing in the rest can become one."""
    parts, position = [""], 0
    for act in sorted((act for act in acts if act.start >= 0 and act.text), key=lambda act: act.start):
        pointer = _pointer(act, name_slot, parts[1::2])
        if act.start < position or pointer is None:
            continue
        parts[-1] += message[position : act.start]
        parts += [pointer, ""]
        position = act.start + len(act.text)
    parts[-1] += message[position:]
    kept = (part if i % 2 else " ".join(part.split())[:limit] for i, part in enumerate(parts))
    spaced = tuple(
        text if i % 2 or not text else f"{' ' if i and parts[i][:1].isspace() else ''}{text}"
        for i, text in enumerate(kept)
    )
    return Template(section, language, spaced)


def _pointer(act: Act, name_slot: str, used: Sequence[str]) -> str | None:
    if act.act == "unknown":
        return "unknown"
    if act.slot is None or act.op in ("?", "-"):
        return None
    if act.slot != name_slot:
        return f"wish.{act.slot}" if act.polarity == "like" and f"wish.{act.slot}" not in used else None
    choices = {"like": ("liked", "liked2"), "dislike": ("disliked",), "neutral": ("A.title", "B.title")}[
        act.polarity
    ]
    return next((choice for choice in choices if choice not in used), None)
