"""What nodes and wishes are called on the page, in one language."""

from __future__ import annotations

from functools import lru_cache

from chatrec.dialogue.values import Constraint, Language, State
from chatrec.grounding.pack import Pack
from chatrec.serving.texts import FALLBACK, say

_SIGNS = {">": "> ", ">=": "≥ ", "<": "< ", "<=": "≤ "}


@lru_cache(maxsize=8)
def _labels(pack: Pack) -> dict[str, dict[Language, str]]:
    """Return the preferred labels of every node by language."""
    labels: dict[str, dict[Language, str]] = {}
    for entry in pack.entries:
        if entry.iri and entry.preferred:
            labels.setdefault(entry.iri, {})[entry.language] = entry.surface
    return labels


def name_of(pack: Pack, iri: str, language: Language) -> str:
    """Return what a node is called in a language, else in English, else in any; an unknown one is empty."""
    labels = _labels(pack).get(iri, {})
    return labels.get(language) or labels.get(FALLBACK) or next(iter(labels.values()), "")


def wish_text(wish: Constraint, pack: Pack, language: Language) -> str:
    """Write a wish, e.g. `not horror`, `≤ 90 minutes` or `ideally uplifting`."""
    value = _value(wish, pack, language)
    value = say(language, "not_wish", value=value) if wish.polarity == "dislike" else value
    return say(language, "soft_wish", value=value) if wish.soft else value


def reason_text(wish: Constraint, state: State, pack: Pack, language: Language) -> str:
    """Say which occasion of the session's context brought a soft wish; empty where none did."""
    if not wish.soft:
        return ""
    found = (o for o in pack.occasions if o.iri in state.context and wish in o.wishes)
    occasion = next(iter(sorted(found, key=lambda occasion: occasion.order)), None)
    told = occasion.reason.get(language, "") if occasion else ""
    return say(language, "because", reason=told) if told else ""


def _value(wish: Constraint, pack: Pack, language: Language) -> str:
    if wish.iri:
        return name_of(pack, wish.iri, language) or str(wish.value)
    form = pack.schema.slot(wish.slot).value_form.get(language, "{value}")
    return _SIGNS.get(wish.op, "") + form.replace("{value}", str(wish.value))
