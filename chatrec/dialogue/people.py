"""Which person is meant, and as what: a surname may be a word, and a director may act."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chatrec.dialogue.cues import Cues
from chatrec.dialogue.folding import Folded, is_han, key_of
from chatrec.dialogue.gazetteer import Gazetteer, Hit, Name, share_weight
from chatrec.dialogue.surroundings import beside, is_capitalised, is_quoted
from chatrec.dialogue.values import Entry

_CLEARLY = 2
"""How many times better known than the next the bearer of a surname must be to be meant by it."""

_FAMOUS = 0.1
"""The share of people, the best known ones, who can be meant by a surname in lower case."""

_SHORT = 4
"""Letters below which a surname needs its capital."""

_WORD_BEFORE = re.compile(r"([a-z]+)[ -]$")


class People:
    """Judges the people that a message may name."""

    def __init__(self, gazetteer: Gazetteer, cues: Cues) -> None:
        self.gazetteer, self.cues = gazetteer, cues
        self._famous = share_weight(gazetteer.people, _FAMOUS)

    def choose(self, folded: Folded, hit: Hit, names: Sequence[Name]) -> Entry | None:
        """Return the person meant: by a full name, or by a surname that points to one person above all."""
        whole = [name.entry for name in names if name.whole]
        if whole:
            clear = hit.key not in self.cues.words["function"] or is_quoted(folded, hit)
            return max(whole, key=lambda entry: entry.weight) if clear else None
        person = self._best_known(names)
        if person is None:
            return None
        fits = self._fits_in_chinese if is_han(hit.key[0]) else self._fits
        return person if fits(folded, hit, person) else None

    def _best_known(self, names: Sequence[Name]) -> Entry | None:
        bearers = sorted(
            {name.entry.iri: name.entry for name in names}.values(), key=lambda entry: -entry.weight
        )
        clear = len(bearers) == 1 or (bearers and bearers[0].weight >= _CLEARLY * bearers[1].weight)
        return bearers[0] if clear else None

    def _fits(self, folded: Folded, hit: Hit, person: Entry) -> bool:
        """Say whether a surname stands where one may: not in another name, and, if it is a word, with a capital."""
        if not self._is_of(folded, hit, person):
            return False
        famous, capital = person.weight >= self._famous, is_capitalised(folded, hit)
        if hit.key in self.cues.words["function"]:
            return False
        word = hit.key in self.gazetteer.known or len(hit.key) < _SHORT
        return (capital and famous) if word else (capital or famous)

    def _is_of(self, folded: Folded, hit: Hit, person: Entry) -> bool:
        """Say whether the name before a surname, if there is one, is the person's: Leo DiCaprio is Leonardo."""
        first = key_of(person.surface).split()[0]
        function = self.cues.words["function"]
        named = [word.lower() for word in beside(folded, hit) if word.lower() not in function]
        before = _WORD_BEFORE.search(folded.text[: hit.start])
        named += [before[1]] if before and before[1] not in self.gazetteer.known else []
        return all(len(word) > 1 and first.startswith(word) for word in named)

    def _fits_in_chinese(self, folded: Folded, hit: Hit, person: Entry) -> bool:
        """Two characters of a surname occur in other words: what follows must be able to follow a name."""
        after = folded.text[hit.end : hit.end + 1]
        return (
            len(hit.key) > 2 or not after.isalnum() or after in self.cues.words.get("after_name", frozenset())
        )
