"""What every request passes: an id, limits of size and rate, headers for browsers, a figure and a log line."""

from __future__ import annotations

import re
import secrets
import time
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chatrec.config import settings
from chatrec.serving.limits import Buckets
from chatrec.serving.logs import log, request_id
from chatrec.serving.metrics import Metrics
from chatrec.serving.problems import of_error, problem

_ID = re.compile(r"[A-Za-z0-9._-]{1,100}")
_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
_OWN_ERRORS = ("/gradio_api", "/mcp")
"""Paths whose clients expect errors in a form of their own."""


def frame_ancestors(origins: tuple[str, ...]) -> str:
    """Return the directive that names the sites which may show a page of ours in a frame."""
    return "frame-ancestors " + ("*" if "*" in origins else " ".join(("'self'", *origins)))


class Gate:
    """ASGI middleware around the whole application, the page included."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app, self.metrics, found = app, metrics, settings()
        self._buckets = Buckets(found.rate_limit, found.rate_burst)
        self._most_bytes = found.max_request_kb * 1024
        self._framing = frame_ancestors(found.embed_origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given, started = Headers(scope=scope).get("x-request-id", ""), time.perf_counter()
        called = given if _ID.fullmatch(given) else secrets.token_hex(8)
        answer, token = _Answer(scope, receive, send, called, self._framing), request_id.set(called)
        try:
            await self._serve(scope, receive, answer)
        finally:
            self._note(scope, answer.status, time.perf_counter() - started)
            request_id.reset(token)

    async def _serve(self, scope: Scope, receive: Receive, answer: _Answer) -> None:
        seconds = self._buckets.take((scope.get("client") or ("",))[0]) if _limited(scope) else 0
        if seconds:
            wait = {"Retry-After": str(int(seconds) + 1)}
            detail = f"Too many requests. Try again in {wait['Retry-After']} s."
            await problem(429, detail, wait)(scope, receive, answer)
            return
        try:
            await self.app(scope, _Sized(receive, self._most_bytes), answer)
        except Exception as error:
            response = of_error(error)
            if answer.status:  # too late to say anything else
                raise
            await response(scope, receive, answer)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        route = getattr(scope.get("route"), "path", None) or "other"
        self.metrics.request(method, route, status, seconds)
        log("request", method=method, route=route, status=status, ms=round(1000 * seconds, 1))


def _limited(scope: Scope) -> bool:
    """Tell whether a request costs something: all that write or look into a session, and no plain file."""
    return scope["method"] not in ("GET", "HEAD", "OPTIONS") or scope["path"].startswith("/sessions/")


class _Sized:
    """Reads a request's body and gives up where it is too large."""

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive, self._most, self._size = receive, most, 0

    async def __call__(self) -> Message:
        message = await self._receive()
        self._size += len(message.get("body", b""))
        if self._size > self._most:
            raise HTTPException(413, f"The request is too large: at most {self._most // 1024} kB.")
        return message


class _Answer:
    """Sends a response with our headers; an error that is no problem+json becomes one."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, called: str, framing: str) -> None:
        self.status = 0
        self._scope, self._receive, self._send = scope, receive, send
        self._called, self._framing, self._replaced = called, framing, False

    async def __call__(self, message: Message) -> None:
        if self._replaced:
            return
        if message["type"] == "http.response.start":
            if self._foreign(message):
                response = problem(message["status"], headers=_kept(message))
                await response(self._scope, self._receive, self)
                self._replaced = True
                return
            self.status = message["status"]
            self._head(MutableHeaders(scope=message))
        await self._send(message)

    def _foreign(self, message: Message) -> bool:
        kind = Headers(raw=message.get("headers", [])).get("content-type", "")
        return (
            message["status"] >= 400
            and not kind.startswith("application/problem+json")
            and kind.startswith(("application/json", "text/plain"))
            and not self._scope["path"].startswith(_OWN_ERRORS)
        )

    def _head(self, headers: MutableHeaders) -> None:
        headers["x-request-id"] = self._called
        headers["x-content-type-options"] = "nosniff"
        if headers.get("content-type", "").startswith("text/html"):
            headers.setdefault("content-security-policy", self._framing)
            headers.setdefault("referrer-policy", "same-origin")


def _kept(message: Message) -> dict[str, Any]:
    """Return the headers of a replaced error that still hold."""
    headers = Headers(raw=message.get("headers", []))
    return {name: headers[name] for name in ("allow", "retry-after") if name in headers}
