"""The REST interface, and the page, the widget and MCP beside it. Errors are problem+json (RFC 9457)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, NoReturn

from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse
from fastapi.routing import APIRoute
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Route

from chatrec import __version__
from chatrec.config import settings
from chatrec.dialogue.context import Context, in_context
from chatrec.dialogue.feedback import merge
from chatrec.dialogue.values import State
from chatrec.serving.answers import (
    Alive,
    Forgotten,
    ForgottenUser,
    Rated,
    Ready,
    Recommendation,
    Remembered,
    SessionAnswer,
    Wishes,
    responses,
)
from chatrec.serving.apidocs import describe, docs_page
from chatrec.serving.bodies import FORM, JSON, Feedback, Message, Named, UserId, fields
from chatrec.serving.events import EVENTS, answered, events
from chatrec.serving.gate import Gate
from chatrec.serving.mcp import Tools
from chatrec.serving.packs import Packs
from chatrec.serving.payload import constraints_json, feedback_json, session_json
from chatrec.serving.problems import add_errors
from chatrec.serving.retention import retention
from chatrec.serving.session import Service
from chatrec.serving.widget.routes import add_widget

_THREADS = 40
"""Threads for requests that do not wait for a reply."""

_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE"}


def create_app(served: Service | Packs, page: bool = True) -> FastAPI:
    """Build the web application: REST, MCP, the widget, and the chat page at `/` unless `page` is false."""
    packs = Packs(served) if isinstance(served, Service) else served
    app = FastAPI(
        title="chatrec",
        version=__version__,
        description="Recommendations in conversation; a reply states nothing that the graph does not hold.",
        docs_url=None,  # FastAPI's own pages load scripts from elsewhere
        redoc_url=None,
        lifespan=_lifespan,
    )
    app.state.packs, app.state.tools = packs, Tools(packs)
    app.router.routes.append(Route("/mcp", app.state.tools))
    app.add_middleware(Gate, metrics=packs.metrics)
    # Without a CORSMiddleware on this app, Gradio reflects any Origin with credentials on a non-local host.
    app.add_middleware(
        CORSMiddleware,
        allow_origins=[*settings().cors_origins, *settings().embed_origins],
        allow_methods=["GET", "POST", "DELETE"],
        allow_headers=["Content-Type", "X-Request-ID"],
        expose_headers=["X-Request-ID", "X-Queue-Position", "Retry-After"],
    )
    add_errors(app)
    _add_routes(app, packs)
    if page:
        from chatrec.serving.ui import mount_page

        _refuse_other_methods(app)
        mount_page(app, packs)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Run the tools of MCP, erase what is old, and make room for everyone who may wait for a reply, each in a thread."""
    current_default_thread_limiter().total_tokens = settings().queue + _THREADS
    async with app.state.tools.running(), retention(app.state.packs.store):
        yield


def _add_routes(app: FastAPI, packs: Packs) -> None:
    _add_conversation(app, packs)
    _add_sessions(app, packs)
    _add_users(app, packs)
    _add_health(app, packs)
    add_widget(app, packs)
    describe(app, packs)


def _add_conversation(app: FastAPI, packs: Packs) -> None:
    @app.post(
        "/recommend",
        openapi_extra={"requestBody": _body_docs(Message)},
        tags=["conversation"],
        response_model=None,
        responses=responses(Recommendation, 400, 413, 415, 422, 429, 500, 503, stream=True),
    )
    async def recommend(request: Request) -> Response:
        """Answer a message: the turn, with `recommendation` (its reply) and `session`.

        With `Accept: text/event-stream` the reply comes as it is written: events `waiting` (how many are before),
        `piece` (a stretch of the reply), and `turn` or `error` at the end.
        """
        message = Message.model_validate(await fields(request))
        service = packs.serving(message.session, message.pack)
        session = message.session
        if message.context:
            context = Context(**message.context.model_dump())
            session = await run_in_threadpool(_put_in_context, service, session, context)
        if message.diversity is not None:
            session = (await run_in_threadpool(service.vary, session, message.diversity)).id
        said = session, message.user_input, message.language or "", message.user
        if EVENTS in request.headers.get("accept", ""):
            return await events(service, *said)
        turn, ahead = await run_in_threadpool(answered, service, *said)
        return JSONResponse(turn, headers={"X-Queue-Position": str(ahead)})

    @app.post(
        "/feedback",
        openapi_extra={"requestBody": _body_docs(Feedback)},
        tags=["conversation"],
        response_model=None,
        responses=responses(Rated, 400, 404, 413, 415, 422, 429, 500, 503),
    )
    async def feedback(request: Request) -> dict[str, Any]:
        """Rate an item; it counts from the next list on."""
        sent = Feedback.model_validate(await fields(request))
        service = packs.holding(sent.session)
        state = await run_in_threadpool(service.feedback, sent.session, sent.item, sent.rating)
        return {"session": sent.session, "item": sent.item, "rating": sent.rating, **feedback_json(state)}


