"""Where the labels of a pack stand in a message: exact ones by Aho-Corasick, misspelt ones by edit distance."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import ahocorasick
from rapidfuzz import fuzz, process

from chatrec.dialogue.cues import Cues
from chatrec.dialogue.folding import Folded, is_han, is_wordlike, key_of
from chatrec.dialogue.slots import Schema
from chatrec.dialogue.typos import Typos
from chatrec.dialogue.values import Entry

_END = re.compile(r"[.!?;]\s")

_INFLECTED = 4
"""Letters that a word needs to have a singular or plural made of it."""

_BEGINNING = 3
"""Characters from which the beginning of a Chinese title may stand for it."""

_MIDDLE = 4
"""Characters from which another part of it may."""

_NEAR_TITLE = 75
"""Likeness in percent from which a title may have been meant by an unknown one."""

_NAMED = 3
"""Titles that are named at most as near to an unknown one."""


@dataclass(frozen=True, slots=True)
class Name:
    """A way to write an entry: its label, a variant of it, or only the surname of a person (not `whole`)."""

    entry: Entry
    whole: bool = True
    inflected: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """A place in a folded text and what may be named there; `typo` where it is misspelt."""

    start: int
    end: int
    key: str
    names: tuple[Name, ...]
    typo: bool = False


class Gazetteer:
    """All labels of a pack, in the forms in which people write them.

    Attributes:
        titles: the entries of items.
        people: the entries of people.
        vocabulary: words that are no names: of the language, and of labels of concepts.
        known: the vocabulary and the words of all cues; any other word is strange.
    """

    def __init__(self, schema: Schema, entries: Iterable[Entry], cues: Cues) -> None:
        entries = tuple(entries)
        self.cues = cues
        self._name_slot = schema.name_slot.name
        self._person_slots = _person_slots(schema, entries)
        self._codes = frozenset(slot.name for slot in schema.slots if slot.kind == "code")
        self.titles = tuple(entry for entry in entries if self.is_title(entry))
        self.people = tuple(entry for entry in entries if self.is_person(entry))
        self._labels = {entry.iri: entry.value for entry in entries}
        self._names, self._clipped = self._all_forms(entries)
        self._automaton = _automaton(self._names)
        self._plain = frozenset(noun for nouns in schema.nouns.values() for noun in nouns) | frozenset(
            form for form, names in self._names.items() if " " not in form and self._is_label(names)
        )
        self.vocabulary = self._vocabulary()
        self.known = self.vocabulary | cues.vocabulary
        self._titles = [form for form, names in self._names.items() if self.is_title(names[0].entry)]
        self._typos = Typos(
            {form: self._weight(names) for form, names in self._names.items()}, self._allowed, self._is_loose
        )

    # --- kinds of entries ---

    def is_person(self, entry: Entry) -> bool:
        """Say whether an entry is a person: the slots that it can fill are those that people share."""
        return bool(self._person_slots.intersection(entry.slots))

    def names_people(self, slot: str) -> bool:
        """Say whether the values of a slot are people."""
        return slot in self._person_slots

    def is_title(self, entry: Entry) -> bool:
        """Say whether an entry is an item."""
        return entry.slots[0] == self._name_slot

    def label(self, iri: str) -> str:
        """Return the English label of a node, an empty text for an unknown one."""
        return self._labels.get(iri, "")

    def _is_label(self, names: Iterable[Name]) -> bool:
        """Say whether a form names concepts or codes alone."""
        return not any(self.is_title(name.entry) or self.is_person(name.entry) for name in names)

    # --- forms ---

    def _all_forms(self, entries: Iterable[Entry]) -> tuple[dict[str, list[Name]], frozenset[str]]:
        """Return what each form names, and the forms of titles that lack their article."""
        names: dict[str, list[Name]] = defaultdict(list)
        own: set[str] = set()
        known: set[tuple[str, str]] = set()
        for entry in entries:
            own.add(key_of(entry.surface))
            for form, name in self._forms(entry):
                if form and ((form, entry.iri) not in known or not entry.iri):
                    names[form].append(name)
                    known.add((form, entry.iri))
        clipped = {form for form in names.keys() - own if not self._is_shared_beginning(form, names[form])}
        names = {form: names[form] for form in names if form in own or form in clipped}
        return names, frozenset(clipped)

    def _forms(self, entry: Entry) -> Iterator[tuple[str, Name]]:
        """Yield the keys under which an entry is found, and what each stands for."""
        form, name = key_of(entry.surface), Name(entry)
        yield form, name
        if "'" in entry.surface or "’" in entry.surface:
            yield key_of(entry.surface.replace("'", "").replace("’", "")), name
        if " " in form and (not form.isascii() or self._codes.intersection(entry.slots)):
            yield form.replace(" ", ""), name
        first, _, rest = form.partition(" ")
        if first in self.cues.words.get("articles", ()) and len(rest) > 2:
            yield rest, name
            form = form if self.is_title(entry) else rest
        if self.is_person(entry):
            yield from ((part, Name(entry, whole)) for part, whole in _parts_of_name(entry.surface))
        elif self.is_title(entry):
            yield from ((part, name) for part in self._title_parts(form))
        elif not self._codes.intersection(entry.slots):
            yield from ((other, Name(entry, inflected=True)) for other in self._inflected(form))

    def _inflected(self, form: str) -> Iterator[str]:
        """Yield the other number of a noun: robots, robot; comedy, comedies."""
        if len(form) < _INFLECTED or is_han(form[-1]):
            return
        for pair in self.cues.words.get("endings", ()):
            one, many = pair.split(">")
            if form.endswith(many):
                yield form[: len(form) - len(many)] + one
            if form.endswith(one):
                yield form[: len(form) - len(one)] + many

    def _is_shared_beginning(self, form: str, names: Sequence[Name]) -> bool:
        """Say whether a Chinese form is the beginning of several titles, and so stands for none."""
        titles = {name.entry.iri for name in names if self.is_title(name.entry)}
        return is_han(form[0]) and len(titles) > 1

    def _title_parts(self, form: str) -> Iterator[str]:
        """Yield the parts of a Chinese title that may stand for all of it: 肖申克, 大圣娶亲."""
        first = form[:1]
        if (
            not is_han(first)
            or " " in form
            or first in self.cues.words["function"] | self.cues.numerals.keys()
        ):
            return
        yield from (form[:length] for length in range(_BEGINNING, len(form)))
        parts = (form[low:high] for low, high in combinations(range(1, len(form) + 1), 2))
        ends = self.cues.words["function"]
        yield from (p for p in parts if len(p) >= _MIDDLE and p[0] not in ends and p[-1] not in ends)

    def is_clipped(self, form: str) -> bool:
        """Say whether a form is only a part of what it names."""
        return form in self._clipped

    def _vocabulary(self) -> frozenset[str]:
        labels = (
            word for form, names in self._names.items() if self._is_label(names) for word in form.split()
        )
        cues = (self.cues.words.get(kind, frozenset()) for kind in ("function", "everyday", "pronouns"))
        return frozenset(word.replace("'", "") for word in self._plain.union(labels, *cues))

    # --- titles that are words ---

    def is_doubtful(self, form: str) -> bool:
        """Say whether a title could as well be plain words: all of them are everyday words or digits.

        Two telling words side by side are a title (Die Hard), unless they are labels or nouns (Scary Movie).
        """
        words = form.split()
        if form in self._clipped and len(words) == 1:
            return True
        if not all(word in self.vocabulary or word.isdigit() for word in words):
            return False
        function = self.cues.words["function"]
        telling = [word for word in words if word not in function and not word.isdigit()]
        return len(telling) < 2 or self.is_plain(form)

    def is_plain(self, form: str) -> bool:
        """Say whether a form is made of labels, nouns and function words alone."""
        return all(word in self._plain or word in self.cues.words["function"] for word in form.split())

    # --- looking ---

    def exact(self, keyed: Folded) -> list[Hit]:
        """Return every place where a label stands, whole words only, overlapping ones included."""
        hits = []
        for last, form in self._automaton.iter(keyed.text) if self._names else ():
            start, end = last - len(form) + 1, last + 1
            if _is_bounded(keyed.text, start, end):
                hits.append(self._hit(keyed, start, end, form))
        return hits

    def misspelt(self, keyed: Folded, exact: Sequence[Hit]) -> list[Hit]:
        """Return labels written with a typo; each holds a word that is in no exact label and strange otherwise."""
        taken = [(hit.start, hit.end) for hit in exact]
        strange = [
            (word.start(), word.end())
            for word in re.finditer(r"[a-z]{3,}", keyed.text)
            if word[0] not in self.known
            and all(keyed.starts[word.end() - 1] < a or keyed.starts[word.start()] >= b for a, b in taken)
            and not self._typos.is_near(word[0], self.cues.words["function"])
        ]
        hits = [self._hit(keyed, *found, typo=True) for found in self._typos.find(keyed.text, strange)]
        return [hit for hit in hits if not _END.search(keyed.original[hit.start : hit.end])]

    def _hit(self, keyed: Folded, start: int, end: int, form: str, typo: bool = False) -> Hit:
        first, last = keyed.starts[start], keyed.starts[end - 1] + 1
        return Hit(first, last, form, tuple(self._names[form]), typo)

    def _weight(self, names: Iterable[Name]) -> float:
        return max(name.entry.weight for name in names)

    def _allowed(self, form: str) -> int:
        """Return how many typos a form may have; short ones, surnames and labels are too like other words."""
        names = self._names[form]
        if form[-1].isdigit() or not form.isascii():
            return 0
        if any(name.whole and not self._is_label([name]) for name in names):
            telling = [word for word in form.split() if word not in self.cues.words["function"]]
            least = 5 if len(telling) > 1 else 7
            return (1 if len(form) < 8 else 2) if sum(map(len, telling)) >= least else 0
        least = 6 if names[0].whole else 7
        return int(len(form) >= (9 if names[0].inflected else least))

    def _is_loose(self, form: str) -> bool:
        """Say whether blanks may be missing in a form: in names they often are (spiderman)."""
        return not self._is_label(self._names[form])

    def similar_titles(self, words: str) -> list[Entry]:
        """Return the items whose names are nearest to some words, if they are near enough to ask whether one was meant."""
        form = key_of(words)
        if not form or not self._titles:
            return []
        found = process.extract(
            form, self._titles, scorer=fuzz.ratio, score_cutoff=_NEAR_TITLE, limit=2 * _NAMED
        )
        near = {self._names[title][0].entry.iri: self._names[title][0].entry for title, _, _ in found}
        return list(near.values())[:_NAMED]


def share_weight(entries: Iterable[Entry], share: float) -> float:
    """Return the weight that a share of the nodes, the best known ones, have at least."""
    weights = sorted({entry.iri: entry.weight for entry in entries}.values(), reverse=True)
    return weights[min(int(share * len(weights)), len(weights) - 1)] if weights else 0.0


def _person_slots(schema: Schema, entries: Iterable[Entry]) -> frozenset[str]:
    """Return the slots whose values are people: those that share values with one another."""
    together = {slot for entry in entries if len(entry.slots) > 1 for slot in entry.slots}
    return frozenset(slot.name for slot in schema.slots if slot.name in together and slot.kind == "entity")


def _parts_of_name(surface: str) -> Iterator[tuple[str, bool]]:
    """Yield the surname of a person, and the first two of more than two names."""
    parts = [key_of(part) for part in re.split(r"[\s·•]+", surface) if part]
    if len(parts) > 2:
        yield " ".join(parts[:2]), True
    if len(parts) > 1 and len(parts[-1]) > 1:
        yield parts[-1], False


def _automaton(forms: Iterable[str]) -> ahocorasick.Automaton:
    automaton = ahocorasick.Automaton()
    for form in forms:
        automaton.add_word(form, form)
    automaton.make_automaton()
    return automaton


def _is_bounded(text: str, start: int, end: int) -> bool:
    """Say whether a match takes whole words; between Chinese characters there is no boundary to keep."""
    left = start == 0 or not (is_wordlike(text[start]) and is_wordlike(text[start - 1]))
    return left and (end == len(text) or not (is_wordlike(text[end - 1]) and is_wordlike(text[end])))
