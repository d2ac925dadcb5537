"""What stands outside all claims: names of the graph, numbers, and words that no text of ours has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import ahocorasick

from chatrec.config import prompts_dir
from chatrec.dialogue.slots import Schema
from chatrec.dialogue.values import Entry
from chatrec.learning.relations import rules

_LATIN_WORD = re.compile(r"[^\W\d_\u3400-\u9fff]+(?:['’][^\W\d_\u3400-\u9fff]+)*")
_HAN = "\u3400-\u9fff"
_HAN_RUN = re.compile(f"[{_HAN}]+")
_GLUE = re.compile(f"(?<=[{_HAN}])[\\s·•・‧]+(?=[{_HAN}])")
_POINTER = re.compile(r"<[\w.]+>|\{\w+\}|(?m:^\s*#.*$)")
"""What is no free word of a text: pointers, places for values, comments."""
_MARKED = re.compile(r"《[^》\x00]*[^》\x00\s][^》\x00]*》")
_OPENING = re.compile(r"(?:^|[.!?:;…“\"—(\x00])[\s\x00]*$")


@dataclass(frozen=True, eq=False)
class Spelled:
    """Finds what free words spell out.

    `labels` are all labels of the graph, folded; `ours` the forms of them that are ordinary words of our own texts, by
    whether the label is a proper name. `words` and `pairs` are the words and the pairs of Chinese characters of those;
    a form of values begins with one of `opens` and ends with one of `ends`, and meets any other words.
    """

    labels: ahocorasick.Automaton
    ours: tuple[frozenset[str], frozenset[str]]
    words: frozenset[str]
    pairs: frozenset[str]
    opens: str
    ends: str
    asked: re.Pattern[str]
    numbers: re.Pattern[str]

    @classmethod
    def of(cls, entries: Iterable[Entry], schema: Schema) -> Spelled:
        """Compile the labels of a pack and read the texts that its replies are made of."""
        labels = ahocorasick.Automaton()
        for entry in entries:
            label = _squeezed(entry.surface).lower()
            if len(label) > 1:
                proper = schema.name_slot.name in entry.slots or entry.surface[:1].isupper()
                labels.add_word(label, (label, proper or labels.get(label, ("", False))[1]))
        labels.make_automaton()
        plain = "\n".join(_plain_texts(schema))
        opens, ends = _edges(schema)
        everything = "\n".join([plain, *_targets(schema)])
        ours = tuple(frozenset(_forms(labels, text)) for text in (plain, everything))
        asked = [text for slot in schema.slots for text in slot.question.values()]
        pattern = "|".join(re.escape(text) for text in sorted(asked, key=len, reverse=True)) or "(?!)"
        return cls(
            labels,
            (ours[0], ours[1]),
            frozenset([*_words(everything), *_own_words(schema)]),
            frozenset(_pairs(everything)),
            opens,
            ends,
            re.compile(pattern),
            re.compile("|".join([r"\d+", *_written_numbers(schema)]), re.IGNORECASE),
        )

    def faults(self, free: str) -> list[str]:
        """Return the names, numbers and unknown words in free words; claims stand in them as `\\x00`."""
        text = self.asked.sub(lambda match: "\x00" * len(match[0]), free)
        found = [f"a number without a claim: {match[0]}" for match in self.numbers.finditer(text)]
        found += [f"a title without a claim: {match[0]}" for match in _MARKED.finditer(text)]
        found += [f"a name without a claim: {name}" for name in self._names(_squeezed(text))]
        found += [
            f"a word that no text of ours has: {word}" for word in _words(text) if word not in self.words
        ]
        return found + [f"no words of ours: {pair}" for pair in _pairs(text) if not self._is_ours(pair)]

    def _is_ours(self, pair: str) -> bool:
        return pair in self.pairs or pair[0] in self.ends or pair[1] in self.opens

    def _names(self, text: str) -> Iterator[str]:
        for start, end, proper in _found(self.labels, text):
            written = text[start:end]
            forms = {written, written[:1].lower() + written[1:]} if _opens(text, start) else {written}
            if not forms & self.ours[proper]:
                yield written


def _squeezed(text: str) -> str:
    """Take out what may stand between Chinese characters of one name."""
    return _GLUE.sub("", text)


def _opens(text: str, start: int) -> bool:
    return _OPENING.search(text[max(0, start - 30) : start]) is not None


def _found(labels: ahocorasick.Automaton, text: str) -> Iterator[tuple[int, int, bool]]:
    """Yield start, end and whether it is a proper name for every label that stands in a text as whole words."""
    folded = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    for last, (label, proper) in labels.iter(folded):
        start, end = last - len(label) + 1, last + 1
        inside = (_joins(folded, start), _joins(folded, end))
        if not any(inside):
            yield start, end, proper


def _joins(text: str, place: int) -> bool:
    """Tell whether a place lies within a word of an alphabet."""
    around = text[max(0, place - 1) : place + 1]
    return 0 < place < len(text) and all(c.isalnum() and not "\u3400" <= c <= "\u9fff" for c in around)


def _forms(labels: ahocorasick.Automaton, text: str) -> Iterator[str]:
    for start, end, _ in _found(labels, text):
        yield text[start:end]
        if _opens(text.replace("\n", "\x00"), start):
            yield text[start : start + 1].lower() + text[start + 1 : end]


def _words(text: str) -> Iterator[str]:
    return (match[0].lower().replace("’", "'") for match in _LATIN_WORD.finditer(text))


def _pairs(text: str) -> Iterator[str]:
    for run in _HAN_RUN.findall(text):
        yield from (run[i : i + 2] for i in range(len(run) - 1))


# --- the texts that replies are made of ---


@lru_cache
def _file(language: str, name: str) -> str:
    path = prompts_dir() / language / name
    return _POINTER.sub("\x00", path.read_text(encoding="utf-8")) if path.is_file() else ""


def _plain_texts(schema: Schema) -> Iterator[str]:
    """Yield the fixed texts, the wording of values and what the shapes of the pack say of their slots."""
    for language in schema.languages:
        yield _file(language, "plain.txt")
        yield _file(language, "wording.yaml")
        for slot in schema.slots:
            own = (phrases.get(language) for phrases in slot.own_phrases.values())
            forms = (slot.sentence, slot.value_form, slot.labels, slot.phrase)
            texts = (*(form.get(language) for form in forms), *own)
            yield from (_POINTER.sub("\x00", text) for text in texts if text)
        for rule in schema.urgent:
            yield rule.answer.get(language, "")


def _written_numbers(schema: Schema) -> Iterator[str]:
    """Yield patterns of numbers in words: years and decades."""
    found = (rules(language).get("spelled_number") for language in schema.languages)
    yield from (pattern for pattern in found if pattern)


def _own_words(schema: Schema) -> Iterator[str]:
    """Yield the words that are set where a reply is put together."""
    for language in schema.languages:
        yield from rules(language).get("own_words", ())


def _edges(schema: Schema) -> tuple[str, str]:
    """Return the first characters of what stands before a value in its forms, and the last of what stands behind it."""
    forms = [_file(language, "wording.yaml") for language in schema.languages]
    for slot in schema.slots:
        own = (form for phrases in slot.own_phrases.values() for form in phrases.values())
        forms += [*slot.value_form.values(), *slot.phrase.values(), *own]
    texts = [_POINTER.sub("\x00", form) for form in forms]
    opens = {run[0] for text in texts for run in re.findall(f"([{_HAN}]+)\x00", text)}
    ends = {run[-1] for text in texts for run in re.findall(f"\x00([{_HAN}]+)", text)}
    return "".join(opens), "".join(ends)


def _targets(schema: Schema) -> Iterator[str]:
    for language in schema.languages:
        own = _file(language, f"{schema.pack}/targets.txt")
        yield own or _file(language, "generic/targets.txt")