def _put_in_context(service: Service, session_id: str | None, context: Context) -> str:
    """Give a session (a new one where it is not known) the soft wishes of a context; return its id."""
    session = service.session(session_id)
    with session.held():
        service.sessions.change(session, in_context(session.state, context, service.pack.occasions))
    return session.id


def _add_sessions(app: FastAPI, packs: Packs) -> None:
    @app.get(
        "/sessions/{session_id}",
        tags=["sessions"],
        response_model=None,
        responses=responses(SessionAnswer, 404, 422, 429, 500, 503),
    )
    def session(session_id: str) -> dict[str, Any]:
        """Tell all that is kept of a session."""
        service = packs.holding(session_id)
        return session_json(service.known(session_id), service.pack)

    @app.delete(
        "/sessions/{session_id}/wishes",
        tags=["sessions"],
        response_model=None,
        responses=responses(Wishes, 404, 422, 429, 500, 503),
    )
    def drop(
        session_id: str, slot: Named, value: Named, op: Named = "=", polarity: Named = "like"
    ) -> dict[str, Any]:
        """Drop a wish, named as `constraints` has it, if it is in force; it counts no more from the next list on."""
        service, unwanted = packs.holding(session_id), (slot, op, value, polarity)
        state = service.remove_constraints(
            session_id, lambda wish: (wish.slot, wish.op, str(wish.value), wish.polarity) == unwanted
        )
        return {"session": session_id, "constraints": constraints_json(state, state.language, service.pack)}

    @app.delete(
        "/sessions/{session_id}",
        tags=["sessions"],
        response_model=None,
        responses=responses(Forgotten, 404, 422, 429, 500, 503),
    )
    def forget(session_id: str) -> dict[str, Any]:
        """Forget a session and all that was said in it."""
        packs.holding(session_id).forget(session_id)
        return {"session": session_id, "deleted": True}


def _add_users(app: FastAPI, packs: Packs) -> None:
    @app.get(
        "/users/{user}",
        tags=["users"],
        response_model=None,
        responses=responses(Remembered, 422, 429, 500, 503),
    )
    def remembered(user: UserId) -> dict[str, Any]:
        """Tell what is remembered of a user; it is nothing where nothing was rated."""
        rated = {item: rating for service in packs for item, rating in service.remembered(user).items()}
        return {"user": user, **feedback_json(merge(State(), rated))}

    @app.delete(
        "/users/{user}",
        tags=["users"],
        response_model=None,
        responses=responses(ForgottenUser, 422, 429, 500, 503),
    )
    def forget_user(user: UserId) -> dict[str, Any]:
        """Forget all sessions of a user, with all that was said and rated in them."""
        return {"user": user, "sessions": sum(service.forget_user(user) for service in packs)}


def _add_health(app: FastAPI, packs: Packs) -> None:
    @app.get("/healthz", tags=["health"], responses={200: {"model": Alive}})
    async def healthz() -> dict[str, Any]:
        """Tell that the process is alive, and which packs it talks about."""
        return {"status": "ok", "packs": list(packs.names)}

    @app.get("/readyz", tags=["health"], responses=responses(Ready, 503))
    def readyz() -> dict[str, str]:
        """Tell that the graphs answer."""
        for service in packs:
            if not len(service.pack.graph):
                raise HTTPException(503, f"The graph of the pack {service.pack.name} is empty.")
        return {"status": "ready", "pack": packs.first.pack.name}

    @app.get("/metrics", tags=["health"], response_class=PlainTextResponse)
    def metrics() -> Response:
        """Give figures for Prometheus: turns, latencies, sessions, the queue, requests, errors."""
        return Response(packs.metrics.text(), media_type=CONTENT_TYPE_LATEST)

    @app.get("/docs", include_in_schema=False, response_class=HTMLResponse)
    async def docs() -> str:
        return docs_page(app.openapi())


def _refuse_other_methods(app: FastAPI) -> None:
    """Refuse wrong methods here: they would otherwise fall through to the page, which knows no such path."""
    allowed: dict[str, set[str]] = {}
    for route in app.routes:
        if isinstance(route, APIRoute):
            allowed.setdefault(route.path, set()).update(route.methods or ())
    for path, methods in allowed.items():
        app.add_route(path, _refusal(methods), methods=sorted(_METHODS - methods), include_in_schema=False)


def _refusal(methods: set[str]) -> Callable[[Request], NoReturn]:
    allow = ", ".join(sorted(methods))

    def refuse(_: Request) -> NoReturn:
        raise HTTPException(405, f"Use {allow} here.", headers={"Allow": allow})

    return refuse


def _body_docs(model: type[BaseModel]) -> dict[str, Any]:
    """Describe a body; a form has no place for an object."""
    schema = model.model_json_schema()
    flat = {name: field for name, field in schema["properties"].items() if name != "context"}
    schemas = {JSON: schema, FORM: {**schema, "properties": flat}}
    return {"required": True, "content": {kind: {"schema": found} for kind, found in schemas.items()}}
