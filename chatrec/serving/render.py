"""The HTML of the page's parts, drawn from a session's state and turns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from chatrec.dialogue.values import Claim, Language, State, Turn
from chatrec.grounding.pack import Pack
from chatrec.serving.browser import Browser
from chatrec.serving.cards import cards, chips, rated, varieties
from chatrec.serving.labels import name_of
from chatrec.serving.payload import STAGES
from chatrec.serving.templates import render
from chatrec.serving.texts import examples, pack_texts, say, slot_text, texts, title

Words = tuple[str, str, str]
"""A triple in words: whose, which property, and its value."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the conversation: what the user said, a reply in parts, or a wait.

    A part is text, with the words of the triple that it states, if any. `ahead` is the number of replies that are
    written before this one; `again` is the message that got no reply.
    """

    text: str = ""
    user: bool = False
    waiting: bool = False
    ahead: int = 0
    language: Language = ""
    parts: tuple[tuple[str, Words | None], ...] = ()
    again: str = ""


def waiting(ahead: int = 0) -> Line:
    """Return what stands in place of a reply that has not begun; so many others come first."""
    return Line(waiting=True, ahead=ahead)


def said(text: str) -> Line:
    """Return what the user said."""
    return Line(_CONTROL.sub(" ", text), user=True)


def reply(text: str, claims: Iterable[Claim], pack: Pack, language: Language) -> Line:
    """Return a reply in which each fact is marked and tells its triple."""
    parts: list[tuple[str, Words | None]] = []
    at = 0
    for claim in sorted(claims, key=lambda claim: claim.start):
        if claim.start >= at:
            parts += [(text[at : claim.start], None), (claim.text, statement(claim, pack, language))]
            at = claim.end
    return Line(language=language, parts=(*parts, (text[at:], None)))


def broken(message: str, language: Language) -> Line:
    """Return what is said in place of a reply that failed."""
    return Line(language=language, parts=((texts(language)["broken"], None),), again=message)


def statement(claim: Claim, pack: Pack, language: Language) -> Words:
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


def _page(template: str, language: Language, pack: Pack | None = None, **values: Any) -> str:
    words = pack_texts(pack, language) if pack else texts(language)
    return render(template, t=words, language=language, **values)


def head(
    browser: Browser,
    spoken: Sequence[Language],
    note: Sequence[str],
    remembered: bool | None,
    packs: Sequence[Pack] = (),
) -> str:
    """Return the head of the page, with its menu and the privacy note.

    `remembered` tells whether the user agreed to be remembered; None where nobody is. With more than one pack there is a
    choice of them.
    """
    language = browser.language
    choice = [(pack.name, title(pack, language), pack.name == browser.pack) for pack in packs]
    names = [(code, texts(code)["language_name"]) for code in spoken]
    offered = choice if choice[1:] else ()
    talked_about = next((pack for pack in packs if pack.name == browser.pack), None)
    return _page(
        "head.html", language, talked_about, names=names, note=note, remembered=remembered, packs=offered
    )


def chat(lines: Sequence[Line], pack: Pack, language: Language, settled: bool = True) -> str:
    """Return the conversation; an empty one greets and offers messages to start with.

    A settled one, in which no reply is being written, offers to write the last one anew.
    """
    others = [examples(pack, code)[:1] for code in pack.schema.languages if code != language]
    starters = [*examples(pack, language), *(message for group in others for message in group)]
    return _page("chat.html", language, pack, lines=lines, starters=starters, settled=settled)


def panel(state: State, turn: Turn | None, pack: Pack, language: Language) -> str:
    """Return the panel beside the chat: what was understood, and the list of that turn."""
    return _page(
        "panel.html",
        language,
        pack,
        begun=state.turn > 0,
        chips=chips(state, pack, language),
        varieties=varieties(state, language),
        rated=rated(state, pack, language),
        cards=cards(turn, state, pack, language),
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
