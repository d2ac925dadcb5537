"""What a person's browser keeps between visits, and the language it wants. What it sends is not trusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chatrec.dialogue.values import Language
from chatrec.serving.memory import USER

NOTHING_KEPT = {"session": "", "language": "", "user": ""}
"""What a browser keeps before anything was said: the id of its session, the language that was chosen, and an id that
stands for its user if they agreed to be remembered."""


@dataclass(frozen=True, slots=True)
class Browser:
    """The session that a browser goes on with, the language chosen with the switch (if any), the one to speak, the user."""

    session: str
    chosen: Language
    language: Language
    user: str = ""

    def kept(self, session: str) -> dict[str, str]:
        """Return what the browser is to keep from now on."""
        return {"session": session, "language": self.chosen, "user": self.user}


def read_browser(kept: object, request: Any, spoken: tuple[Language, ...]) -> Browser:
    """Read what a browser sent: a language that was chosen goes first, then `?lang=`, then the browser's own.

    Args:
        kept: what it kept, whatever that is.
        request: Gradio's request, for its headers and query.
        spoken: the languages of the pack; the first stands in for all others.
    """
    values = kept if isinstance(kept, Mapping) else {}
    session, chosen, user = (str(values.get(key) or "") for key in NOTHING_KEPT)
    chosen = chosen if chosen in spoken else ""
    user = user if USER.fullmatch(user) else ""
    wanted = [
        chosen,
        str(request.query_params.get("lang") or ""),
        *accepted(request.headers.get("accept-language", "")),
    ]
    return Browser(session, chosen, next((code for code in wanted if code in spoken), spoken[0]), user)


def accepted(header: str) -> list[Language]:
    """Return the languages of an Accept-Language header, the first first."""
    return [part.split(";")[0].strip()[:2].lower() for part in header.split(",")]
