"""A turn as the JSON of the contract."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from chatrec.config import settings
from chatrec.dialogue.values import Act, Candidate, Constraint, Fact, Item, Language, State, Turn
from chatrec.grounding.pack import Pack
from chatrec.serving.labels import reason_text, wish_text
from chatrec.serving.memory import Session
from chatrec.serving.texts import marked, say, slot_text, value_text

MOST_SHARED = 3
"""How many of the values that an item shares with liked ones are given as reasons."""
STAGES = ("understand", "ground", "rank", "generate", "first_token", "total")
"""The keys of a turn's timings, in milliseconds; the last two count from the start of the turn."""


def turn_json(turn: Turn, session_id: str, pack: Pack) -> dict[str, Any]:
    """Return the turn object of the contract; `label` and `why` are in the language of the reply."""
    return {
        "turn": turn.turn,
        "session": session_id,
        "user": turn.user,
        "language": turn.language,
        "intent": turn.intent,
        "acts": [_act(act) for act in turn.acts],
        "constraints": constraints_json(turn.state, turn.language, pack),
        "reply": turn.reply,
        "items": [_item(candidate, turn.language, pack) for candidate in turn.candidates],
        "claims": [{**asdict(claim), "triple": list(claim.triple)} for claim in turn.claims],
        "sparql": turn.sparql,
        "timings_ms": {
            stage: turn.timings_ms.get(stage, turn.timings_ms.get("total", 0.0)) for stage in STAGES
        },
    }


def session_json(session: Session, pack: Pack) -> dict[str, Any]:
    """Return where a session stands, and its turns."""
    state = session.state
    return {
        "session": session.id,
        "language": state.language,
        "constraints": constraints_json(state, state.language, pack),
        **feedback_json(state),
        "diversity": settings().diversity if state.diversity is None else state.diversity,
        "turns": [turn_json(turn, session.id, pack) for turn in session.turns],
    }


def feedback_json(state: State) -> dict[str, list[str]]:
    """Return what a session holds for liked, disliked and seen, by IRI."""
    return {"likes": list(state.likes), "dislikes": list(state.dislikes), "seen": list(state.seen)}


def constraints_json(state: State, language: Language, pack: Pack) -> list[dict[str, Any]]:
    """Return the wishes in force; one that need not be met is `soft`, with its words and what brought it in a language."""
    return [
        {
            "slot": wish.slot,
            "op": wish.op,
            "value": wish.value,
            "polarity": wish.polarity,
            **(_soft(wish, state, language, pack) if wish.soft else {}),
        }
        for wish in state.constraints
    ]


def _soft(wish: Constraint, state: State, language: Language, pack: Pack) -> dict[str, Any]:
    label, reason = wish_text(wish, pack, language), reason_text(wish, state, pack, language)
    return {"soft": True, "label": label, "reason": reason}


def _act(act: Act) -> dict[str, Any]:
    given = {key: getattr(act, key) for key in ("act", "slot", "op", "value", "iri", "polarity", "text")}
    return {**given, "soft": True} if act.soft else given


def _item(candidate: Candidate, language: Language, pack: Pack) -> dict[str, Any]:
    item = candidate.item
    return {
        "iri": item.iri,
        "label": name(item, language, pack),
        "why": why(candidate, language, pack),
        "facts": [list(fact.triple) for facts in item.facts.values() for fact in facts],
    }


def name(item: Item, language: Language, pack: Pack) -> str:
    """Return what an item is called in a language."""
    return item.name(pack.schema.name_slot.name, language).label(language)


def why(candidate: Candidate, language: Language, pack: Pack) -> list[str]:
    """Say in words what speaks for an item: wishes that it meets, and what it shares with liked items."""
    met = [_met(fact, language, pack) for _, fact in candidate.met]
    liked = {item.iri: item for item in pack.items(tuple(iri for _, iri in candidate.shared[:MOST_SHARED]))}
    shared = [
        say(
            language,
            "why_shared",
            slot=slot_text(pack.schema, fact.slot, language),
            value=value_text(pack.schema, fact, language),
            title=marked(pack.schema, name(liked[iri], language, pack), language),
        )
        for fact, iri in candidate.shared[:MOST_SHARED]
        if iri in liked
    ]
    return list(dict.fromkeys(met + shared))


def _met(fact: Fact, language: Language, pack: Pack) -> str:
    slot, value = slot_text(pack.schema, fact.slot, language), value_text(pack.schema, fact, language)
    key = "why_met_number" if pack.schema.slot(fact.slot).kind == "number" else "why_met"
    return say(language, key, slot=slot, value=value)
