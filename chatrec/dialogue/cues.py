"""The words by which people say what they mean, read from prompts/<language>/cues.yaml.

The cues of all languages of a pack are looked for in every message, since people mix them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from chatrec.config import prompts_dir, read_yaml
from chatrec.dialogue.values import Language
from chatrec.errors import ChatrecError

_SECTIONS = {"spaced", "words", "numerals", "names", "patterns", "ask", "numbers", "shapes"}
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_MEANS = re.compile(r"(<=|>=|<|>|=) (first|second|today|\d+)(?: ([+-]) (\d+))?")
_BLANK = re.compile(r" ([?*+]?)")
_LITERAL = re.compile(r"(?<!\\)[a-z]{3,}")
_NEVER = re.compile(r"(?!)")


@dataclass(frozen=True, slots=True)
class Bound:
    """One comparison that a phrase about numbers stands for: `op` and `source` (+ `offset`)."""

    op: str
    source: str
    offset: int = 0


@dataclass(frozen=True, slots=True)
class NumberRule:
    """A phrase about numbers, the slot it speaks of and what it means.

    `kind` is plain, `relative` (compared with an item), `measured` (the same, only right beside the item it is compared
    with), `either` (two ranges of which either will do) or `vague` (said without a number: one that is said counts alone).

    `units` says what one of each unit word is worth, where the shapes give them.
    """

    slot: str
    kind: str
    pattern: re.Pattern[str]
    means: tuple[Bound, ...]
    otherwise: tuple[Bound, ...] = ()
    units: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cues:
    """All cues of some languages.

    Attributes:
        words: named sets of words, e.g. `function`.
        own: the function words of each language by themselves, to tell languages apart.
        numerals: the values of number words.
        names: what people call a slot, e.g. `year` -> the year, the date.
        patterns: what to look for, by purpose, e.g. `request`.
        ask: questions about an item, by slot.
        numbers: phrases about years, lengths and counts.
        vocabulary: the words of Latin script in all of it.
        shapes: how numbers with a unit are written, e.g. `hour`.
    """

    words: Mapping[str, frozenset[str]]
    own: Mapping[Language, frozenset[str]]
    numerals: Mapping[str, int]
    names: Mapping[str, re.Pattern[str]]
    patterns: Mapping[str, re.Pattern[str]]
    ask: Mapping[str, re.Pattern[str]]
    numbers: tuple[NumberRule, ...]
    shapes: Mapping[str, re.Pattern[str]]
    vocabulary: frozenset[str]

    def find(self, purpose: str, text: str) -> Iterator[re.Match[str]]:
        """Yield the places where the cues of a purpose stand in a folded text."""
        return self.patterns.get(purpose, _NEVER).finditer(text)

    def has(self, purpose: str, text: str) -> bool:
        """Say whether a folded text holds a cue of that purpose."""
        return bool(self.patterns.get(purpose, _NEVER).search(text))

    def is_all(self, purpose: str, text: str) -> bool:
        """Say whether a folded text is a cue of that purpose and nothing else."""
        return bool(self.patterns.get(purpose, _NEVER).fullmatch(text))


@lru_cache
def load_cues(languages: tuple[Language, ...]) -> Cues:
    """Load and join the cues of some languages. Raises ChatrecError naming the file and the key at fault."""
    parts = [_Part(prompts_dir() / language / "cues.yaml", language) for language in languages]
    return Cues(
        words=_union([part.words for part in parts]),
        own={part.language: part.words.get("function", frozenset()) for part in parts},
        numerals={word: value for part in parts for word, value in part.numerals.items()},
        names=_joined(parts, "names"),
        patterns=_joined(parts, "patterns"),
        ask=_joined(parts, "ask"),
        numbers=tuple(rule for part in parts for rule in part.numbers),
        vocabulary=frozenset(word for part in parts for word in part.vocabulary),
        shapes=_joined(parts, "shapes"),
    )


def _union(parts: list[dict[str, frozenset[str]]]) -> dict[str, frozenset[str]]:
    joined: dict[str, frozenset[str]] = defaultdict(frozenset)
    for part in parts:
        for name, words in part.items():
            joined[name] |= words
    return dict(joined)


def _joined(parts: list[_Part], section: str) -> dict[str, re.Pattern[str]]:
    """Compile the expressions of a section, those of all languages as one; a faulty one is looked for apart."""
    sources: dict[str, list[str]] = defaultdict(list)
    for part in parts:
        for name, source in part.sources[section].items():
            sources[name].append(source)
    try:
        return {name: re.compile("|".join(several)) for name, several in sources.items()}
    except re.error:
        for part in parts:
            for name, source in part.sources[section].items():
                part.compiled(section, name, source)
        raise


def _either(sources: list[str]) -> str:
    """Return one expression for several, the longest first."""
    return f"(?:{'|'.join(sorted(sources, key=len, reverse=True)) or '(?!)'})"


def _white(blank: re.Match[str]) -> str:
    """A blank stands for any white space, with `?` or `*` also for none."""
    return r"\s*" if blank[1] in ("?", "*") else r"\s+"


def _latin_edges(phrase: str) -> str:
    """Hold the ends of a phrase in Latin script to whole words."""
    left = r"(?<![a-z0-9])" if phrase[:1].isascii() and phrase[:1].isalpha() else ""
    return left + phrase + (r"(?![a-z0-9])" if phrase[-1:].isascii() and phrase[-1:].isalpha() else "")


class _Part:
    """The cues of one language, read and checked."""

    def __init__(self, path: Path, language: Language) -> None:
        self.path, self.language = path, language
        data = self._read()
        self.vocabulary = set(_LITERAL.findall(str(data)))
        self.spaced = bool(data.get("spaced", True))
        self.words = {name: frozenset(self._list(data, "words", name)) for name in self._map(data, "words")}
        self.numerals = {
            str(k): self._integer("numerals", k, v) for k, v in self._map(data, "numerals").items()
        }
        slots = {name: self._list(data, "names", name) for name in self._map(data, "names")}
        every = [word for words in slots.values() for word in words]
        self.places = {**self._number_places(), "slot": _either(every)}
        shapes = {name: self._list(data, "shapes", name) for name in self._map(data, "shapes")}
        for name, forms in shapes.items():
            self.places[name] = _either([self._phrase("shapes", name, form) for form in forms])
        if "year_words" in shapes:
            self.places["year"] = _either([self.places["year"], self.places["year_words"]])
        self.sources = {
            "names": {name: self._source("names", name, words) for name, words in slots.items()},
            "patterns": self._sources(data, "patterns"),
            "ask": self._sources(data, "ask"),
            "shapes": {name: self.places[name] for name in (*shapes, "n")},
        }
        self.numbers = tuple(self._rules(data))

    def _read(self) -> dict[str, Any]:
        try:
            data = read_yaml(self.path)
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise ChatrecError(
                f"{self.path} cannot be read: {error}", "Every language of a pack needs this file."
            ) from error
        if not isinstance(data, dict):
            raise self._fault("", "this is no mapping", f"Its sections are {', '.join(sorted(_SECTIONS))}.")
        for section in data:
            if section not in _SECTIONS:
                raise self._fault(str(section), "no such section", f"Known: {', '.join(sorted(_SECTIONS))}.")
        return data

    def _fault(self, where: str, what: str, hint: str) -> ChatrecError:
        return ChatrecError(f"{self.path}: {where}: {what}", hint)

    def _map(self, data: dict[str, Any], section: str) -> dict[str, Any]:
        found = data.get(section) or {}
        if not isinstance(found, dict):
            raise self._fault(section, "this is no mapping", "Write one name a line, each with its list.")
        for name in found:
            if not isinstance(name, str):
                raise self._fault(
                    section, f"{name!r} is no name", "Quote what YAML reads as yes, no or a number."
                )
        return found

    def _list(self, data: dict[str, Any], section: str, name: str) -> list[str]:
        found = self._map(data, section)[name]
        words = found.split() if isinstance(found, str) and section == "words" else found
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            raise self._fault(
                f"{section}.{name}",
                "this is no list of texts",
                "Quote what YAML reads as no, yes or a number.",
            )
        return words

    def _integer(self, section: str, name: object, value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise self._fault(
                f"{section}.{name}", f"{value!r} is no whole number", "Give the value of the word."
            )
        return value

    def _number_places(self) -> dict[str, str]:
        word = _either([re.escape(word) for word in self.numerals])
        many = rf"{word}(?:[\s-]+(?:and\s+)?{word})*(?![a-z0-9])" if self.spaced else f"{word}+"
        return {"n": rf"(?:\d{{1,3}}(?:\.\d)?(?![\d.]\d)|{many})", "year": r"(?:1[89]\d\d|20[0-4]\d)(?!\d)"}

    def _sources(self, data: dict[str, Any], section: str) -> dict[str, str]:
        return {
            name: self._source(section, name, self._list(data, section, name))
            for name in self._map(data, section)
        }

    def _source(self, section: str, name: str, phrases: list[str]) -> str:
        """Return one regular expression for several phrases."""
        source = "|".join(self._phrase(section, name, phrase) for phrase in phrases) or "(?!)"
        return rf"(?<![a-z0-9])(?:{source})(?![a-z0-9])" if self.spaced else f"(?:{source})"

    def compiled(self, section: str, name: str, source: str) -> re.Pattern[str]:
        """Compile a regular expression. Raises ChatrecError naming the file and the key at fault."""
        try:
            return re.compile(source)
        except re.error as error:
            raise self._fault(
                f"{section}.{name}",
                f"no valid pattern: {error}",
                "Mend the pattern; quote its special signs.",
            ) from error

    def _phrase(self, section: str, name: str, phrase: str) -> str:
        def place(found: re.Match[str]) -> str:
            if found[1] not in self.places:
                known = ", ".join(sorted(self.places))
                raise self._fault(f"{section}.{name}", f"no placeholder {found[0]}", f"Known: {known}.")
            return self.places[found[1]]

        text = phrase.replace("'", "'?")
        text = _BLANK.sub(_white, text) if self.spaced else _latin_edges(text)
        return _PLACEHOLDER.sub(place, text)

    def _rules(self, data: dict[str, Any]) -> Iterator[NumberRule]:
        for slot, rules in self._map(data, "numbers").items():
            for rule in rules or ():
                if not isinstance(rule, dict) or not {"say"} <= set(rule) <= {
                    "say",
                    "means",
                    "kind",
                    "otherwise",
                }:
                    raise self._fault(
                        f"numbers.{slot}", f"{rule!r} is no rule", "A rule has say, means and perhaps kind."
                    )
                yield self._rule(str(slot), rule)

    def _rule(self, slot: str, rule: dict[str, Any]) -> NumberRule:
        phrases = rule["say"] if isinstance(rule["say"], list) else [rule["say"]]
        pattern = self.compiled("numbers", slot, self._source("numbers", slot, [str(p) for p in phrases]))
        means = tuple(self._bound(slot, str(text)) for text in rule.get("means", ()))
        otherwise = tuple(self._bound(slot, str(text)) for text in rule.get("otherwise", ()))
        return NumberRule(slot, str(rule.get("kind", "plain")), pattern, means, otherwise)

    def _bound(self, slot: str, text: str) -> Bound:
        found = _MEANS.fullmatch(text)
        if not found:
            raise self._fault(
                f"numbers.{slot}",
                f"{text!r} means nothing",
                "Write e.g. '> first', '<= second + 9', '>= today - 5'.",
            )
        return Bound(found[1], found[2], int(f"{found[3] or '+'}{found[4] or 0}"))
