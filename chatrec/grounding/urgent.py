"""The urgent rules of a pack, read from its shapes."""

from __future__ import annotations

from collections import defaultdict

from chatrec.dialogue.slots import UrgentRule
from chatrec.errors import PackError
from chatrec.grounding.graph import Graph, render_query


def read_urgent(graph: Graph) -> tuple[UrgentRule, ...]:
    """Read the rules under `chatrec:urgent`. Raises PackError for a rule without an answer."""
    phrases: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    answers: dict[str, dict[str, str]] = defaultdict(dict)
    for row in graph.select(render_query("urgent")):
        name, text = str(row["rule"]), row["text"]
        language = str(getattr(text, "language", None) or "en")
        if str(row["kind"]).endswith("phrases"):
            phrases[name][language].append(str(text))
        else:
            answers[name][language] = str(text)
    if missing := phrases.keys() - answers.keys():
        raise PackError(f"An urgent rule has no chatrec:answer: {min(missing)}.", "Add one in each language.")
    return tuple(
        UrgentRule(name, {code: tuple(said) for code, said in phrases[name].items()}, answers[name])
        for name in sorted(phrases)
    )
