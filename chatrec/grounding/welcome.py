"""What a pack is called and how it invites people to talk, read from its shapes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from chatrec.dialogue.values import Language
from chatrec.grounding.graph import Graph, render_query


@dataclass(frozen=True, slots=True)
class Welcome:
    """The texts of a pack by language: its title, what stands in the empty box, and messages to start with.

    A pack need not have any of them.
    """

    title: Mapping[Language, str] = field(default_factory=dict)
    placeholder: Mapping[Language, str] = field(default_factory=dict)
    examples: Mapping[Language, tuple[str, ...]] = field(default_factory=dict)


def read_welcome(graph: Graph) -> Welcome:
    """Read `rdfs:label`, `chatrec:placeholder` and `chatrec:example` of the pack; examples come in order of their text."""
    found: dict[str, dict[Language, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in graph.select(render_query("welcome")):
        text = row["text"]
        kind = str(row["kind"]).replace("#", ":").rsplit(":", 1)[-1]
        found[kind][str(getattr(text, "language", None) or "en")].append(str(text))
    return Welcome(
        {language: texts[0] for language, texts in found["label"].items()},
        {language: texts[0] for language, texts in found["placeholder"].items()},
        {language: tuple(sorted(texts)) for language, texts in found["example"].items()},
    )
