"""What needs urgent help, told from what only speaks of it: the phrases are in a pack's shapes, typos are forgiven."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from rapidfuzz.distance import DamerauLevenshtein

from chatrec.config import prompts_dir, read_yaml
from chatrec.dialogue.folding import fold, is_han
from chatrec.dialogue.values import Act, Language, Schema, UrgentRule

_WORD = re.compile(r"[a-z0-9]+")
_GAP = 3
"""Words that may stand between two words of a phrase."""

_GAP_HAN = 5
"""Characters that may stand between two parts of a Chinese phrase."""

_BEFORE = 24
"""Characters before a phrase in which a word that denies it stands."""

_CONTEXTS = ("elsewhere", "informing", "personal", "denied")


@dataclass(frozen=True, slots=True)
class Alarm:
    """A phrase found: its rule and its span in the folded text."""

    rule: UrgentRule
    start: int
    end: int


@lru_cache
def _contexts(languages: tuple[Language, ...]) -> dict[str, re.Pattern[str]]:
    """Return the words by which a phrase is not, or surely is, said of someone here and now."""
    read: list[dict[str, Any]] = []
    for language in languages:
        path = prompts_dir() / language / "urgent.yaml"
        read += [read_yaml(path)] if path.exists() else []
    joined = {name: [form for part in read for form in part.get(name, ())] for name in _CONTEXTS}
    return {name: re.compile("|".join(forms) or "(?!)") for name, forms in joined.items()}


def find_urgent(message: str, schema: Schema) -> Act | None:
    """Return the act of a message that calls for urgent help, or None where none is called for."""
    if not schema.urgent:
        return None
    folded = fold(message)
    text, contexts = folded.text.replace("'", ""), _contexts(schema.languages)
    if contexts["elsewhere"].search(text):
        return None
    if contexts["informing"].search(text) and not contexts["personal"].search(text):
        return None
    for alarm in _alarms(text, schema.urgent):
        before = re.split(r"[.,;!?。，；！？]| but |但", text[max(0, alarm.start - _BEFORE) : alarm.start])[
            -1
        ]
        if not contexts["denied"].search(before):
            return Act("urgent", value=alarm.rule.name, polarity="neutral", text=message.strip(), start=0)
    return None


def _alarms(text: str, rules: Sequence[UrgentRule]) -> Iterator[Alarm]:
    words = list(_WORD.finditer(text))
    for rule in rules:
        for said in rule.phrases.values():
            for phrase in said:
                folded = fold(phrase).text.replace("'", "")
                found = _han(folded, text) if is_han(folded[0]) else _latin(folded.split(), words)
                if found:
                    yield Alarm(rule, *found)


def _han(phrase: str, text: str) -> tuple[int, int] | None:
    """Find the parts of a phrase in order, close to each other: `胸 痛` is in `胸口好痛`."""
    between = rf"[^,.;!?，。；！？]{{0,{_GAP_HAN}}}?"
    found = re.search(between.join(re.escape(part) for part in phrase.split()), text)
    return found.span() if found else None


def _latin(phrase: Sequence[str], words: Sequence[re.Match[str]]) -> tuple[int, int] | None:
    """Find the words of a phrase in order, close to each other and however misspelt."""
    for first, word in enumerate(words):
        if not _alike(phrase[0], word[0]):
            continue
        at = first
        for wanted in phrase[1:]:
            ahead = range(at + 1, min(len(words), at + 2 + _GAP))
            at = next((i for i in ahead if _alike(wanted, words[i][0])), -1)
            if at < 0:
                break
        if at >= 0:
            return word.start(), words[at].end()
    return None


def _alike(wanted: str, word: str) -> bool:
    """Say whether a word is the one wanted: letter by letter if short, with a slip or two if long."""
    if wanted == word:
        return True
    if len(wanted) == len(word) == 4 and sorted(wanted) == sorted(word):
        return wanted[0] == word[0]
    if len(wanted) < 5 or wanted[0] != word[0]:
        return False
    return DamerauLevenshtein.distance(wanted, word) <= (1 if len(wanted) < 8 else 2)


def urgent_answer(schema: Schema, name: object, language: Language) -> str:
    """Return the answer of a rule, word for word as the shapes hold it."""
    rule = next(rule for rule in schema.urgent if rule.name == name)
    return rule.answer.get(language) or next(iter(rule.answer.values()))
