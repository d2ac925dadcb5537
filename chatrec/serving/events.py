"""An answer over HTTP: whole as JSON, or piece by piece as server-sent events."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import chain
from typing import Any

from fastapi import Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse

from chatrec.dialogue.values import Sentence, Turn
from chatrec.errors import ChatrecError
from chatrec.serving.listening import Heard
from chatrec.serving.payload import turn_json
from chatrec.serving.problems import of_error
from chatrec.serving.session import Service
from chatrec.serving.waiting import Waiting

EVENTS = "text/event-stream"
_AS_IT_COMES = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


def answered(
    service: Service, session_id: str | None, text: str, language: str, user: str = ""
) -> tuple[dict[str, Any], int]:
    """Answer a message; return the turn as JSON and how many replies were before it in the line."""
    session, ahead = service.session(session_id), 0
    for piece in service.say(session.id, text, language, user):
        if isinstance(piece, Waiting):
            ahead = max(ahead, piece.ahead)
        elif isinstance(piece, Turn):
            return recommendation(service, session.id, piece), ahead
    raise ChatrecError("The reply broke off.", "Try again.")


def recommendation(service: Service, session_id: str, turn: Turn) -> dict[str, Any]:
    """Return the answer of the contract."""
    return {**turn_json(turn, session_id, service.pack), "recommendation": turn.reply}


async def events(
    service: Service, session_id: str | None, text: str, language: str, user: str = ""
) -> Response:
    """Answer a message with events. What is wrong before the first of them is an ordinary error."""
    session = await run_in_threadpool(service.session, session_id)
    heard = await run_in_threadpool(service.say, session.id, text, language, user)
    first = await run_in_threadpool(next, heard)
    pieces = _events(service, session.id, chain([first], heard))
    return StreamingResponse(pieces, media_type=EVENTS, headers=_AS_IT_COMES)


def _events(service: Service, session_id: str, heard: Iterator[Heard]) -> Iterator[str]:
    try:
        for piece in heard:
            if isinstance(piece, Waiting):
                yield _event("waiting", {"session": session_id, "ahead": piece.ahead})
            elif isinstance(piece, Sentence):
                yield _event("piece", {"text": piece.text})
            else:
                yield _event("turn", recommendation(service, session_id, piece))
    except Exception as error:  # the status was sent long ago
        yield _event("error", json.loads(bytes(of_error(error).body)))


def _event(name: str, data: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
