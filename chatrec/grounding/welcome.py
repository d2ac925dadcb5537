"""What a pack is called, how it invites people to talk, and its own words for the page, read from its shapes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from chatrec.dialogue.values import Language
from chatrec.grounding.graph import Graph, render_query

_PAGE = "urn:chatrec:page:"


@dataclass(frozen=True, slots=True)
class Welcome:
    """The texts of a pack by language: its title, what stands in the empty box, and messages to start with.

    `page` holds texts of the page that the pack says in its own way, by their key (`mark_seen`). A pack need not have any.
    """

    title: Mapping[Language, str] = field(default_factory=dict)
    placeholder: Mapping[Language, str] = field(default_factory=dict)
    examples: Mapping[Language, tuple[str, ...]] = field(default_factory=dict)
    page: Mapping[Language, Mapping[str, str]] = field(default_factory=dict)


def read_welcome(graph: Graph) -> Welcome:
    """Read `rdfs:label`, `chatrec:placeholder`, `chatrec:example` and the `urn:chatrec:page:` texts of the pack.

    Examples come in order of their text.
    """
    found: dict[str, dict[Language, list[str]]] = defaultdict(lambda: defaultdict(list))
    page: dict[Language, dict[str, str]] = defaultdict(dict)
    for row in graph.select(render_query("welcome")):
        text, kind = row["text"], str(row["kind"])
        language = str(getattr(text, "language", None) or "en")
        if kind.startswith(_PAGE):
            page[language][kind.removeprefix(_PAGE)] = str(text)
        else:
            found[kind.replace("#", ":").rsplit(":", 1)[-1]][language].append(str(text))
    return Welcome(
        {language: texts[0] for language, texts in found["label"].items()},
        {language: texts[0] for language, texts in found["placeholder"].items()},
        {language: tuple(sorted(texts)) for language, texts in found["example"].items()},
        dict(page),
    )
