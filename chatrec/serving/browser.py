"""What a person's browser keeps between visits, and the language it wants. What it sends is not trusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from chatrec.dialogue.values import Language
from chatrec.serving.memory import USER

Kept = dict[str, Any]
NOTHING_KEPT: Kept = {"session": "", "language": "", "user": "", "pack": "", "others": {}}
"""What a browser keeps before anything was said: the id of its session, the language and the pack that were chosen, an id
that stands for its user if they agreed to be remembered, and the sessions in other packs by their name."""


@dataclass(frozen=True, slots=True)
class Browser:
    """The session that a browser goes on with, the language chosen with the switch (if any), the one to speak, the user.

    `pack` is what it talks about; `others` holds its sessions in other packs.
    """

    session: str
    chosen: Language
    language: Language
    user: str = ""
    pack: str = ""
    others: Mapping[str, str] = field(default_factory=dict)

    @property
    def sessions(self) -> dict[str, str]:
        """All sessions by their pack, the present one last."""
        return {**self.others, self.pack: self.session}

    def kept(self, session: str) -> Kept:
        """Return what the browser is to keep from now on."""
        return {
            "session": session,
            "language": self.chosen,
            "user": self.user,
            "pack": self.pack,
            "others": dict(self.others),
        }

    def turned(self, pack: str) -> Kept:
        """Return what it is to keep once it has turned to a pack, where it goes on as it left off."""
        others = self.sessions
        session = others.pop(pack, "")
        return {**self.kept(session), "pack": pack, "others": others}


def read_browser(
    kept: object, request: Any, spoken: tuple[Language, ...], packs: tuple[str, ...] = ("",)
) -> Browser:
    """Read what a browser sent: a language that was chosen goes first, then `?lang=`, then the browser's own.

    Args:
        kept: what it kept, whatever that is.
        request: Gradio's request, for its headers and query.
        spoken: the languages of the packs; the first stands in for all others.
        packs: their names; the first stands in for all others.
    """
    values = kept if isinstance(kept, Mapping) else {}
    session, chosen, user = (str(values.get(key) or "") for key in ("session", "language", "user"))
    chosen = chosen if chosen in spoken else ""
    user = user if USER.fullmatch(user) else ""
    wanted = [
        chosen,
        str(request.query_params.get("lang") or ""),
        *accepted(request.headers.get("accept-language", "")),
    ]
    language = next((code for code in wanted if code in spoken), spoken[0])
    pack = next((name for name in packs if name == values.get("pack")), packs[0])
    others = values.get("others")
    elsewhere = {
        name: str(others[name]) for name in packs if isinstance(others, Mapping) and others.get(name)
    }
    return Browser(session, chosen, language, user, pack, elsewhere)


def accepted(header: str) -> list[Language]:
    """Return the languages of an Accept-Language header, the first first."""
    return [part.split(";")[0].strip()[:2].lower() for part in header.split(",")]
