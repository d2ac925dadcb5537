"""What words say of the values beside them, compiled once: from the shapes of a pack and `prompts/LANGUAGE/checker.yaml`."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from chatrec.config import prompts_dir, read_yaml
from chatrec.dialogue.slots import Schema, Slot
from chatrec.dialogue.values import Language

Phrases = Mapping[str, frozenset[str]]
"""Phrases, each with the slots that it announces."""


@lru_cache
def rules(language: Language) -> dict[str, Any]:
    """Return what a checker reads in a language; nothing where no file says it."""
    path = prompts_dir() / language / "checker.yaml"
    loaded: dict[str, Any] = read_yaml(path) if path.is_file() else {}
    return loaded


def any_of(phrases: Iterable[str]) -> str:
    """Return a regular expression for any of the phrases, the longest first; those of an alphabet as whole words."""
    ordered = sorted(map(str, phrases), key=len, reverse=True)
    return "|".join(rf"\b{re.escape(p)}\b" if p.isascii() else re.escape(p) for p in ordered) or "(?!)"


@dataclass(frozen=True, eq=False)
class Relations:
    """Phrases that say before or behind a value which slot it fills, and the paths of the slots."""

    paths: Mapping[str, str]
    before: Phrases
    behind: Phrases
    _ending: re.Pattern[str]
    _starting: re.Pattern[str]
    between: tuple[str, ...]

    @classmethod
    def of(cls, schema: Schema) -> Relations:
        """Compile the phrases of a pack in all its languages."""
        before: dict[str, set[str]] = defaultdict(set)
        behind: dict[str, set[str]] = defaultdict(set)
        for slot in schema.slots:
            for language in schema.languages:
                for phrase in _before(slot, language):
                    before[phrase].add(slot.name)
                for phrase in _behind(slot, language):
                    behind[phrase].add(slot.name)
        skipped, linking, copula, between = (
            [word for language in schema.languages for word in rules(language).get(kind, ())]
            for kind in ("skipped", "linking", "copula", "between")
        )
        return cls(
            {slot.name: slot.path for slot in schema.slots},
            {phrase: frozenset(slots) for phrase, slots in before.items()},
            {phrase: frozenset(slots) for phrase, slots in behind.items()},
            re.compile(rf"({any_of(before)})(?:[\s:：]|{any_of(skipped)})*$", re.IGNORECASE),
            re.compile(
                rf"^\s*(?:{any_of(linking + skipped)})?\s*({any_of(behind)})(?!{any_of(copula)})",
                re.IGNORECASE,
            ),
            tuple(between),
        )

    def announced(self, left: str, right: str) -> Iterator[frozenset[str]]:
        """Yield the slots that the words before a value announce, then those that the words behind it do."""
        if match := self._ending.search(left):
            yield self.before[match[1].lower()]
        if match := self._starting.search(right):
            yield self.behind[match[1].lower()]


def _before(slot: Slot, language: Language) -> Iterator[str]:
    sentence = slot.sentence.get(language, "").partition("{value}")[0]
    linking = tuple(rules(language).get("linking", ()))
    cues = [cue for cue in slot.cues.get(language, ()) if not (linking and cue.endswith(linking))]
    own = (*cues, sentence, slot.labels.get(language, ""))
    yield from _strong((*own, *rules(language).get("before", {}).get(slot.name, ())), language)


def _behind(slot: Slot, language: Language) -> Iterator[str]:
    unit = slot.value_form.get(language, "").partition("{value}")[2]
    own = slot.cues.get(language, ()) if not _spaced(language) else ()
    own = own if slot.kind == "entity" else (*own, unit)
    yield from _strong((*own, *rules(language).get("behind", {}).get(slot.name, ())), language)


def _spaced(language: Language) -> bool:
    """Tell whether words are kept apart by blanks; where they are not, what announces a value can stand on both sides."""
    return bool(rules(language).get("blanks", True))


def _strong(phrases: Iterable[str], language: Language) -> Iterator[str]:
    """Yield the phrases that say more than what many relations share."""
    weak = set(rules(language).get("weak", ()))
    for phrase in phrases:
        bare = phrase.strip(" :：").lower()
        words = bare.split() if _spaced(language) else [bare]
        if bare and not weak.issuperset(words):
            yield bare
