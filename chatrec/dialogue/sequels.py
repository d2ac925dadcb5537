"""Parts of a series by number: the second Godfather, 教父第三部, along the graph's links from one item to the next."""

from __future__ import annotations

import re
from collections.abc import Iterable

from chatrec.dialogue.cues import Cues
from chatrec.dialogue.folding import key_of
from chatrec.dialogue.numbers import read_number
from chatrec.dialogue.values import Entry

_ORDINALS = ("ordinal1", "ordinal2", "ordinal3", "ordinal4", "ordinal5")
_ROMAN = {"ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6}
_LONGEST = 30
"""Parts of a series that are followed: a chain of links may be a ring."""
_REACH = 20
"""How far before a title the words may stand that number it, in characters."""


class Sequels:
    """The chains of items that follow each other."""

    def __init__(self, titles: Iterable[Entry], cues: Cues) -> None:
        best: dict[str, Entry] = {}
        for entry in titles:
            if entry.preferred or entry.iri not in best:
                best[entry.iri] = entry
        self._entries, self._cues = best, cues
        self._before = {entry.iri: entry.follows for entry in best.values() if entry.follows in best}
        self._after: dict[str, str] = {}
        for later, earlier in sorted(self._before.items(), key=lambda pair: best[pair[0]].weight):
            self._after[earlier] = later

    def is_part(self, entry: Entry) -> bool:
        """Say whether an item follows another, or is followed by one."""
        return entry.iri in self._before or entry.iri in self._after

    def part(self, entry: Entry, number: int) -> Entry | None:
        """Return the item of that number in the series of an entry, None where the links do not lead to one."""
        chain = self.series(entry.iri)
        found = self._entries[chain[number - 1]] if 0 < number <= len(chain) else None
        return found if found and _own_number(found) in (None, number) else None

    def series(self, iri: str) -> list[str]:
        """Return the items of a series in order, given one of them; the item alone where nothing is linked to it."""
        chain = [iri]
        while chain[0] in self._before and len(chain) < _LONGEST:
            chain.insert(0, self._before[chain[0]])
        while chain[-1] in self._after and len(chain) < _LONGEST:
            chain.append(self._after[chain[-1]])
        return chain

    def said_before(self, text: str, start: int) -> tuple[int, int] | None:
        """Return the number that stands right before a title, and where it begins: `the second` Godfather."""
        low = max(0, start - _REACH)
        before = text[low:start].rstrip(" \"'《")
        for number, name in enumerate(_ORDINALS, 1):
            for found in self._cues.find(name, before):
                if found.end() == len(before):
                    return number, low + found.start()
        return None

    def said_in(self, words: str) -> int | None:
        """Return the number that words behind a title hold: `part ii`, `3`, `第二部`."""
        roman = next((_ROMAN[word] for word in re.findall(r"[a-z]+", words) if word in _ROMAN), None)
        number = read_number(words, self._cues)
        return roman or (int(number) if number else None)


def _own_number(entry: Entry) -> int | None:
    """Return the number at the end of an item's own title, if it has one: a chain may leave parts out."""
    last = key_of(entry.value.partition(":")[0]).split()[-1:]
    if not last:
        return None
    return int(last[0]) if re.fullmatch("[2-9]", last[0]) else _ROMAN.get(last[0])
