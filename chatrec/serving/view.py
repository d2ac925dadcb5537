"""A session as the page shows it: the lines of the conversation, the panel and the proof."""

from __future__ import annotations

import json

from chatrec.dialogue.values import State
from chatrec.grounding.pack import Pack
from chatrec.scripts.recording import record
from chatrec.serving import render
from chatrec.serving.browser import Browser
from chatrec.serving.memory import Session
from chatrec.serving.payload import session_json


def lines(session: Session, pack: Pack) -> list[render.Line]:
    """Return all that was said, oldest first."""
    return [
        line
        for turn in session.turns
        for line in (render.said(turn.user), render.reply(turn.reply, turn.claims, pack, turn.language))
    ]


def panel_and_proof(session: Session, browser: Browser, pack: Pack) -> tuple[str, str]:
    """Return the panel (with the latest list) and the proof (of the latest reply).

    Both are in the language that was chosen, else in the conversation's own.
    """
    turn = session.turns[-1] if session.turns else None
    listed = next((turn for turn in reversed(session.turns) if turn.candidates), None)
    language = browser.chosen or (turn.language if turn else browser.language)
    state = session.state if turn else State(diversity=session.state.diversity)
    return render.panel(state, listed, pack, language), render.proof(turn, pack, language)


def exported(session: Session, pack: Pack, form: str) -> dict[str, str]:
    """Return the conversation as a file (its name and text): as JSON, or as a dialogue script where `form` is "script"."""
    if form == "script":
        return {"name": "chatrec.dialogue.yaml", "text": record(session.turns, pack.name)}
    text = json.dumps(session_json(session, pack), ensure_ascii=False, indent=2)
    return {"name": "chatrec.json", "text": text}
