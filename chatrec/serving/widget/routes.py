"""Serves the widget's script, the page inside its frame, and a demo."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, FastAPI, Query, Request, Response
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException

from chatrec.config import settings
from chatrec.dialogue.values import Language
from chatrec.grounding.pack import Pack
from chatrec.serving.browser import accepted
from chatrec.serving.gate import frame_ancestors
from chatrec.serving.packs import Packs
from chatrec.serving.templates import WIDGET, render
from chatrec.serving.texts import examples, pack_texts, placeholder, widget_texts

_FILES = {
    "frame.js": "text/javascript",
    "frame.css": "text/css",
    "demo.js": "text/javascript",
    "demo.css": "text/css",
}
_COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}")
_PAGE_WORDS = (
    *("title", "placeholder", "send", "conversation", "empty_chat", "broken", "expired", "clear"),
    *("like", "dislike", "mark_seen", "why", "wishes", "remove"),
)

Short = Annotated[str, Query(max_length=200)]


@dataclass(frozen=True, slots=True)
class Told:
    """What the embedding page tells of the context; `clock` is "time" where the visitor's local time may be sent."""

    occasion: Short = ""
    place: Short = ""
    device: Short = ""
    clock: Short = ""


def add_widget(app: FastAPI, packs: Packs) -> None:
    """Add `/widget.js`, the frame at `/widget`, its files, and `/demo`."""

    @app.get("/widget.js", include_in_schema=False)
    def script() -> Response:
        words = {language: _button_words(language) for language in packs.languages}
        code = render("widget.js", words=words)
        headers = {"Cache-Control": "public, max-age=3600", "Cross-Origin-Resource-Policy": "cross-origin"}
        return Response(code, media_type="text/javascript", headers=headers)

    @app.get("/widget", include_in_schema=False)
    def frame(
        request: Request,
        context: Annotated[Told, Depends()],
        pack: Short = "",
        lang: Short = "auto",
        accent: Short = "",
        origin: Short = "",
    ) -> HTMLResponse:
        check_origin(origin, request.url.netloc)
        known = packs.named(pack if pack in packs.names else "").pack
        language = choose(lang, request.headers.get("accept-language", ""), known.schema.languages)
        page = _frame(known, packs.names, pack, language, accent, origin, context)
        return HTMLResponse(page, headers=_frame_headers())

    @app.get("/widget/{name}", include_in_schema=False)
    def file(name: str) -> Response:
        if name not in _FILES:
            raise HTTPException(404, "The widget has no such file.")
        return Response((WIDGET / name).read_bytes(), media_type=_FILES[name])

    @app.get("/demo", include_in_schema=False, response_class=HTMLResponse)
    def demo(request: Request, pack: Short = "") -> str:
        language = choose("auto", request.headers.get("accept-language", ""), packs.languages)
        shown = packs.named(pack).pack.name
        return render("demo.html", t=widget_texts(language), language=language, pack=shown)


def check_origin(origin: str, own_host: str) -> None:
    """Refuse a site that may not embed the widget. Raises HTTPException 403."""
    allowed = settings().embed_origins
    if origin and "*" not in allowed and origin not in allowed and urlsplit(origin).netloc != own_host:
        detail = "This site may not embed the widget. The operator allows sites in CHATREC_EMBED_ORIGINS."
        raise HTTPException(403, detail)


def choose(wanted: str, header: str, spoken: Sequence[Language]) -> Language:
    """Return the wanted language, else the first spoken one that the browser asks for."""
    return next((code for code in (wanted[:2], *accepted(header)) if code in spoken), spoken[0])


def _button_words(language: Language) -> dict[str, str]:
    return {key: widget_texts(language)[key] for key in ("open", "close", "frame")}


def _frame(
    pack: Pack,
    served: Sequence[str],
    wanted: str,
    language: Language,
    accent: str,
    origin: str,
    context: Told,
) -> str:
    words = {**{key: pack_texts(pack, language)[key] for key in _PAGE_WORDS}, **widget_texts(language)}
    other = wanted not in ("", *served)
    config = {
        "origin": origin,
        "language": language,
        "accent": accent if _COLOUR.fullmatch(accent) else "",
        "pack": pack.name,
        "context": asdict(context),
        "words": {key: text for key, text in words.items() if not key.startswith("demo_")},
        "starters": examples(pack, language),
        "notice": words["other_pack"].format(pack=", ".join(served)) if other else "",
    }
    words["placeholder"] = placeholder(pack, language)
    return render("frame.html", config=config, t=words, language=language)


def _frame_headers() -> dict[str, str]:
    """Return headers under which the frame runs its own script and style and nothing else."""
    rules = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'"
    framing = frame_ancestors(settings().embed_origins)
    policy = f"{rules}; form-action 'none'; {framing}"
    return {"Content-Security-Policy": policy, "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
