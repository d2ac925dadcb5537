"""Writes a conversation that took place as a dialogue script: what was said and pressed, and what came of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import yaml

from chatrec.dialogue.values import Act, Constraint, Turn

_LONGEST_NAME = 60
_WIDTH = 110
_FEELINGS = ("like", "dislike")
_ITEM_GROUPS = (("like", "likes"), ("dislike", "dislikes"), ("seen", "seen"))

Step = dict[str, Any]


class _Exact(yaml.SafeDumper):
    """Writes a text with rare line breaks in double quotes, where they are escaped: YAML would read them as blanks."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = '"' if re.search("[\x85\u2028\u2029]", text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Exact.add_representer(str, _text)


def record(turns: Sequence[Turn], pack: str = "", name: str = "") -> str:
    """Return a script (YAML) of one dialogue that passes where the engine still understands and lists the same.

    The wording of replies is left open, and so is the time they take.

    Args:
        turns: the turns of one session, oldest first; at least one.
        pack: name of the pack they were about; left out where empty.
        name: what the dialogue is called; the first message where empty.
    """
    steps = [step for index in range(len(turns)) for step in _steps(turns, index)]
    dialogue = {"name": name or turns[0].user.strip()[:_LONGEST_NAME] or "recorded", "turns": steps}
    script = {**({"pack": pack} if pack else {}), "dialogues": [dialogue]}
    return str(
        yaml.dump(
            script, Dumper=_Exact, allow_unicode=True, sort_keys=False, default_flow_style=None, width=_WIDTH
        )
    )


def _steps(turns: Sequence[Turn], index: int) -> Iterator[Step]:
    """Yield the buttons pressed before a turn, then the turn."""
    turn, before = turns[index], turns[:index]
    yield from _presses(before, turn)
    yield {"say": turn.user, "expect": _expectation(turn, before)}


def _presses(before: Sequence[Turn], turn: Turn) -> Iterator[Step]:
    """Yield the buttons whose effect shows in the state after a turn, and that the turn itself did not say."""
    lists = [earlier for earlier in before if earlier.candidates]
    if not lists:
        return
    said = {act.iri for act in turn.acts}
    for rating, group in _ITEM_GROUPS:
        new = set(getattr(turn.state, group)) - set(getattr(before[-1].state, group)) - said
        for position, candidate in enumerate(lists[-1].candidates, 1):
            if candidate.item.iri in new:
                yield {rating: position}


def _expectation(turn: Turn, before: Sequence[Turn]) -> dict[str, Any]:
    understood = [entry for act in turn.acts if act.slot and (entry := _understood(act))]
    return {
        "language": turn.language,
        "intent": turn.intent,
        **({"understood": understood} if understood else {}),
        **({"items": _items(turn, before)} if turn.candidates else {}),
        "facts_only": True,
    }


def _understood(act: Act) -> dict[str, Any]:
    """Return an act in the script's words; one without a value (a question, a wish dropped) by its slot."""
    if act.act in _FEELINGS and act.act == act.polarity and act.value is not None:
        return {act.act: act.value}
    keys = {"act": act.act} if act.act != "inform" else {}
    if act.op != "=":
        keys["op"] = act.op
    value = {"value": act.value} if act.value is not None else {}
    polarity = {"polarity": act.polarity} if act.polarity != "like" else {}
    return {**keys, "slot": act.slot, **value, **polarity}


def _items(turn: Turn, before: Sequence[Turn]) -> dict[str, Any]:
    """Return what holds of a list: the wishes that every item met, and whether it brought only new ones."""
    shown = {candidate.item.iri for earlier in before for candidate in earlier.candidates}
    listed = {candidate.item.iri for candidate in turn.candidates}
    wishes = turn.state.constraints if turn.intent == "recommend" else ()
    wanted = _pairs(wish for wish in wishes if wish.polarity == "like" and not wish.either)
    unwanted = _pairs(wish for wish in wishes if wish.polarity == "dislike")
    return {
        "min": 1,
        **({"all": wanted} if wanted else {}),
        **({"none": unwanted} if unwanted else {}),
        **({"not_repeated": True} if shown and not shown & listed else {}),
    }


def _pairs(wishes: Iterator[Constraint]) -> dict[str, Any]:
    """Return wishes by slot: a bare value, or with its operator; a list where there are several."""
    found: dict[str, list[Any]] = {}
    for wish in wishes:
        value = wish.value if wish.op == "=" else {"op": wish.op, "value": wish.value}
        found.setdefault(wish.slot, []).append(value)
    return {slot: values[0] if len(values) == 1 else values for slot, values in found.items()}
