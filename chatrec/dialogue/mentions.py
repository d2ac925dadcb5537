"""What a message names: of all the places where a label stands, those that are meant, and as what."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from chatrec.dialogue.cues import Cues
from chatrec.dialogue.folding import Folded, is_han, key, key_of
from chatrec.dialogue.gazetteer import Gazetteer, Hit
from chatrec.dialogue.people import People
from chatrec.dialogue.slots import Schema
from chatrec.dialogue.surroundings import Taken, beside, is_quoted
from chatrec.dialogue.titles import ItemsOf, Titles
from chatrec.dialogue.values import Entry

_MOST = 40
"""Mentions of one message that are read."""

_LIST_GAP = 8
"""Characters that may stand between two members of a list, such as a comma and `and`."""

_IN_BRACKETS = re.compile("《([^《》]*)》")


@dataclass(frozen=True, slots=True)
class Mention:
    """A value that is named: span in the folded text, the slot it fills, its English label and IRI.

    `held` is false for a title that only resembles one that is held: a sequel that the graph does not know. `parts` are
    the slots that a person fills for all that is said, where nothing says which: the likeliest is `slot`.
    """

    start: int
    end: int
    slot: str
    value: str
    iri: str
    title: bool = False
    held: bool = True
    parts: tuple[str, ...] = ()


class Finder:
    """Finds the mentions of a message."""

    def __init__(self, schema: Schema, gazetteer: Gazetteer, cues: Cues, items_of: ItemsOf) -> None:
        self.schema, self.gazetteer, self.cues, self.items_of = schema, gazetteer, cues, items_of
        self.titles, self.people = Titles(gazetteer, cues, items_of), People(gazetteer, cues)
        self.name_slot = schema.name_slot.name
        self.nouns = tuple(noun for nouns in schema.nouns.values() for noun in nouns)
        self.noun = _any_word(self.nouns)

    def find(self, folded: Folded) -> tuple[Mention, ...]:
        """Return the mentions in order; where several overlap, the longest that is meant."""
        keyed = key(folded)
        hits = self.gazetteer.exact(keyed)
        hits += self.gazetteer.misspelt(keyed, hits)
        taken, whole = Taken(len(folded.text)), keyed.text.strip()
        chosen: list[Mention] = []
        passed: list[Hit] = []
        for hit in sorted(hits, key=lambda h: (h.start - h.end, h.start)):
            if len(chosen) < _MOST and taken.is_free(hit) and not _cuts_brackets(folded, hit):
                mention = self._meant(folded, hit, whole)
                if mention:
                    taken.take(mention)
                    chosen.append(mention)
                else:
                    passed.append(hit)
        chosen += self._listed(folded, passed, chosen, taken)
        return tuple(sorted(chosen, key=lambda mention: mention.start))

    def _listed(
        self, folded: Folded, passed: Sequence[Hit], chosen: Sequence[Mention], taken: Taken
    ) -> list[Mention]:
        """Return the titles that only the list they stand in makes titles: speed in `die hard or speed`, up in `up or coco`."""
        edges = {(mention.start, mention.end) for mention in chosen if mention.title}
        found: list[Mention] = []
        for hit in sorted(passed, key=lambda hit: (hit.start, -hit.end)):
            titles = [name.entry for name in hit.names if self.gazetteer.is_title(name.entry)]
            if (
                titles
                and self._is_listed(folded, hit, edges)
                and taken.is_free(hit)
                and self.titles.is_listable(folded, hit)
            ):
                found.append(self._title(folded, hit, titles))
                taken.take(found[-1])
                edges.add((found[-1].start, found[-1].end))
        return found

    def _is_listed(self, folded: Folded, hit: Hit, edges: Iterable[tuple[int, int]]) -> bool:
        """Say whether a hit stands in one list with a title, given where the titles begin and end."""
        gaps = [(end, hit.start) for _, end in edges] + [(hit.end, start) for start, _ in edges]
        between = (folded.text[low:high].strip() for low, high in gaps if 0 < high - low <= _LIST_GAP)
        return any(
            self.cues.is_all(purpose, words) for words in between for purpose in ("list", "beside_title")
        )

    def _meant(self, folded: Folded, hit: Hit, whole: str) -> Mention | None:
        """Say what a hit means here: a title, a concept, a code, a person or nothing."""
        titles = [name.entry for name in hit.names if self.gazetteer.is_title(name.entry)]
        people = [name for name in hit.names if self.gazetteer.is_person(name.entry)]
        labels = [name.entry for name in hit.names if name.entry not in titles and name not in people]
        if labels and self._is_part_of_name(folded, hit):
            return None
        if titles and self._is_title(folded, hit, whole, labels):
            return self._title(folded, hit, titles)
        if labels:
            return self._label(folded, hit, labels)
        person = self.people.choose(folded, hit, people) if people else None
        return self._person(folded, hit, person) if person else None

    def _is_title(self, folded: Folded, hit: Hit, whole: str, labels: Sequence[Entry]) -> bool:
        """Say whether a title is meant; one that is a label with a capital of its own needs words that announce it."""
        clear = is_quoted(folded, hit) or self.titles.is_announced(folded, hit)
        if any(_is_name(entry) for entry in labels) and not clear:
            return False
        return self.titles.is_meant(folded, hit, whole, bool(labels))

    def _mention(self, hit: Hit, entry: Entry, slot: str) -> Mention:
        return Mention(hit.start, hit.end, slot, entry.value, entry.iri)

    def _title(self, folded: Folded, hit: Hit, entries: Sequence[Entry]) -> Mention:
        entry, end, held = self.titles.choose(folded, hit, entries)
        start = hit.start
        if end == hit.end:
            entry, start, held = self.titles.numbered(folded, hit, entry)
        value = entry.value if held else folded.span(start, end)[0]
        return Mention(start, end, self.name_slot, value, entry.iri, title=True, held=held)

    def _is_part_of_name(self, folded: Folded, hit: Hit) -> bool:
        """Say whether a label is only a part of a name that is not known: Road in Zzyzx Road."""
        words, _ = folded.span(hit.start, hit.end)
        strange = [word for word in beside(folded, hit) if word.lower() not in self.gazetteer.known]
        return words[0].isupper() and not words.isupper() and bool(strange)

    # --- which slot ---

    def _person(self, folded: Folded, hit: Hit, person: Entry) -> Mention:
        """Return the mention of a person, in the slot whose cue stands beside, else in the one they are known for."""
        role = next(self._roles(folded.text[hit.end :].lstrip()), "")
        announced = role or self._announced(folded, hit)
        if announced in person.slots or (role and self.gazetteer.names_people(role)):
            return self._mention(hit, person, announced)
        parts = tuple(slot for slot in person.slots if self.schema.slot(slot).question)
        return replace(self._mention(hit, person, person.slots[0]), parts=parts)

    def _announced(self, folded: Folded, hit: Hit) -> str:
        """Return the slot whose cue stands next to a hit; of several the longest cue's."""
        before, after = folded.text[: hit.start].rstrip(" \"'“"), folded.text[hit.end :].lstrip(" \"'”的")
        cues = [
            (cue, slot.name) for slot in self.schema.slots for words in slot.cues.values() for cue in words
        ]
        standing = [(len(cue), slot) for cue, slot in cues if _stands(cue.casefold(), before, after)]
        return max(standing, default=(0, ""))[1]

    def _roles(self, after: str) -> Iterator[str]:
        """Yield the slot that words right behind a person name: `as director`."""
        for slot in self.schema.slots:
            if any(found.start() == 0 for found in self.cues.find(f"role_{slot.name}", after)):
                yield slot.name
        for found in self.cues.find("as_role", after):
            if found.start() == 0:
                yield from (slot for slot, name in self.cues.names.items() if name.search(found[0]))

    # --- concepts and codes ---

    def _label(self, folded: Folded, hit: Hit, entries: Sequence[Entry]) -> Mention | None:
        """Return the concept or code meant; of several the one whose slot is announced, else the first slot's."""
        words, _ = folded.span(hit.start, hit.end)
        if hit.key in self.cues.words["pronouns"] and not words.isupper():
            return None
        followed = (*self.nouns, *self.cues.words.get("kind_after", ()))
        if hit.key in self.cues.words.get("needs_noun", ()) and not folded.text.startswith(followed, hit.end):
            return None
        announced = self._announced(folded, hit) or next(self._roles(folded.text[hit.end :].lstrip(" -")), "")
        fitting = [entry for entry in entries if announced in entry.slots]
        unsure = self.cues.words.get("needs_cue_if_shared", frozenset())
        plain = [entry for entry in entries if not unsure.intersection(entry.slots)]
        entry = min(fitting or plain or entries, key=lambda e: self.schema.slot(e.slots[0]).order)
        slot = announced if fitting else entry.slots[0]
        if self.schema.slot(slot).kind == "code" and not self._is_code(folded, hit, announced == slot):
            return None
        return self._mention(hit, entry, slot)

    def _is_code(self, folded: Folded, hit: Hit, announced: bool) -> bool:
        """Say whether a code is meant: one of a single letter needs its cue, a longer one its capitals."""
        words, _ = folded.span(hit.start, hit.end)
        after = folded.text[hit.end :].lstrip(" -")
        before = folded.text[: hit.start].rstrip(" -")
        followed = after.startswith(tuple(self.cues.words.get("code_after", ()))) or (
            words.isupper()
            and any(found.end() == len(before) for found in self.cues.find("code_before", before))
        )
        long = len(hit.key) > 1 and (words.isupper() or any(character.isdigit() for character in words))
        return announced or followed or long


def _is_name(entry: Entry) -> bool:
    """Say whether a label has capitals by itself, so that they tell nothing: Halloween."""
    return entry.surface.isascii() and entry.surface[:1].isupper() and not entry.surface.isupper()


def _cuts_brackets(folded: Folded, hit: Hit) -> bool:
    """Say whether a hit is only a piece of what stands in title brackets."""
    inside = (
        m for m in _IN_BRACKETS.finditer(folded.text) if m.start(1) <= hit.start and hit.end <= m.end(1)
    )
    return any(key_of(found[1]) != hit.key for found in inside)


def _any_word(words: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern for any of some words; those in Latin script stand for whole words."""
    return re.compile(
        "|".join(rf"\b{re.escape(w)}\b" if w.isascii() else re.escape(w) for w in words) or r"(?!)"
    )


def _stands(cue: str, before: str, after: str) -> bool:
    """Say whether a cue stands right before, as a whole word, or, in Chinese, right after."""
    if is_han(cue[0]):
        return before.endswith(cue) or after.startswith(cue)
    edge = len(before) - len(cue)
    return before.endswith(cue) and (edge == 0 or not before[edge - 1].isalnum())
