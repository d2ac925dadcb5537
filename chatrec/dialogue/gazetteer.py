"""Where the labels of a pack stand in a message: exact ones by Aho-Corasick, misspelt ones by edit distance."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import ahocorasick
from rapidfuzz.distance import OSA

from chatrec.dialogue.cues import Cues
from chatrec.dialogue.folding import Folded, is_han, is_wordlike, key_of
from chatrec.dialogue.values import Entry, Schema

_MAX_WORDS = 6
"""Longest run of words that is compared with labels for typos."""

_INFLECTED = 4
"""Letters that a word needs to have a singular or plural made of it."""

_MAX_ODD = 12
"""How many unknown words of a message are compared, so that a long message stays quick."""


@dataclass(frozen=True, slots=True)
class Name:
    """A way to write an entry: its label, a variant (`whole` still), or only a surname (`whole` is false)."""

    entry: Entry
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Hit:
    """A place in a folded text and what may be named there; `typo` where it is misspelt."""

    start: int
    end: int
    key: str
    names: tuple[Name, ...]
    typo: bool = False


class Gazetteer:
    """All labels of a pack, in the forms in which people write them."""

    def __init__(self, schema: Schema, entries: Iterable[Entry], cues: Cues) -> None:
        self.cues = cues
        self.name_slot = schema.name_slot.name
        self.people = tuple(entry for entry in entries if self.is_person(entry))
        self._clipped: set[str] = set()
        self._own = {key_of(entry.surface) for entry in entries}
        self._names: dict[str, list[Name]] = defaultdict(list)
        kinds = {slot.name: slot.kind for slot in schema.slots}
        self._people = _slots_of_people(schema, entries := tuple(entries))
        for entry in entries:
            for form, whole in self._forms(entry, kinds):
                if form and all(name.entry.iri != entry.iri or not entry.iri for name in self._names[form]):
                    self._names[form].append(Name(entry, whole))
        self._labels = {entry.iri: entry.value for entry in entries}
        self._automaton = _automaton(self._names)
        self._buckets = self._typo_buckets()
        self._plain = self._words_of_labels(schema, entries)
        self._concepts = frozenset(
            form for form, names in self._names.items() if not any(n.entry.slots[0] == self.name_slot or self.is_person(n.entry) for n in names)
        )
        self.vocabulary = self._vocabulary()
        self.known = self.vocabulary | cues.vocabulary

    def _forms(self, entry: Entry, kinds: Mapping[str, str]) -> Iterator[tuple[str, bool]]:
        """Yield the keys under which an entry is found, and whether each stands for the whole name."""
        form = key_of(entry.surface)
        yield form, True
        if (joined := key_of(entry.surface.replace("'", "").replace("’", ""))) != form:
            yield joined, True
        if any(is_han(character) for character in form):
            yield form.replace(" ", ""), True
        first, _, rest = form.partition(" ")
        if first in self.cues.words.get("articles", ()) and len(rest) > 2:
            yield rest, True
            self._clipped.add(rest)
            form = rest if entry.slots[0] != self.name_slot else form
        if self.is_person(entry):
            yield from _parts_of_name(entry.surface)
        elif entry.slots[0] != self.name_slot and kinds[entry.slots[0]] == "entity" and not is_han(form[:1]):
            yield from ((other, True) for other in self._inflected(form))

    def _inflected(self, form: str) -> Iterator[str]:
        """Yield the other number of a noun: robots, robot; comedy, comedies."""
        if len(form) < _INFLECTED:
            return
        for pair in self.cues.words.get("endings", ()):
            one, many = pair.split(">")
            if form.endswith(many):
                yield form[: len(form) - len(many)] + one
            if form.endswith(one):
                yield form[: len(form) - len(one)] + many

    def is_person(self, entry: Entry) -> bool:
        """Say whether an entry is a person: the slots that it can fill are those that people share."""
        return bool(self._people.intersection(entry.slots))

    def names_people(self, slot: str) -> bool:
        """Say whether the values of a slot are people."""
        return slot in self._people

    def _vocabulary(self) -> frozenset[str]:
        """Return the words that are no names."""
        words = self._plain.union(*(form.split() for form in self._concepts), *(self.cues.words.get(k, ()) for k in ("function", "everyday", "pronouns")))
        return frozenset(word.replace("'", "") for word in words)

    def _words_of_labels(self, schema: Schema, entries: Iterable[Entry]) -> frozenset[str]:
        """Return the words of which labels of concepts and the pack's nouns are made."""
        words = {noun for nouns in schema.nouns.values() for noun in nouns}
        for entry in entries:
            if entry.slots[0] != self.name_slot and not self.is_person(entry):
                form = key_of(entry.surface).split()
                words.update(form if len(form) == 1 else ())
        return frozenset(words)

    def is_doubtful(self, form: str) -> bool:
        """Say whether a title could as well be plain words: all of them are everyday words or digits.

        Two telling words side by side are a title (Die Hard), unless they are labels or nouns (Scary Movie).
        """
        words = form.split()
        if form in self._clipped - self._own and len(words) == 1:
            return True
        if not all(word in self.vocabulary or word.isdigit() for word in words):
            return False
        function = self.cues.words.get("function", frozenset())
        telling = [word for word in words if word not in function and not word.isdigit()]
        return len(telling) < 2 or self.is_plain(form)

    def is_plain(self, form: str) -> bool:
        """Say whether a form is made of labels, nouns and function words alone."""
        return all(word in self._plain or word in self.cues.words.get("function", ()) for word in form.split())

    def label(self, iri: str) -> str:
        """Return the English label of a node."""
        return self._labels.get(iri, "")

    def exact(self, keyed: Folded) -> list[Hit]:
        """Return every place where a label stands, whole words only, overlapping ones included."""
        hits = []
        for last, form in self._automaton.iter(keyed.text) if self._names else ():
            start, end = last - len(form) + 1, last + 1
            if _bounded(keyed.text, start, end):
                names = tuple(self._names[form])
                hits.append(Hit(keyed.starts[start], keyed.starts[end - 1] + 1, form, names))
        return hits

    def _typo_buckets(self) -> dict[tuple[str, int], list[str]]:
        """Index the forms that typos are sought for by first letter and length."""
        buckets: dict[tuple[str, int], list[str]] = defaultdict(list)
        for form, names in self._names.items():
            long_enough = any(len(form) >= self._least(name) for name in names)
            if long_enough and all(is_wordlike(c) or c == " " for c in form) and not form[-1].isdigit():
                buckets[form[0], len(form)].append(form)
        return buckets

    def _is_name(self, name: Name) -> bool:
        """Say whether this is the whole name of an item or a person."""
        return name.whole and (name.entry.slots[0] == self.name_slot or self.is_person(name.entry))

    def _least(self, name: Name) -> int:
        """Return the letters that a name needs for its typos to be told from other words."""
        return (5 if self._is_name(name) else 6) if name.whole else 7

    def _resembles_word(self, word: str) -> bool:
        """Say whether an unknown word is most likely a misspelt word of the language: `somthing`."""
        function = self.cues.words.get("function", frozenset())
        return len(word) > 4 and any(abs(len(word) - len(w)) < 2 and OSA.distance(word, w) == 1 for w in function if len(w) > 4)

    def misspelt(self, keyed: Folded, exact: Iterable[Hit]) -> list[Hit]:
        """Return labels written with a typo; each holds a word that is in no exact label and not known otherwise."""
        hits: list[Hit] = []
        for start, end in self._windows(keyed, [(hit.start, hit.end) for hit in exact]):
            first, last = keyed.starts[start], keyed.starts[end - 1] + 1
            if any(first < hit.end and last > hit.start for hit in hits):
                continue
            form = self._nearest(keyed.text[start:end])
            if form:
                hits.append(Hit(first, last, form, tuple(self._names[form]), typo=True))
        return hits

    def _windows(self, keyed: Folded, taken: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """Return the runs of words that hold an unknown word and no label, the longest first."""
        words = [(m.start(), m.end()) for m in re.finditer(r"[a-z0-9]+", keyed.text)]
        free = [all(keyed.starts[e - 1] < a or keyed.starts[s] >= b for a, b in taken) for s, e in words]
        odd = [
            i
            for i, (s, e) in enumerate(words)
            if free[i]
            and e - s > 2
            and keyed.text[s:e] not in self.known
            and not keyed.text[s:e].isdigit()
            and not self._resembles_word(keyed.text[s:e])
        ]
        runs = {
            (first, first + size)
            for at in odd[:_MAX_ODD]
            for size in range(1, _MAX_WORDS + 1)
            for first in range(max(0, at - size + 1), min(at, len(words) - size) + 1)
        }
        spans = [(words[first][0], words[last - 1][1]) for first, last in runs]
        return sorted((s for s in spans if s[1] - s[0] >= 5), key=lambda s: (s[0] - s[1], s[0]))

    def _nearest(self, words: str) -> str | None:
        """Return the form at the smallest distance: one typo in a short name or a surname, two in a long one."""
        allowed = 1 if len(words) < 8 else 2
        best: tuple[float, str] | None = None
        for length in range(len(words) - allowed, len(words) + allowed + 1):
            for form in self._buckets.get((words[0], length), ()):
                names = self._names[form]
                most = allowed if any(self._is_name(name) for name in names) else 1
                distance = OSA.distance(words, form, score_cutoff=most)
                if 0 < distance <= most:
                    rank = distance - min(max(name.entry.weight for name in names), 999) / 1000
                    best = min(best, (rank, form)) if best else (rank, form)
        return best[1] if best else None

    def similar_title(self, words: str) -> Entry | None:
        """Return the item whose name is nearest to some words, if it is near enough to ask whether it was meant."""
        from rapidfuzz import fuzz, process  # only unknown titles need it

        form = key_of(words)
        titles = [f for f, names in self._names.items() if names[0].entry.slots[0] == self.name_slot]
        found = process.extractOne(form, titles, scorer=fuzz.ratio, score_cutoff=75) if form else None
        return self._names[found[0]][0].entry if found else None


def _slots_of_people(schema: Schema, entries: Iterable[Entry]) -> frozenset[str]:
    """Return the slots whose values are people: those that share values with one another."""
    together: set[str] = set()
    for entry in entries:
        if len(entry.slots) > 1:
            together.update(entry.slots)
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


def _bounded(text: str, start: int, end: int) -> bool:
    """Say whether a match takes whole words; between Chinese characters there is no boundary to keep."""
    left = start == 0 or not (is_wordlike(text[start]) and is_wordlike(text[start - 1]))
    return left and (end == len(text) or not (is_wordlike(text[end - 1]) and is_wordlike(text[end])))
