"""Errors as problem+json (RFC 9457): what was wrong and what is allowed, and nothing about this machine."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, ValidationError
from starlette.exceptions import HTTPException

from chatrec.errors import ChatrecError, InputError, QueryError, StoreError
from chatrec.serving.logs import log_fault
from chatrec.serving.memory import UnknownSessionError
from chatrec.serving.waiting import BusyError

MEDIA_TYPE = "application/problem+json"
_SOON = {"Retry-After": "5"}
"""Seconds in which a full line of people has moved on."""
_FAULT = "The fault is on this side and was logged. Please try again."


class Problem(BaseModel):
    """What every refusal and failure looks like."""

    type: str = Field(examples=["about:blank"])
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["There is nothing here."])


def problem(status: int, detail: str = "", headers: Mapping[str, str] | None = None) -> JSONResponse:
    """Return an error as problem+json; without a detail, the phrase of its status stands for it."""
    title = HTTPStatus(status).phrase
    content = Problem(type="about:blank", title=title, status=status, detail=detail or title)
    return JSONResponse(content.model_dump(), status, dict(headers or {}), MEDIA_TYPE)


def of_error(error: Exception) -> JSONResponse:
    """Return the problem that an error is to whoever asked. Faults of ours are logged and not described."""
    if isinstance(error, HTTPException):
        return problem(error.status_code, error.detail, error.headers)
    if isinstance(error, ValidationError | RequestValidationError):
        return problem(422, "; ".join(_place(found["loc"], found["msg"]) for found in error.errors()))
    if isinstance(error, UnknownSessionError):
        return problem(404, error.sentences)
    if isinstance(error, InputError):
        return problem(422, error.sentences)
    if isinstance(error, BusyError):
        return problem(503, error.sentences, _SOON)
    log_fault(error)
    if isinstance(error, QueryError):
        return problem(503, "The graph does not answer. Please try again.", _SOON)
    if isinstance(error, StoreError):
        return problem(503, "The database does not answer. Please try again.", _SOON)
    return problem(500, _FAULT)


def add_errors(app: FastAPI) -> None:
    """Answer every error of an application with a problem."""

    async def told(_: Request, error: Exception) -> JSONResponse:
        return of_error(error)

    for kind in (HTTPException, ValidationError, RequestValidationError, ChatrecError):
        app.add_exception_handler(kind, told)


def _place(path: tuple[int | str, ...], message: str) -> str:
    return f"{'.'.join(str(part) for part in path)}: {message}"
