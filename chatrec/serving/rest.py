"""The REST interface, and the page mounted beside it. Errors are problem+json (RFC 9457)."""

from __future__ import annotations

import json
from typing import Annotated, Any
from urllib.parse import parse_qs

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware

from chatrec import __version__
from chatrec.errors import ChatrecError, InputError, QueryError
from chatrec.serving.apidocs import docs_page
from chatrec.serving.payload import feedback_json, session_json, turn_json
from chatrec.serving.session import Service, UnknownSessionError

_MOST_BYTES = 256 * 1024
_FORM, _JSON = "application/x-www-form-urlencoded", "application/json"

SessionId = Annotated[str, Field(max_length=200)]


class Message(BaseModel):
    """What `POST /recommend` takes, as JSON or as a form."""

    model_config = ConfigDict(extra="ignore", strict=True)

    user_input: Annotated[
        str, Field(description="What the user typed.", examples=["Something like Interstellar"])
    ]
    session: SessionId | None = Field(
        None, description="The session to go on with; a new one is started without it."
    )
    language: str | None = Field(
        None, max_length=20, description="Language to assume where the text does not tell."
    )


class Feedback(BaseModel):
    """What `POST /feedback` takes."""

    model_config = ConfigDict(extra="ignore", strict=True)

    session: SessionId
    item: Annotated[str, Field(max_length=2000, description="The `iri` of an item.")]
    rating: Annotated[str, Field(max_length=20, description="like, dislike, seen, or none (takes it back).")]


def create_app(service: Service, page: bool = True) -> FastAPI:
    """Build the web application: REST, and the chat page at `/` unless `page` is false."""
    app = FastAPI(
        title="chatrec",
        version=__version__,
        description="Recommendations in conversation; a reply states nothing that the graph does not hold.",
        docs_url=None,  # FastAPI's own pages load scripts from elsewhere
        redoc_url=None,
    )
    app.state.service = service
    # Without a CORSMiddleware on this app, Gradio reflects any Origin with credentials on a non-local host.
    app.add_middleware(CORSMiddleware, allow_origins=[])
    _add_errors(app)
    _add_routes(app, service)
    if page:
        from chatrec.serving.ui import mount_page

        mount_page(app, service)
    return app


def _add_routes(app: FastAPI, service: Service) -> None:
    @app.post("/recommend", openapi_extra={"requestBody": _body_docs(Message)}, tags=["conversation"])
    async def recommend(request: Request) -> dict[str, Any]:
        """Answer a message: the turn, with `recommendation` (its reply) and `session`."""
        message = Message.model_validate(await _fields(request))
        return await run_in_threadpool(_recommend, service, message)

    @app.post("/feedback", openapi_extra={"requestBody": _body_docs(Feedback)}, tags=["conversation"])
    async def feedback(request: Request) -> dict[str, Any]:
        """Rate an item; it counts from the next list on."""
        sent = Feedback.model_validate(await _fields(request))
        state = await run_in_threadpool(service.feedback, sent.session, sent.item, sent.rating)
        return {"session": sent.session, "item": sent.item, "rating": sent.rating, **feedback_json(state)}

    @app.get("/sessions/{session_id}", tags=["sessions"])
    def session(session_id: str) -> dict[str, Any]:
        """Tell all that is kept of a session."""
        return session_json(service.known(session_id), service.pack)

    @app.delete("/sessions/{session_id}", tags=["sessions"])
    def forget(session_id: str) -> dict[str, Any]:
        """Forget a session and all that was said in it."""
        service.forget(session_id)
        return {"session": session_id, "deleted": True}

    _add_health(app, service)


def _recommend(service: Service, message: Message) -> dict[str, Any]:
    session = service.session(message.session)
    turn = service.answer(session.id, message.user_input, message.language or "")
    return {**turn_json(turn, session.id, service.pack), "recommendation": turn.reply}


def _add_health(app: FastAPI, service: Service) -> None:
    @app.get("/healthz", tags=["health"])
    async def healthz() -> dict[str, str]:
        """Tell that the process is alive."""
        return {"status": "ok"}

    @app.get("/readyz", tags=["health"])
    def readyz() -> dict[str, str]:
        """Tell that the graph answers."""
        try:
            triples = len(service.pack.graph)
        except QueryError as error:
            raise HTTPException(503, error.message) from error
        if not triples:
            raise HTTPException(503, "The graph is empty.")
        return {"status": "ready", "pack": service.pack.name}

    @app.get("/docs", include_in_schema=False, response_class=HTMLResponse)
    async def docs() -> str:
        return docs_page(app.openapi())

    @app.api_route("/recommend", methods=["GET", "PUT", "PATCH", "DELETE"], include_in_schema=False)
    @app.api_route("/feedback", methods=["GET", "PUT", "PATCH", "DELETE"], include_in_schema=False)
    async def only_post() -> None:
        """Answer here: a wrong method would otherwise fall through to the page, which knows no such path."""
        raise HTTPException(405, "Use POST here.", headers={"Allow": "POST"})


async def _fields(request: Request) -> dict[str, Any]:
    """Read the fields of a JSON object or a form. Raises HTTPException where the body is neither."""
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind == "multipart/form-data":
        _check_size(int(request.headers.get("content-length") or _MOST_BYTES + 1))
        async with request.form(max_files=0, max_fields=20) as form:
            return dict(form)
    body = await _body(request)
    if kind == _FORM:
        return {key: values[-1] for key, values in parse_qs(body.decode("utf-8", "replace"), True).items()}
    if kind == _JSON:
        return _json_object(body)
    raise HTTPException(
        415, f"Send {_JSON} or a form ({_FORM}), not {kind or 'a body without a content type'}."
    )


async def _body(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        _check_size(len(body))
    return body


def _check_size(size: int) -> None:
    if size > _MOST_BYTES:
        raise HTTPException(
            413, f"The request is too large: at most {_MOST_BYTES // 1024} kB, with its length given."
        )


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise HTTPException(400, f"The body is no valid JSON: {error}") from error
    if not isinstance(sent, dict):
        raise HTTPException(422, "The body has to be a JSON object with named fields.")
    return sent


def _body_docs(model: type[BaseModel]) -> dict[str, Any]:
    schema = model.model_json_schema()
    return {"required": True, "content": {kind: {"schema": schema} for kind in (_JSON, _FORM)}}


def _problem(status: int, title: str, detail: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """Return an error as problem+json."""
    content = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return JSONResponse(content, status, headers, "application/problem+json")


def _add_errors(app: FastAPI) -> None:
    @app.exception_handler(HTTPException)
    async def refused(_: Request, error: HTTPException) -> JSONResponse:
        return _problem(
            error.status_code, "The request cannot be served", error.detail, dict(error.headers or {})
        )

    @app.exception_handler(ValidationError)
    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: ValidationError | RequestValidationError) -> JSONResponse:
        places = [
            f"{'.'.join(str(part) for part in found['loc'])}: {found['msg']}" for found in error.errors()
        ]
        return _problem(422, "The request lacks something or holds something unusable", "; ".join(places))

    @app.exception_handler(ChatrecError)
    async def failed(_: Request, error: ChatrecError) -> JSONResponse:
        status = (
            404 if isinstance(error, UnknownSessionError) else 422 if isinstance(error, InputError) else 500
        )
        return _problem(status, error.message, error.hint or error.message)

    @app.exception_handler(Exception)
    async def broken(_: Request, __: Exception) -> JSONResponse:
        return _problem(
            500, "Something went wrong", "The fault is on this side and was logged. Please try again."
        )
