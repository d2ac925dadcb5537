"""What the checker reads in a language besides names and relations, compiled from `prompts/LANGUAGE/checker.yaml`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from chatrec.dialogue.slots import Schema
from chatrec.dialogue.values import Language
from chatrec.learning.reading import ITEM, Reading
from chatrec.learning.relations import any_of, rules


@dataclass(frozen=True, eq=False)
class Rules:
    """The rules of a language, compiled for a pack.

    Attributes:
        shared: words that say of a value that another item has it as well.
        ordinals: words that point at an item by its place among those named (from 0; from the end below 0).
        untold: superlatives and comparisons that no graph can tell.
        comparatives: a pattern, the slot of the number that it compares by, and its sign (1: the first is greater).
        counted, numbers: counts of items (group 1 is a key of `numbers`).
        ahead: words that begin a sentence about the item that is named later in it.
    """

    shared: re.Pattern[str]
    ordinals: tuple[tuple[int, re.Pattern[str]], ...]
    untold: re.Pattern[str]
    comparatives: tuple[tuple[re.Pattern[str], str, int], ...]
    counted: re.Pattern[str]
    numbers: dict[str, int]
    ahead: re.Pattern[str]

    @classmethod
    def of(cls, schema: Schema, language: Language) -> Rules:
        """Compile the rules of a language; where a file has none, nothing is found."""
        found = rules(language)
        ordinals = found.get("ordinals", {})
        numbers = found.get("numbers", {})
        return cls(
            _pattern(any_of(found.get("shared", ()))),
            tuple((int(place), _pattern(any_of(words))) for place, words in ordinals.items()),
            _pattern(found.get("untold", "(?!)")),
            tuple(_comparatives(schema, language)),
            _pattern(found.get("counted", "(?!)").replace("{number}", any_of(numbers))),
            numbers,
            _pattern(any_of(found.get("ahead", ()))),
        )

    def pointed(self, reading: Reading, start: int, end: int) -> Iterator[tuple[re.Match[str], str]]:
        """Yield the words in a span of a reply that point at an item by its place, and the item."""
        for place, pattern in self.ordinals:
            for match in pattern.finditer(reading.free, max(start, 0), end):
                named = reading.before(match.start())
                if len(named) > 1 and -len(named) <= place < len(named):
                    yield match, named[place]


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


def _comparatives(schema: Schema, language: Language) -> Iterator[tuple[re.Pattern[str], str, int]]:
    """Yield the comparatives of a language: its own ones, and those of the pack's slots."""
    found = rules(language)
    pointing = any_of(word for words in found.get("ordinals", {}).values() for word in words)
    than = found.get("than", "(?!)").replace("{other}", rf"\W*?(?:{ITEM}+|{pointing})\W*?")
    for kind, word, sign in (("greater", "more", 1), ("lesser", "less", -1)):
        own = found.get(kind, {})
        for slot in schema.slots:
            cues = (*own.get(slot.name, ()), *slot.words.get(word, ()))
            if slot.kind == "number" and cues:
                yield _pattern(than.replace("{cue}", f"(?:{any_of(cues)})")), slot.name, sign
