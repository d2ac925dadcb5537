"""What a message names: of all the places where a label stands, those that are meant, and as what."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from chatrec.dialogue.cues import Cues
from chatrec.dialogue.folding import Folded, is_han, key, key_of
from chatrec.dialogue.gazetteer import Gazetteer, Hit, Name
from chatrec.dialogue.values import Entry, Item, Schema

ItemsOf = Callable[[tuple[str, ...]], tuple[Item, ...]]

_QUOTES = {
    '"': '"',
    "“": "”",
    "「": "」",
    "『": "』",
    "《": "》",
    "<": ">",
    "'": "'",
    "〈": "〉",
    "”": "”",
    "«": "»",
}
_SENTENCE_END = ".!?。\n:…"
_YEAR_AFTER = re.compile(r"\s*(?:[(\[]\s*((?:18|19|20)\d\d)\s*[)\]]|((?:19|20)[0-2]\d)(?!\s*(?:\w|\+|-)))")
_BRACKETED_YEAR = re.compile(r"\s*[(\[]\s*(?:18|19|20)\d\d\s*[)\]]")
_BRACKETED = re.compile("《([^《》]*)》")
_SEQUEL = re.compile(r"[\s,:-]*(?:(?:part|chapter|vol(?:ume)?\.?)\s*)?([2-9]|ii|iii|iv|v|vi)(?![\w%]|\s*(?:hours|hrs|h|min))")
_CLEAR = 10
"""Letters from which a misspelt title of several words is clear."""
_REACH = 40
"""How far a cue may stand before the name that it announces, in characters."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A value that is named: span in the folded text, the slot it fills, its English label and IRI.

    `held` is false for a title that only resembles one that is held: a sequel that the graph does not know.
    """

    start: int
    end: int
    slot: str
    value: str
    iri: str
    title: bool = False
    held: bool = True


class Finder:
    """Finds the mentions of a message."""

    def __init__(self, schema: Schema, gazetteer: Gazetteer, cues: Cues, items_of: ItemsOf) -> None:
        self.schema, self.gazetteer, self.cues, self.items_of = schema, gazetteer, cues, items_of
        self.name_slot = schema.name_slot.name
        self.nouns = tuple(noun for nouns in schema.nouns.values() for noun in nouns)
        self.noun = _any_word(self.nouns)

    def find(self, folded: Folded) -> tuple[Mention, ...]:
        """Return the mentions in order; where several overlap, the longest that is meant."""
        keyed = key(folded)
        hits = self.gazetteer.exact(keyed)
        chosen = self._choose(folded, [*hits, *self.gazetteer.misspelt(keyed, hits)], keyed)
        return tuple(sorted(chosen, key=lambda mention: mention.start))

    def _choose(self, folded: Folded, hits: Iterable[Hit], keyed: Folded) -> list[Mention]:
        chosen: list[Mention] = []
        bracketed = [(m.start(1), m.end(1)) for m in _BRACKETED.finditer(folded.text)]
        for hit in sorted(hits, key=lambda h: (h.start - h.end, h.start)):
            if any(a <= hit.start and hit.end <= b and key_of(folded.text[a:b]) != hit.key for a, b in bracketed):
                continue
            if any(hit.start < m.end and hit.end > m.start for m in chosen):
                continue
            mention = self._meant(folded, hit, keyed)
            if mention:
                chosen.append(mention)
        return chosen

    def _meant(self, folded: Folded, hit: Hit, keyed: Folded) -> Mention | None:
        """Say what a hit means here: a title, a person, a concept, a code or nothing."""
        titles = [n.entry for n in hit.names if n.entry.slots[0] == self.name_slot]
        people = [n for n in hit.names if self.gazetteer.is_person(n.entry)]
        others = [n.entry for n in hit.names if n.entry not in titles and n not in people]
        if others and self._is_name_part(folded, hit):
            return None
        if titles and self._means_title(folded, hit, keyed, bool(others)):
            return self._title(folded, hit, titles)
        if others:
            return self._concept(folded, hit, others)
        person = self._person(folded, hit, people)
        return self._mention(hit, person, self._slot(folded, hit, person)) if person else None

    def _mention(self, hit: Hit, entry: Entry, slot: str) -> Mention:
        return Mention(hit.start, hit.end, slot, entry.value, entry.iri, title=slot == self.name_slot)

    # --- titles ---

    def _title(self, folded: Folded, hit: Hit, entries: list[Entry]) -> Mention:
        """Return the best known of namesakes, or the one of the year in brackets."""
        entry = max(entries, key=lambda e: (e.weight, e.preferred))
        mention = self._mention(hit, entry, self.name_slot)
        sequel = _SEQUEL.match(folded.text, hit.end)
        if sequel and not hit.key[-1].isdigit():
            words, _ = folded.span(hit.start, sequel.end())
            return replace(mention, end=sequel.end(), value=words, held=False)
        year = _YEAR_AFTER.match(folded.text, hit.end)
        if not year:
            return mention
        said = year[1] or year[2]
        for item in self.items_of(tuple(dict.fromkeys(e.iri for e in entries))) if len(entries) > 1 else ():
            if any(fact.triple[2] == said for facts in item.facts.values() for fact in facts):
                mention = replace(
                    mention, iri=item.iri, value=next(e.value for e in entries if e.iri == item.iri)
                )
        return replace(mention, end=year.end())

    def _means_title(self, folded: Folded, hit: Hit, keyed: Folded, also_concept: bool) -> bool:
        if self.is_quoted(folded, hit.start, hit.end) or _BRACKETED_YEAR.match(folded.text, hit.end):
            return True
        if is_han(hit.key[0]):
            return self._means_chinese_title(folded, hit, keyed, also_concept)
        if not also_concept and not self.gazetteer.is_doubtful(hit.key):
            return True
        if self.is_capitalised(folded, hit.start, hit.end) and not self._is_part(folded, hit):
            return True
        if hit.key in self.cues.words.get("pronouns", ()):
            return False
        if hit.typo:
            return " " in hit.key and len(hit.key) >= _CLEAR
        alone = keyed.text.strip() == hit.key and not self.gazetteer.is_plain(hit.key)
        return not also_concept and (alone or self._announced(folded, hit) or self._praised(folded, hit))

    def _means_chinese_title(self, folded: Folded, hit: Hit, keyed: Folded, also_concept: bool) -> bool:
        """A name of one character needs its brackets; one that is a word or a label needs a cue."""
        if len(hit.key) < 2:
            return False
        if not also_concept and hit.key not in self.gazetteer.vocabulary and len(hit.key) > 2:
            return True
        if also_concept:
            return self._praised(folded, hit) and self._announced(folded, hit)
        alone = (
            keyed.text.replace(" ", "").startswith(hit.key) and len(keyed.text.strip()) <= len(hit.key) + 1
        )
        return alone or self._announced(folded, hit) or self._praised(folded, hit)

    def is_quoted(self, folded: Folded, start: int, end: int) -> bool:
        """Say whether a span stands in quotation marks or title brackets."""
        words, at = folded.span(start, end)
        before, after = folded.original[:at].rstrip()[-1:], folded.original[at + len(words) :].lstrip()[:1]
        return bool(before) and _QUOTES.get(before) == after

    def is_capitalised(self, folded: Folded, start: int, end: int) -> bool:
        """Say whether a span is written like a name inside a sentence that is not all in capitals."""
        words, at = folded.span(start, end)
        before = folded.original[:at].rstrip(" \"'“‘(《")
        if not before or before[-1] in _SENTENCE_END:
            return (
                len(words.split()) > 1
                and all(word[:1].isupper() for word in words.split())
                and not words.isupper()
            )
        rest = before + folded.original[at + len(words) :]
        lower = sum(word[:1].islower() for word in re.findall(r"[^\W\d_]+", rest))
        named = [word for word in words.split() if word[0].isalpha()]
        return bool(named) and named[0][0].isupper() and lower > 0

    def _is_part(self, folded: Folded, hit: Hit) -> bool:
        """Say whether a single word stands next to another capitalised one: it is a part of a longer name."""
        words, _ = folded.span(hit.start, hit.end)
        function = self.cues.words.get("function", frozenset())
        return " " not in words and any(word.lower() not in function for word in self._beside(folded, hit))

    def _ends_name(self, folded: Folded, hit: Hit) -> bool:
        """Say whether what follows a Chinese surname may follow a name; two of its characters occur in other words."""
        after = folded.text[hit.end : hit.end + 1]
        return len(hit.key) > 2 or not after.isalnum() or after in self.cues.words.get("after_name", frozenset())

    def _is_part_of_other(self, folded: Folded, hit: Hit, person: Entry) -> bool:
        """Say whether a surname stands in another person's name; Leo DiCaprio is Leonardo."""
        first = key_of(person.surface).split()[0]
        beside = [key_of(word) for word in self._beside(folded, hit)]
        return self._is_part(folded, hit) and not any(first.startswith(word) for word in beside if len(word) > 1)

    def _beside(self, folded: Folded, hit: Hit) -> list[str]:
        """Return the capitalised words right before and after a hit."""
        words, at = folded.span(hit.start, hit.end)
        before = re.search(r"([^\W\d_]+)[ -]$", folded.original[:at])
        after = re.match(r"[ -]([^\W\d_]+)", folded.original[at + len(words) :])
        return [found[1] for found in (before, after) if found and found[1][0].isupper()]

    def _is_part_of_other(self, folded: Folded, hit: Hit, person: Entry) -> bool:
        """Say whether a surname stands in another person's name; Leo DiCaprio is Leonardo."""
        first = key_of(person.surface).split()[0]
        beside = [key_of(word) for word in self._beside(folded, hit)]
        return self._is_part(folded, hit) and not any(first.startswith(word) for word in beside if len(word) > 1)

    def _is_name_part(self, folded: Folded, hit: Hit) -> bool:
        """Say whether a label is only a part of a name that is not known: Road in Zzyzx Road."""
        words, _ = folded.span(hit.start, hit.end)
        strange = [word for word in self._beside(folded, hit) if word.lower() not in self.gazetteer.known]
        return words[:1].isupper() and not words.isupper() and bool(strange)

    def _follows_name(self, folded: Folded, hit: Hit) -> bool:
        """Say whether an unknown word stands right before a surname: it is part of another name."""
        before = re.search(r"([a-z]+)[ -]$", folded.text[: hit.start])
        return bool(before) and before[1] not in self.gazetteer.known

    def _announced(self, folded: Folded, hit: Hit) -> bool:
        """Say whether words such as `I loved` or `the director of` stand right before a span."""
        before = folded.text[max(0, hit.start - _REACH) : hit.start].rstrip(" \"'《")
        if any(found.end() == len(before) for found in self.cues.find("title_before", before)):
            return True
        asked = any(pattern.search(folded.text) for pattern in self.cues.ask.values())
        return asked and any(found.end() == len(before) for found in self.cues.find("title_ask", before))

    def _praised(self, folded: Folded, hit: Hit) -> bool:
        """Say whether words such as `was great` stand right after a span."""
        after = folded.text[hit.end :].lstrip(" \"'》")
        return any(found.start() == 0 for found in self.cues.find("title_after", after))

    # --- people ---

    def _person(self, folded: Folded, hit: Hit, names: list[Name]) -> Entry | None:
        """Return the person meant: a full name, or a surname that points to one person above all."""
        whole = [n.entry for n in names if n.whole]
        if whole and hit.key in self.cues.words["function"] and not self.is_quoted(folded, hit.start, hit.end):
            return None
        if whole:
            return max(whole, key=lambda e: e.weight)
        known = sorted({n.entry.iri: n.entry for n in names}.values(), key=lambda e: -e.weight)
        clear = known and (len(known) == 1 or known[0].weight >= 2 * known[1].weight)
        if is_han(hit.key[0]) and not self._ends_name(folded, hit):
            return None
        if not clear or self._is_part_of_other(folded, hit, known[0]) or self._follows_name(folded, hit) or (is_han(hit.key[0]) and len(hit.key) < 2):
            return None
        common = hit.key in self.gazetteer.known or (len(hit.key) < 4 and not is_han(hit.key[0]))
        if common and not self.is_capitalised(folded, hit.start, hit.end):
            return None
        return known[0]

    def _slot(self, folded: Folded, hit: Hit, entry: Entry) -> str:
        """Return the slot that a value fills: the one whose cue stands beside it, else its own first one."""
        if len(entry.slots) == 1:
            return entry.slots[0]
        announced = self._cued(folded, hit)
        if announced in entry.slots:
            return announced
        return self._usual(entry)

    def _usual(self, entry: Entry) -> str:
        """Return what a person is most likely known for, as far as the slots tell.

        Who directs, writes and acts is known as a director (the first slot); who also directs, as an actor.
        """
        slots = [slot for slot in entry.slots if self.schema.slot(slot).links]
        return (
            slots[1]
            if len(slots) == 2 and len(entry.slots) == 2 and slots[1] == "actor"
            else (slots or entry.slots)[0]
        )

    def _cued(self, folded: Folded, hit: Hit) -> str:
        """Return the slot whose cue stands next to a span; of several the longest cue's."""
        before = folded.text[: hit.start].rstrip(" \"'“")
        after = folded.text[hit.end :].lstrip(" \"'”的")
        best = (0, "")
        for slot in self.schema.slots:
            for cue in (word for words in slot.cues.values() for word in words):
                stands = _ends_with(before, cue) or (is_han(cue[0]) and after.startswith(cue))
                if stands:
                    best = max(best, (len(cue), slot.name))
        return best[1]

    # --- concepts and codes ---

    def _concept(self, folded: Folded, hit: Hit, entries: list[Entry]) -> Mention | None:
        words, _ = folded.span(hit.start, hit.end)
        if hit.key in self.cues.words["pronouns"] and not (words.isupper() and words != words.lower()):
            return None
        if hit.key in self.cues.words.get("needs_noun", ()) and not self._before_noun(folded, hit):
            return None
        announced = self._cued(folded, hit)
        fitting = [entry for entry in entries if announced in entry.slots]
        unsure = self.cues.words.get("needs_cue_if_shared", frozenset())
        plain = [entry for entry in entries if not unsure.intersection(entry.slots)]
        entry = min(fitting or plain or entries, key=lambda e: self.schema.slot(e.slots[0]).order)
        slot = announced if fitting else entry.slots[0]
        if self.schema.slot(slot).kind == "code" and not self._means_code(folded, hit, announced == slot):
            return None
        return self._mention(hit, entry, slot)

    def _before_noun(self, folded: Folded, hit: Hit) -> bool:
        return folded.text[hit.end :].startswith(self.nouns)

    def _means_code(self, folded: Folded, hit: Hit, announced: bool) -> bool:
        """A code of one letter needs its cue; a longer one is clear in itself."""
        words, _ = folded.span(hit.start, hit.end)
        after = folded.text[hit.end :].lstrip(" -")
        cued = announced or after.startswith(tuple(self.cues.words.get("code_after", ())))
        return bool(cued) or (len(hit.key) > 1 and words.isupper())


def _any_word(words: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern for any of some words; those in Latin script stand for whole words."""
    return re.compile("|".join(rf"\b{re.escape(w)}\b" if w.isascii() else re.escape(w) for w in words) or r"(?!)")


def _ends_with(text: str, cue: str) -> bool:
    """Say whether a text ends with a cue, as a whole word."""
    cue = cue.casefold()
    edge = len(text) - len(cue)
    return text.endswith(cue) and (is_han(cue[0]) or edge == 0 or not text[edge - 1].isalnum())
