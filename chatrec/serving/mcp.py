"""The tools that agents call over MCP, at `/mcp` (streamable HTTP, no state between calls)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Annotated, Any

from fastapi.concurrency import run_in_threadpool
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.transport_security import TransportSecuritySettings
from pydantic import Field
from rapidfuzz import process
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from chatrec import __version__
from chatrec.config import settings
from chatrec.dialogue.values import Language
from chatrec.errors import ChatrecError, InputError
from chatrec.grounding.pack import Pack
from chatrec.serving.events import answered
from chatrec.serving.packs import Packs
from chatrec.serving.session import Service
from chatrec.serving.texts import slot_text, value_text

_ABOUT = "Recommendations in conversation. Everything said about an item is held by a knowledge graph."
_RECOMMEND = (
    "Recommend items for what a person says; give the session again to narrow the list or to ask for more."
)
_ASK = "Answer a question about one item, with all facts that the graph holds of it."
_NEAR = 60
"""From which likeness, of 100, a title is offered in place of an unknown one."""

Said = Annotated[
    str, Field(min_length=1, description="What the person says, in any language that is spoken.")
]
Title = Annotated[str, Field(min_length=1, description="The title of an item in any language, or its IRI.")]
Question = Annotated[str, Field(min_length=1, description="A question about it, such as: who directed it?")]
Spoken = Annotated[str, Field(description="Language of the answer, such as en or zh; empty: as asked.")]
About = Annotated[str, Field(description="The pack to talk about; empty: the session's own, or the first.")]
Varied = Annotated[
    float | None,
    Field(
        ge=0,
        le=1,
        description="How much lists avoid items that are alike, from this one on: 0 (the best, however alike) to 1.",
    ),
]
Going = Annotated[str, Field(description="The `session` of an earlier answer, to go on with it.")]


class Tools:
    """The tools as an ASGI application, which answers while `running`."""

    def __init__(self, packs: Packs) -> None:
        self._server = MCPServer("chatrec", instructions=_ABOUT, version=__version__, log_level="ERROR")
        self._app: ASGIApp = self._not_running
        _add_tools(self._server, packs)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Answer while this context is open."""
        # Whoever can call the tools can call POST /recommend; a check of the Host header would only break proxies.
        safe = TransportSecuritySettings(enable_dns_rebinding_protection=False)
        most = settings().max_request_kb * 1024
        self._app = self._server.streamable_http_app(
            json_response=True, stateless_http=True, transport_security=safe, max_request_body_size=most
        )
        async with self._server.session_manager.run():
            yield

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        await self._app(scope, receive, send)

    async def _not_running(self, scope: Scope, receive: Receive, send: Send) -> None:
        raise HTTPException(503, "The tools are not running.")


def _add_tools(server: MCPServer, packs: Packs) -> None:
    about = f" Packs: {', '.join(packs.names)}."

    @server.tool(description=_RECOMMEND + about)
    async def recommend(
        message: Said,
        session: Going = "",
        language: Spoken = "",
        pack: About = "",
        diversity: Varied = None,
    ) -> dict[str, Any]:
        return await _told(
            lambda: _recommended(packs.serving(session, pack), message, session, language, diversity)
        )

    @server.tool(description=_ASK + about)
    async def ask_about(
        item: Title, question: Question, language: Spoken = "", pack: About = ""
    ) -> dict[str, Any]:
        return await _told(lambda: _asked(packs.named(pack), item, question, language))


async def _told(answer: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Run an answer in a thread; what is wrong with the arguments is told to the agent."""
    try:
        return await run_in_threadpool(answer)
    except ChatrecError as error:
        raise ToolError(error.sentences) from error


def _recommended(
    service: Service, message: str, session: str, language: Language, diversity: float | None
) -> dict[str, Any]:
    if diversity is not None:
        session = service.vary(session or None, diversity).id
    return answered(service, session or None, message, language)[0]


def _asked(service: Service, title: str, question: str, language: Language) -> dict[str, Any]:
    iri, session = find_item(service.pack, title), service.sessions.create(brief=True)
    session.state = replace(session.state, focus=(iri,), shown=((iri,),))
    try:
        answer, _ = answered(service, session.id, question, language)
    finally:
        service.forget(session.id)
    spoken = answer["language"]
    return {
        "item": iri,
        "reply": answer["reply"],
        "language": spoken,
        "claims": answer["claims"],
        "facts": _facts(service.pack, iri, spoken),
    }


def find_item(pack: Pack, title: str) -> str:
    """Return the IRI of an item by its title in any language, or by the IRI. Raises InputError."""
    named = [entry for entry in pack.entries if entry.iri and pack.schema.name_slot.name in entry.slots]
    for entry in named:
        if title.strip().casefold() in (entry.surface.casefold(), entry.iri.casefold()):
            return entry.iri
    near = process.extract(title, [entry.surface for entry in named], limit=3, score_cutoff=_NEAR)
    hint = f"Near to it: {'; '.join(found[0] for found in near)}." if near else "Give a title or an IRI."
    raise InputError(f"The graph has no item {title[:100]!r}.", hint)


def _facts(pack: Pack, iri: str, language: Language) -> dict[str, list[str]]:
    """Return the facts of an item in words: what each slot is called, and its values."""
    (item,) = pack.items((iri,))
    return {
        slot_text(pack.schema, slot, language): [value_text(pack.schema, fact, language) for fact in facts]
        for slot, facts in item.facts.items()
    }
