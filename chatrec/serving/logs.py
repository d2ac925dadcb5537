"""Structured logs: one JSON object a line, without a word of what users say unless `CHATREC_LOG_TEXT` is set."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from chatrec.config import settings
from chatrec.dialogue.values import Turn

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request that is being answered, in every line logged meanwhile."""

_LOG = logging.getLogger("chatrec")
_LOGGERS = ("chatrec", "uvicorn", "mcp")
_FIELDS = "fields"


def set_up(stream: Any = None) -> None:
    """Log as JSON lines to a stream, stderr unless told otherwise, from `CHATREC_LOG_LEVEL` up."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(_JsonLines())
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(settings().log_level if name == "chatrec" else logging.WARNING)


def log(event: str, **fields: Any) -> None:
    """Log an event with its fields. No field may hold what a user said."""
    _LOG.info(event, extra={_FIELDS: fields})


def log_turn(turn: Turn) -> None:
    """Log a turn: what kind it was and how long its stages took; its words only where that is switched on."""
    fields = {"intent": turn.intent, "language": turn.language, "items": len(turn.candidates)}
    words = {"user": turn.user, "reply": turn.reply} if settings().log_text else {}
    log("turn", **{**fields, **words}, ms=turn.timings_ms)


def log_fault(error: BaseException) -> None:
    """Log a fault with where it arose; its message may quote a user and is therefore left out by default."""
    _LOG.error("fault", exc_info=error)


class _JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **({"request_id": request_id.get()} if request_id.get() else {}),
            **getattr(record, _FIELDS, {}),
        }
        if record.exc_info:
            line |= _fault(*record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def _fault(
    kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
) -> dict[str, Any]:
    where = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]
    said = {"message": str(error)} if settings().log_text else {}
    return {"error": kind.__name__ if kind else "", "where": where, **said}
