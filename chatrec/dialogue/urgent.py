"""What needs urgent help, told from what only speaks of it: the phrases are in a pack's shapes, typos are forgiven."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from rapidfuzz.distance import DamerauLevenshtein

from chatrec.config import prompts_dir, read_yaml
from chatrec.dialogue.folding import fold, is_han
from chatrec.dialogue.slots import Schema, UrgentRule
from chatrec.dialogue.values import Act, Language

_WORD = re.compile(r"[a-z0-9]+")
_SENTENCE_END = re.compile(r"[.!?。！？\n]")
_NUMBER, _MANY = "#", re.compile(r"[1-9]\d")
"""A phrase's `#` is a number of two digits: so many of something that is taken one at a time."""

_GAP = 3
"""Words that may stand between two words of a phrase."""

_GAP_HAN = 5
"""Characters that may stand between two parts of a Chinese phrase."""

_CONTEXTS = ("clause", "told", "told_after", "past", "echoed", "informing", "personal", "denied", "distinct")

Contexts = Mapping[str, re.Pattern[str]]
"""What is searched for around a phrase, by the keys of `prompts/LANGUAGE/urgent.yaml`."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """A phrase found: its rule and its span in the folded text."""

    rule: UrgentRule
    start: int
    end: int


@lru_cache
def _contexts(languages: tuple[Language, ...]) -> Contexts:
    """Return the words by which a phrase is not, or surely is, said of someone here and now."""
    forms: dict[str, list[str]] = {name: [] for name in _CONTEXTS}
    for language in languages:
        path = prompts_dir() / language / "urgent.yaml"
        read: dict[str, Any] = read_yaml(path) if path.exists() else {}
        for name in _CONTEXTS:
            forms[name] += [form.replace("{story}", read["story"]) for form in read.get(name, ())]
    return {name: re.compile("|".join(found) or "(?!)") for name, found in forms.items()}


def find_urgent(message: str, schema: Schema) -> Act | None:
    """Return the act of a message that calls for urgent help, or None where none is called for."""
    if not schema.urgent:
        return None
    text, contexts = _plain(message), _contexts(schema.languages)
    for alarm in _alarms(text, schema.urgent, contexts["distinct"]):
        if _is_meant(alarm, text, contexts):
            return Act("urgent", value=alarm.rule.name, polarity="neutral", text=message.strip(), start=0)
    return None


def _plain(text: str) -> str:
    return fold(text).text.replace("'", "")


@lru_cache(maxsize=4096)
def _plain_phrase(phrase: str) -> str:
    """Fold a phrase of the shapes, once: what people say is never cached."""
    return _plain(phrase)


def _is_meant(alarm: Alarm, text: str, contexts: Contexts) -> bool:
    """Say whether a phrase is said of someone here and now: only what belongs to it can take that away."""
    before, after = _around(alarm, text, contexts["clause"])
    clause = before + text[alarm.start : alarm.end] + after
    if contexts["denied"].search(before) or contexts["past"].search(clause):
        return False
    if _is_told(before, clause[: len(clause) - len(after)], after, contexts):
        return bool(contexts["echoed"].search(text, alarm.end))
    sentence = "".join(_around(alarm, text, _SENTENCE_END))
    return not contexts["informing"].search(sentence) or bool(contexts["personal"].search(sentence))


def _is_told(before: str, until: str, after: str, contexts: Contexts) -> bool:
    """Say whether a phrase stands in what is told of a story or a topic, and of nobody near.

    `until` is the clause as far as the end of the phrase, whose words may have others between them.
    """
    told = contexts["told"].search(before) or contexts["told"].search(until)
    if told and not contexts["personal"].search(told[0]):
        return True
    return bool(contexts["told_after"].search(after))


def _around(alarm: Alarm, text: str, edge: re.Pattern[str]) -> tuple[str, str]:
    """Return what stands before and after a phrase, as far as the next edge."""
    start = max((found.end() for found in edge.finditer(text, 0, alarm.start)), default=0)
    end = edge.search(text, alarm.end)
    return text[start : alarm.start], text[alarm.end : end.start() if end else len(text)]


def _alarms(text: str, rules: Sequence[UrgentRule], distinct: re.Pattern[str]) -> Iterator[Alarm]:
    words = list(_WORD.finditer(text))
    for rule in rules:
        for phrase in (_plain_phrase(phrase) for said in rule.phrases.values() for phrase in said):
            found = _han(phrase, text) if is_han(phrase[0]) else _latin(phrase.split(), words, distinct)
            for start, end in found:
                yield Alarm(rule, start, end)


def _han(phrase: str, text: str) -> Iterator[tuple[int, int]]:
    """Find the parts of a phrase in order, close to each other: `胸 痛` is in `胸口好痛`."""
    between = rf"[^,.;!?，。；！？]{{0,{_GAP_HAN}}}?"
    for found in re.finditer(between.join(re.escape(part) for part in phrase.split()), text):
        yield found.span()


def _latin(
    phrase: Sequence[str], words: Sequence[re.Match[str]], distinct: re.Pattern[str]
) -> Iterator[tuple[int, int]]:
    """Find the words of a phrase in order, close to each other and however misspelt."""
    for first, word in enumerate(words):
        if not _alike(phrase[0], word[0], distinct):
            continue
        at = first
        for wanted in phrase[1:]:
            ahead = range(at + 1, min(len(words), at + 2 + _GAP))
            at = next((i for i in ahead if _alike(wanted, words[i][0], distinct)), -1)
            if at < 0:
                break
        if at >= 0:
            yield word.start(), words[at].end()


def _alike(wanted: str, word: str, distinct: re.Pattern[str]) -> bool:
    """Say whether a word is the one wanted: letter by letter if short, with a slip or two if long."""
    if wanted == word:
        return True
    if wanted == _NUMBER:
        return bool(_MANY.fullmatch(word))
    if distinct.fullmatch(word):
        return False
    if len(wanted) == len(word) == 4 and sorted(wanted) == sorted(word):
        return wanted[0] == word[0]
    if len(wanted) < 5 or wanted[0] != word[0]:
        return False
    return DamerauLevenshtein.distance(wanted, word) <= (1 if len(wanted) < 8 else 2)


def urgent_answer(schema: Schema, name: object, language: Language) -> str:
    """Return the answer of a rule, word for word as the shapes hold it."""
    rule = next(rule for rule in schema.urgent if rule.name == name)
    return rule.answer.get(language) or next(iter(rule.answer.values()))
