"""Which title is meant, if any: many titles are everyday words as well."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from chatrec.dialogue.cues import Cues
from chatrec.dialogue.folding import Folded, is_han, key_of
from chatrec.dialogue.gazetteer import Gazetteer, Hit, share_weight
from chatrec.dialogue.sequels import Sequels
from chatrec.dialogue.surroundings import beside, goes_on, is_capitalised, is_quoted
from chatrec.dialogue.values import Entry, Item

ItemsOf = Callable[[tuple[str, ...]], tuple[Item, ...]]

_BRACKETED = re.compile(r"\s*[(\[]\s*(?:18|19|20)\d\d\s*[)\]]")
_YEAR = re.compile(r"\s*(?:[(\[]\s*((?:18|19|20)\d\d)\s*[)\]]|((?:19|20)[0-2]\d)(?!\s*(?:\w|\+|-)))")
_FAMOUS = 0.5
"""The share of titles, the best known ones, that a single word in lower case can mean without a cue."""

_CLEAR = 10
"""Letters from which a misspelt title of several words is clear."""

_COMMANDS = ("more", "request", "reject", "restart", "explain", "greet", "thank", "close", "assent", "denial")
"""What a message may ask for with a word that is a title as well."""

_LONGER = re.compile(r"([A-Z][\w'’]*) ((?:[a-z]+ ){1,3})$")
"""A capital word and a few small ones before a name."""

_TELLING = 4
"""Characters from which a part of a Chinese title tells which it is."""

_REACH = 40
"""How far a cue may stand before the title that it announces, in characters."""


class Titles:
    """Judges the titles that a message may name."""

    def __init__(self, gazetteer: Gazetteer, cues: Cues, items_of: ItemsOf) -> None:
        self.gazetteer, self.cues, self.items_of = gazetteer, cues, items_of
        self._famous = share_weight(gazetteer.titles, _FAMOUS)
        self.sequels = Sequels(gazetteer.titles, cues)

    def choose(self, folded: Folded, hit: Hit, entries: Sequence[Entry]) -> tuple[Entry, int, bool]:
        """Return the entry that is meant, where it ends with what belongs to it, and whether it is held.

        Of namesakes it is the one of the year said behind it, else the best known. A number behind a title makes it
        another part of a series, which may not be held.
        """
        best = max(
            entries, key=lambda entry: (entry.weight, key_of(entry.surface) == hit.key, entry.preferred)
        )
        sequel = self._sequel_end(folded, hit)
        if sequel:
            number = self.sequels.said_in(folded.text[hit.end : sequel])
            part = self.sequels.part(best, number) if number else None
            return part or best, sequel, part is not None
        year = _YEAR.match(folded.text, hit.end)
        if not year:
            return best, hit.end, True
        return self._of_year(entries, year[1] or year[2]) or best, year.end(), True

    def numbered(self, folded: Folded, hit: Hit, entry: Entry) -> tuple[Entry, int, bool]:
        """Return the entry that a number before a title makes it, where that begins, and whether it is held."""
        said = self.sequels.said_before(folded.text, hit.start) if self.sequels.is_part(entry) else None
        part = self.sequels.part(entry, said[0]) if said else entry
        return part or entry, said[1] if said else hit.start, part is not None

    def _sequel_end(self, folded: Folded, hit: Hit) -> int:
        """Return where a number behind a title ends, 0 where there is none; a title may end with a number itself."""
        after = folded.text[hit.end :]
        rest = after.lstrip(" ,:-")
        found = next((m for m in self.cues.find("sequel", rest) if m.start() == 0), None)
        return hit.end + len(after) - len(rest) + found.end() if found and not hit.key[-1].isdigit() else 0

    def _of_year(self, entries: Sequence[Entry], year: str) -> Entry | None:
        """Return the entry whose item has a year among its facts."""
        by_iri = {entry.iri: entry for entry in entries}
        for item in self.items_of(tuple(by_iri)) if len(by_iri) > 1 else ():
            if any(fact.triple[2] == year for facts in item.facts.values() for fact in facts):
                return by_iri[item.iri]
        return None

    def is_meant(self, folded: Folded, hit: Hit, whole: str, also_label: bool) -> bool:
        """Say whether a hit is meant as a title.

        Args:
            folded: the message.
            hit: the place, and the key of the title.
            whole: the key of the whole message.
            also_label: whether the same words are the label of something else.
        """
        if is_quoted(folded, hit) or _BRACKETED.match(folded.text, hit.end) or self._is_numbered(folded, hit):
            return True
        if is_han(hit.key[0]):
            return self._is_meant_in_chinese(folded, hit, whole, also_label)
        if not also_label and not self._is_doubtful(folded, hit):
            return True
        if self._is_part(folded, hit):
            return False
        if is_capitalised(folded, hit):
            return hit.key not in self.cues.words["pronouns"] or self.is_announced(folded, hit)
        if hit.typo or hit.key in self.cues.words["pronouns"]:
            return hit.typo and " " in hit.key and len(hit.key) >= _CLEAR
        alone = whole == hit.key and not (self.gazetteer.is_plain(hit.key) or self._is_command(whole))
        empty = all(word in self.cues.words["function"] for word in hit.key.split())
        judged = not empty and self._is_judged(folded, hit)
        return not also_label and (alone or judged or self.is_announced(folded, hit))

    def _is_command(self, whole: str) -> bool:
        """Say whether a whole message is plain words that ask for something: `others`."""
        return any(self.cues.is_all(purpose, whole) for purpose in _COMMANDS)

    def _is_numbered(self, folded: Folded, hit: Hit) -> bool:
        """Say whether a part of a series is counted out: `the second godfather`, `教父第二部`."""
        parts = (name.entry for name in hit.names if self.gazetteer.is_title(name.entry))
        if hit.typo or hit.key in self.cues.words["pronouns"] or not any(map(self.sequels.is_part, parts)):
            return False
        said = self.sequels.said_before(folded.text, hit.start)
        first = folded.text[said[1] :].split(maxsplit=1)[0] if said else ""
        counted = first in self.cues.words.get("articles", ()) or is_han(first[:1])
        return counted or bool(self._sequel_end(folded, hit))

    def is_listable(self, folded: Folded, hit: Hit) -> bool:
        """Say whether a doubtful hit is a title where it goes on a list of titles: neither misspelt nor empty words."""
        empty = all(word in self.cues.words["function"] for word in hit.key.split())
        pronoun = hit.key in self.cues.words["pronouns"]
        return not (hit.typo or empty or pronoun or self._is_part(folded, hit) or self._is_label_too(hit))

    def _is_label_too(self, hit: Hit) -> bool:
        """Say whether a hit may name a concept as well, or is made of labels and nouns alone."""
        others = any(
            not (self.gazetteer.is_title(name.entry) or self.gazetteer.is_person(name.entry))
            for name in hit.names
        )
        return others or self.gazetteer.is_plain(hit.key)

    def _is_doubtful(self, folded: Folded, hit: Hit) -> bool:
        """Say whether a hit could as well be plain words; so could a single word in lower case that few would know."""
        words, _ = folded.span(hit.start, hit.end)
        unknown = max(name.entry.weight for name in hit.names) < self._famous
        return self.gazetteer.is_doubtful(hit.key) or (" " not in words and words.islower() and unknown)

    def _is_meant_in_chinese(self, folded: Folded, hit: Hit, whole: str, also_label: bool) -> bool:
        """A title of one character needs its brackets; one that is a word or a label as well needs cues."""
        if len(hit.key) < 2:
            return False
        announced, judged = self.is_announced(folded, hit), self._is_judged(folded, hit)
        if also_label:
            return announced and judged
        rare = hit.key not in self.gazetteer.vocabulary and (
            len(hit.key) > 2 or self._stands_apart(folded, hit)
        )
        alone = whole.startswith(hit.key) and len(whole) <= len(hit.key) + 1
        if self.gazetteer.is_clipped(hit.key):
            ends = not folded.text[hit.end : hit.end + 1].isalnum()
            telling = len(hit.key) >= _TELLING and (announced or judged)
            return alone or telling or (announced and (ends or judged))
        return rare or alone or announced or judged

    def _stands_apart(self, folded: Folded, hit: Hit) -> bool:
        """Say whether a Chinese hit is no part of a longer word: what stands beside it may stand beside a name."""
        beside = (folded.text[hit.start - 1 : hit.start], folded.text[hit.end : hit.end + 1])
        free = self.cues.words.get("beside_name", frozenset()) | self.cues.words["function"]
        return all(not is_han(character) or character in free for character in beside)

    def _is_part(self, folded: Folded, hit: Hit) -> bool:
        """Say whether a title of one telling word with a capital stands in a longer name: Moon in Man on the Moon."""
        words, _ = folded.span(hit.start, hit.end)
        function = self.cues.words["function"]
        telling = [word for word in hit.key.split() if word not in function]
        if len(telling) > 1 or not words[:1].isupper():
            return False
        plain = " " not in words and any(word.lower() not in function for word in beside(folded, hit))
        return plain or goes_on(folded, hit) or self._ends_name(folded, hit)

    def _ends_name(self, folded: Folded, hit: Hit) -> bool:
        """Say whether a longer name ends with a hit: Moon in Man on the Moon, not in Director of Moon."""
        _, at = folded.span(hit.start, hit.end)
        found = _LONGER.search(folded.original[:at])
        if found is None or not set(found[2].split()) <= self.cues.words.get("inside_names", frozenset()):
            return False
        first = found[1].lower()
        return len(first) > 1 and not any(name.fullmatch(first) for name in self.cues.names.values())

    def is_announced(self, folded: Folded, hit: Hit) -> bool:
        """Say whether words such as `I loved` or `the director of` stand right before a hit."""
        before = folded.text[max(0, hit.start - _REACH) : hit.start].rstrip(" \"'《")
        if any(found.end() == len(before) for found in self.cues.find("title_before", before)):
            return True
        asked = any(pattern.search(folded.text) for pattern in self.cues.ask.values())
        return asked and any(found.end() == len(before) for found in self.cues.find("title_ask", before))

    def _is_judged(self, folded: Folded, hit: Hit) -> bool:
        """Say whether words such as `was great` stand right after a hit."""
        after = folded.text[hit.end :].lstrip(" \"'》")
        return any(found.start() == 0 for found in self.cues.find("title_after", after))
