"""The words of the page, by language: `prompts/LANGUAGE/page.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import yaml

from chatrec.config import prompts_dir, read_yaml
from chatrec.dialogue.slots import Schema
from chatrec.dialogue.values import Fact, Language
from chatrec.errors import ChatrecError
from chatrec.grounding.pack import Pack

FALLBACK = "en"
"""The language whose texts stand in where a language has none."""


@lru_cache
def texts(language: Language) -> Mapping[str, str]:
    """Return the page's texts in a language, or in English where there are none. Raises ChatrecError."""
    wanted, fallback = (
        _read(prompts_dir() / code / "page.yaml") for code in (language or FALLBACK, FALLBACK)
    )
    return {**(fallback or {}), **(wanted or {})}


def check_page(pack: Pack) -> None:
    """Raise ChatrecError where a pack has words for a text that the page does not have."""
    known = texts(FALLBACK)
    for key in {key for words in pack.welcome.page.values() for key in words}:
        if key not in known:
            raise ChatrecError(
                f"The pack {pack.name} says urn:chatrec:page:{key}, which the page does not have.",
                f"Known: {', '.join(known)}.",
            )


def pack_texts(pack: Pack, language: Language) -> Mapping[str, str]:
    """Return the page's texts in a language, with a pack's own words (`Own it` for `Seen it`) where it has any."""
    return {**texts(language), **pack.welcome.page.get(language, {})}


@lru_cache
def widget_texts(language: Language) -> Mapping[str, str]:
    """Return the widget's own texts (`prompts/LANGUAGE/widget.yaml`), or the English ones."""
    paths = (prompts_dir() / code / "widget.yaml" for code in (FALLBACK, language))
    return {key: text for path in paths for key, text in (_read(path) or {}).items()}


def examples(pack: Pack, language: Language) -> tuple[str, ...]:
    """Return messages to start with, in that language; none for a pack that has none."""
    return pack.welcome.examples.get(language, ())


def placeholder(pack: Pack, language: Language) -> str:
    """Return what stands in the empty box."""
    return pack.welcome.placeholder.get(language) or texts(language)["placeholder"]


def title(pack: Pack, language: Language) -> str:
    """Return what a pack is called."""
    titles = pack.welcome.title
    return titles.get(language) or titles.get(FALLBACK) or pack.name


def _read(path: Path) -> Mapping[str, str] | None:
    if not path.is_file():
        return None
    try:
        content = read_yaml(path)
    except yaml.YAMLError as error:
        raise ChatrecError(f"{path} is no valid YAML: {error}", "Mend the file.") from error
    for key, value in content.items():
        if not isinstance(value, str):
            raise ChatrecError(f"{path}: the value of {key!r} is no text.", "Put it in quotes.")
    return dict(content)


def say(language: Language, key: str, **values: str) -> str:
    """Return one text with `{name}` places filled; the values are data and never read as templates."""
    return texts(language)[key].format(**values)


def value_text(schema: Schema, fact: Fact, language: Language) -> str:
    """Write the value of a fact in a language, e.g. `112 minutes`; a name stands by itself, without marks."""
    slot = schema.slot(fact.slot)
    form = "{value}" if slot.kind == "name" else slot.value_form.get(language, "{value}")
    return form.replace("{value}", fact.label(language))


def marked(schema: Schema, name: str, language: Language) -> str:
    """Return what an item is called, with the marks that stand around it in a sentence."""
    return schema.name_slot.value_form.get(language, "{value}").replace("{value}", name)


def slot_text(schema: Schema, name: str, language: Language) -> str:
    """Return what a slot is called in a language."""
    labels = schema.slot(name).labels
    return labels.get(language) or labels.get(FALLBACK) or name
