"""The guard: reads finished text and finds what would state something without a claim to back it.

It knows every label of the graph, in every language, and looks for them (and for digits) outside the claims. It shares
no code with the constraint: one writes, the other reads.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

import ahocorasick

from chatrec.dialogue.values import Entry, Sentence

_LATIN = re.compile(r"[A-Za-zÀ-ɏ]")
_WORD = re.compile(r"\w")
_DIGIT = re.compile(r"\d")
_MASK = "\x00"


class Guard:
    """Finds labels and numbers that no claim covers.

    A label with a capital (a title, a name, a country) counts in the free words where it has its capitals and is not merely
    the first word of a sentence; a Chinese title of up to three characters only counts in 《》, which the surface sets.
    Every other label counts in any case. A Latin label counts as a whole word only.

    Args:
        entries: the labels of the graph.
        name_slot: the slot of titles.
    """

    def __init__(self, entries: Iterable[Entry], name_slot: str) -> None:
        self._common: ahocorasick.Automaton = ahocorasick.Automaton()
        self._proper: ahocorasick.Automaton = ahocorasick.Automaton()
        for entry in entries:
            surface = unicodedata.normalize("NFC", entry.surface)
            if len(surface) < 2 or (
                name_slot in entry.slots and not _LATIN.search(surface) and len(surface) < 4
            ):
                continue
            if surface[:1].isupper() or (name_slot in entry.slots and _LATIN.search(surface)):
                self._proper.add_word(surface, surface)
            else:
                self._common.add_word(surface.lower(), surface)
        for automaton in (self._common, self._proper):
            if len(automaton):
                automaton.make_automaton()

    def violations(self, sentence: Sentence) -> list[str]:
        """Return what the free words of a sentence state without a claim: labels and numbers."""
        free = list(sentence.text)
        for claim in sentence.claims:
            free[claim.start : claim.end] = _MASK * (claim.end - claim.start)
        text = "".join(free)
        found = [f"number {match[0]}" for match in re.finditer(r"\d+", text)]
        found += [f"label {label}" for label in self._labels(text)]
        return found

    def _labels(self, text: str) -> Iterable[str]:
        if len(self._common):
            for end, label in self._common.iter(text.lower()):
                if _whole(text, end - len(label) + 1, end + 1, label):
                    yield label
        if len(self._proper):
            for end, label in self._proper.iter(text):
                start = end - len(label) + 1
                if _whole(text, start, end + 1, label) and not _ordinary(text, start, label):
                    yield label


def _whole(text: str, start: int, end: int, label: str) -> bool:
    """Tell whether a Latin label is not part of a longer word; others have no word boundaries."""
    if not _LATIN.search(label):
        return True
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (_WORD.match(before) and _LATIN.match(before)) and not (
        _WORD.match(after) and _LATIN.match(after)
    )


def _ordinary(text: str, start: int, label: str) -> bool:
    """Tell whether what looks like a name is an ordinary word: lower case, or one word that begins a sentence."""
    if not label[:1].isupper():
        return bool(_LATIN.match(label))
    opening = not text[:start].strip(" \x00") or text[:start].rstrip()[-1:] in ".!?:;—"
    return opening and " " not in label
