"""The policy: what to do now, decided from the acts of a turn and the state after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from chatrec.dialogue.slots import Schema
from chatrec.dialogue.urgent import urgent_answer
from chatrec.dialogue.values import Act, Constraint, Decision, State

_OUTRIGHT = {
    "too_long": Decision("refuse", "too_long"),
    "unclear": Decision("ask", "unclear"),
    "refuse": Decision("refuse", "refuse"),
    "abuse": Decision("refuse", "abuse"),
}
"""Acts that settle the turn by themselves."""

_WISHES = ("inform", "like", "dislike", "seen")
_SOCIAL = ("close", "thank", "greet", "chitchat")

_MANY = 50
"""How many items must fit before a question comes with the list."""
_FEW = 2
"""With more wishes than these there is no question."""
_PATIENCE = 2
"""After so many questions without an answer there are no more."""
_BETWEEN_QUESTIONS = 2
"""A question comes with every second list at most."""


def decide(state: State, acts: Sequence[Act], schema: Schema) -> Decision:
    """Decide what the reply does. `state` is the one after these acts.

    A wish, a like or another film asked for is answered with a list; a question comes only where nothing is known.
    """
    said = {act.act for act in acts}
    urgent = next((act for act in acts if act.act == "urgent"), None)
    if urgent is not None:
        return Decision("answer", "urgent", text=urgent_answer(schema, urgent.value, state.language))
    outright = next((decision for act, decision in _OUTRIGHT.items() if act in said), None)
    return (
        outright
        or _about_items(state, acts, said, schema)
        or _unknown(acts, said)
        or _recommend(state, acts, said, schema)
        or next((Decision(act, act) for act in _SOCIAL if act in said), None)
        or (Decision("refuse", "unsupported") if "unsupported" in said else Decision("ask", "unclear"))
    )


def settle(decision: Decision, options: Sequence[tuple[tuple[Constraint, ...], int]]) -> Decision:
    """Return the decision for a recommendation that nothing fits: drop the wishes that bring most, if any do."""
    if not options:
        return replace(decision, intent="relax", action="relax", dropped=(), count=0)
    (dropped, count), *others = options
    return replace(
        decision, intent="relax", action="relax", dropped=dropped, count=count, options=tuple(others[:2])
    )


def _about_items(state: State, acts: Sequence[Act], said: set[str], schema: Schema) -> Decision | None:
    """Explain, compare or answer, unless films are asked for with a wish in the same breath."""
    if "request" in said and any(act.act == "inform" for act in acts) and not state.shown:
        return None
    named = tuple(dict.fromkeys(act.iri for act in acts if act.act == "ask" and act.item and act.iri))
    if "explain" in said:
        return Decision("explain", "explain", (named or state.focus)[:1])
    if "compare" in said:
        pair = _pair(named, state)
        return Decision("compare", "compare", pair if len(pair) == 2 else ())
    return _answer(acts, named, said, schema)


def _pair(named: tuple[str, ...], state: State) -> tuple[str, ...]:
    """Return the two items to compare: the named ones, filled up from the last list and the focus."""
    listed = state.shown[-1] if state.shown else ()
    return tuple(dict.fromkeys((*named, *listed, *state.focus)))[:2]


def _answer(acts: Sequence[Act], named: tuple[str, ...], said: set[str], schema: Schema) -> Decision | None:
    """Answer a question about an item; an item that is only mentioned is told about, where nothing else is said."""
    questions = [act.slot for act in acts if act.act == "ask" and act.op == "?"]
    if questions and named:
        return Decision("answer", "answer", named[:1], questions[0])
    if named and not said.intersection((*_WISHES, *_SOCIAL, "request", "more", "reject", "unknown")):
        return Decision("answer", "answer", named[:1], _telling(schema))
    if questions and not said.intersection((*_WISHES, "request", "more", "unknown")):
        return Decision("ask", "unknown")
    return None


def _telling(schema: Schema) -> str:
    """Return the slot that says what an item is about."""
    return next((slot.name for slot in schema.slots if slot.kind == "text"), schema.name_slot.name)


def _unknown(acts: Sequence[Act], said: set[str]) -> Decision | None:
    """Say that a title is not known, and which are near, unless there are wishes to go by."""
    missing = next((act for act in acts if act.act == "unknown"), None)
    if missing is None or said.intersection(_WISHES):
        return None
    near = tuple(act.iri for act in acts if act.act == "unknown" and act.value == missing.value and act.iri)
    return Decision("ask", "unknown", near, text=str(missing.value))


def _recommend(state: State, acts: Sequence[Act], said: set[str], schema: Schema) -> Decision | None:
    """Recommend where there is anything to go by; ask first where there is nothing, but only once."""
    known = bool(state.constraints or state.likes or state.dislikes)
    if said.intersection(_WISHES) or (state.shown and said.intersection(("more", "reject", "switch"))):
        return Decision("recommend", "recommend")
    if "restart" in said:
        return _ask(state, schema)
    if "forget" in said:
        return Decision("recommend", "recommend") if known or state.shown else Decision("ask", "forget")
    if not said.intersection(("request", "more")):
        return Decision("greet", "greet") if "switch" in said else None
    return Decision("recommend", "recommend") if known or state.asked else _ask(state, schema)


def _ask(state: State, schema: Schema) -> Decision:
    """Ask for the first slot that may be asked for; recommend where there is none."""
    slots = askable(state, schema)
    return Decision("ask", "ask", slot=slots[0]) if slots else Decision("recommend", "recommend")


def askable(state: State, schema: Schema) -> list[str]:
    """Return the slots that have a question and were neither wished for nor asked before, in the order of the shapes."""
    taken = {wish.slot for wish in state.constraints}.union(state.asked)
    slots = sorted(schema.slots, key=lambda slot: slot.order)
    return [slot.name for slot in slots if slot.question and slot.name not in taken]


def may_ask(state: State, found: int) -> bool:
    """Say whether a question may come with a list: many items fit few wishes, the list before had none, and the user
    has not let two questions pass."""
    wished = {wish.slot for wish in state.constraints}
    ignored = sum(slot not in wished for slot in state.asked)
    recent = state.asked_at is not None and len(state.shown) - state.asked_at < _BETWEEN_QUESTIONS
    return found > _MANY and len(state.constraints) <= _FEW and ignored < _PATIENCE and not recent
