"""The HTML of the page's parts, drawn from a session's state and turns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from chatrec.dialogue.values import Claim, Language, State, Turn
from chatrec.grounding.pack import Pack
from chatrec.serving.cards import cards, chips, name_of, rated
from chatrec.serving.payload import STAGES
from chatrec.serving.templates import render
from chatrec.serving.texts import examples, say, slot_text, texts

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the conversation: what the user said, a reply in parts (text and its proof), or a wait."""

    text: str = ""
    user: bool = False
    waiting: bool = False
    language: Language = ""
    parts: tuple[tuple[str, str], ...] = ()


WAITING = Line(waiting=True)


def said(text: str) -> Line:
    """Return what the user said."""
    return Line(_CONTROL.sub(" ", text), user=True)


def reply(text: str, claims: Iterable[Claim], pack: Pack, language: Language) -> Line:
    """Return a reply in which each fact is marked and tells its triple."""
    parts, at = [], 0
    for claim in sorted(claims, key=lambda claim: claim.start):
        if claim.start >= at:
            parts += [
                (text[at : claim.start], ""),
                (claim.text, " · ".join(statement(claim, pack, language))),
            ]
            at = claim.end
    return Line(language=language, parts=(*parts, (text[at:], "")))


def statement(claim: Claim, pack: Pack, language: Language) -> tuple[str, str, str]:
    """Write the triple of a claim in words where it is about an item, else as it is."""
    subject, predicate, value = claim.triple
    title = name_of(pack, subject, language)
    slot = next((slot.name for slot in pack.schema.slots if slot.path == predicate), None)
    if slot is None or not title:
        return _short(subject), _short(predicate), value
    return title, slot_text(pack.schema, slot, language), claim.text


def _short(iri: str) -> str:
    """Return the last part of an IRI, which is enough to recognise it."""
    return re.split(r"[/#:]", iri)[-1] or iri


def _page(template: str, language: Language, **values: Any) -> str:
    return render(template, t=texts(language), language=language, **values)


def head(language: Language) -> str:
    """Return the head of the page."""
    return _page("head.html", language)


def chat(lines: Sequence[Line], pack: Pack, language: Language) -> str:
    """Return the conversation; an empty one greets and offers messages to start with."""
    others = [examples(code, pack.name)[:1] for code in pack.schema.languages if code != language]
    starters = [*examples(language, pack.name), *(message for group in others for message in group)]
    return _page("chat.html", language, lines=lines, starters=starters)


def panel(state: State, turn: Turn | None, pack: Pack, language: Language) -> str:
    """Return the panel beside the chat: what was understood, and the list of that turn."""
    return _page(
        "panel.html",
        language,
        chips=chips(state, pack, language),
        rated=rated(state, pack, language),
        cards=cards(turn.candidates if turn else (), state, pack, language),
    )


def proof(turn: Turn | None, pack: Pack, language: Language) -> str:
    """Return what stands behind a reply: triples, query, timings."""
    claims = [(statement(claim, pack, language), claim.triple) for claim in turn.claims] if turn else []
    timings = [
        (
            texts(language)[f"stage_{stage}"],
            say(language, "milliseconds", value=f"{turn.timings_ms[stage]:.0f}"),
        )
        for stage in STAGES
        if turn and stage in turn.timings_ms
    ]
    sparql = turn.sparql if turn else ""
    return _page(
        "proof.html", language, claims=claims, sparql=sparql, timings=timings, answered=turn is not None
    )
