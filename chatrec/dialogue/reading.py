"""One message as it is read: what it names, counts and points at, and the acts that follow."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import cast

from chatrec.dialogue.clauses import Clauses, Event, Sentence, overlaps, sentences
from chatrec.dialogue.folding import Folded, is_han
from chatrec.dialogue.mentions import Finder, Mention
from chatrec.dialogue.numbers import Numeric, find_numbers
from chatrec.dialogue.references import Reference, find_references
from chatrec.dialogue.same import Shared, find_shared, shared_acts
from chatrec.dialogue.unknown import find_unknown
from chatrec.dialogue.values import Act, Operator, Polarity, State

_TITLE_ACTS: dict[str, tuple[str, Polarity]] = {
    "wish": ("like", "like"),
    "like": ("like", "like"),
    "love": ("like", "like"),
    "similar": ("like", "like"),
    "hate": ("dislike", "dislike"),
    "avoid": ("dislike", "dislike"),
    "seen": ("seen", "neutral"),
    "unseen": ("ask", "neutral"),
    "about": ("ask", "neutral"),
}
_VALUE_ACTS: dict[str, tuple[str, Polarity]] = {
    "love": ("like", "like"),
    "hate": ("dislike", "dislike"),
    "avoid": ("inform", "dislike"),
}
_SMALL_TALK = ("greet", "thank", "close", "chitchat")
_POINTED = ("like", "love", "hate", "similar", "seen")


def bare(text: str) -> str:
    """Return a folded text without the punctuation around it."""
    return text.strip(" .!?,。~…")


class Reading:
    """A message under reading. Everything in it is in positions of the folded text."""

    def __init__(self, folded: Folded, finder: Finder, state: State) -> None:
        self.folded, self.finder, self.state = folded, finder, state
        self.text, self.cues = folded.text, finder.cues
        named = finder.find(folded)
        self.sentences = sentences(self.text, self.cues, named)
        self.switches = tuple(self._switches())
        commands = [*self.switches, *self._restarts()]
        talk = self._small_talk()
        named = tuple(
            m for m in named if not any(overlaps(m, e) for e in talk) and (m.title or not any(overlaps(m, e) for e in commands))
        )
        self.numbers = self._numbers(named)
        self.shared = find_shared(self)
        self.questions = self._questions(named)
        inside = [*self.numbers, *(event for events in self.questions.values() for event in events)]
        self.mentions = tuple(m for m in named if m.title or not any(overlaps(m, span) for span in inside))
        self.references = find_references(self.text, self.cues, self.mentions, state)
        self.clauses = Clauses(self.text, self.cues, self.mentions, self.numbers)

    def _numbers(self, named: Sequence[Mention]) -> tuple[Numeric, ...]:
        """Return the numbers, but not those within a longer name."""
        found = find_numbers(self.text, self.cues)
        return tuple(
            n
            for n in found
            if not any(overlaps(n, m) and (m.title or m.end - m.start > n.end - n.start) for m in named)
        )

    def _switches(self) -> Iterator[Event]:
        """Yield the places that ask for another language to speak; the kind is its code."""
        for language in self.finder.schema.languages:
            for found in self.cues.find(f"switch_{language}", self.text):
                yield Event(found.start(), found.end(), language)
            for said in self.sentences:
                if self.cues.is_all(f"switch_{language}_alone", bare(self.text[said.start : said.end])):
                    yield Event(said.start, said.end, language)

    def _small_talk(self) -> list[Event]:
        """Return the sentences that are small talk as a whole: nothing in them is a wish."""
        spans = [Event(s.start, s.end, bare(self.text[s.start : s.end])) for s in self.sentences]
        return [s for s in spans if any(self.cues.is_all(purpose, s.kind) for purpose in _SMALL_TALK)]

    def _restarts(self) -> list[Event]:
        return [Event(m.start(), m.end(), "restart") for m in self.cues.find("restart", self.text)]

    def _questions(self, named: Sequence[Mention]) -> dict[str, list[Event]]:
        """Return the questions about an item, by the slot they ask for; those inside a title do not count."""
        titles = [m for m in named if m.title]
        found: dict[str, list[Event]] = {
            slot: [
                Event(m.start(), m.end(), slot)
                for m in pattern.finditer(self.text)
                if not any(t.start <= m.start() and m.end() <= t.end for t in titles)
                and not any(span.start <= m.start() < span.end for span in self._small_talk())
                and not any(span.start < m.end() and m.start() < span.end for span in self.shared)
            ]
            for slot, pattern in self.cues.ask.items()
        }
        for event in (*self._noun_questions(titles), *self._slot_questions()):
            found.setdefault(event.kind, []).append(event)
        return {slot: events for slot, events in found.items() if events}

    def _slot_questions(self) -> Iterator[Event]:
        """Yield questions that name a slot and ask for it: `the runtime?`, `语言是什么`."""
        for slot, pattern in self.cues.names.items():
            for found in pattern.finditer(self.text):
                after = self.text[found.end() : found.end() + 12].lstrip()
                asked = next(self.cues.find("asked_after", after), None)
                if asked and asked.start() == 0:
                    yield Event(found.start(), found.end(), slot)

    def _noun_questions(self, titles: Sequence[Mention]) -> Iterator[Event]:
        """Yield questions without a verb, of a title and the name of a slot alone: `director of X`, `X cast`."""
        glue = self.cues.words.get("glue", frozenset())
        for said in self.sentences:
            within = [m for m in titles if said.start <= m.start < said.end]
            if len(within) != 1:
                continue
            before, after = self.text[said.start : within[0].start], self.text[within[0].end : said.end]
            for slot, pattern in self.cues.names.items():
                found = pattern.search(f"{before} {after}")
                rest = pattern.sub(" ", f"{before} {after}")
                if found and all(word in glue for word in re.findall(r"[^\W_]", rest) + re.findall(r"[^\W_]+", rest)):
                    yield Event(said.start, said.end, slot)

    @cached_property
    def titles(self) -> tuple[Mention, ...]:
        """The items that are named."""
        return tuple(m for m in self.mentions if m.title and m.held)

    @cached_property
    def rivals(self) -> tuple[Mention, ...]:
        """The items between which a question asks to choose: `X or Y?`."""
        found: list[Mention] = []
        for one, other in zip(self.titles, self.titles[1:], strict=False):
            between = self.text[one.end : other.start].strip(' "\'》《,')
            if self.sentence_of(one).question and self.cues.is_all("either", between):
                felt = [self.clauses.governor(m) for m in (one, other)]
                found += [one, other] if all(kind in ("", "wish", "unseen") for kind in felt) else []
        return tuple(found)

    def acts(self) -> list[Act]:
        """Return the acts that carry a slot."""
        return [
            *self._value_acts(),
            *self._title_acts(),
            *self._pointed_acts(),
            *self._number_acts(),
            *self._question_acts(),
            *self._other_questions(),
            *self._forget_acts(),
            *shared_acts(self),
            *find_unknown(self),
        ]

    def act(self, name: str, span: Mention | Numeric | Reference | Event, **more: object) -> Act:
        """Return an act with the words of a span."""
        words, at = self.folded.span(span.start, span.end)
        return Act(name, text=words, start=at, **more)  # type: ignore[arg-type]

    def sentence_of(self, span: Mention | Numeric | Reference | Event | Shared) -> Sentence:
        """Return the sentence in which a span stands."""
        return next(
            (s for s in self.sentences if s.start <= span.start < s.end), Sentence(0, len(self.text), False)
        )

    def asked_in(self, sentence: Sentence) -> list[Event]:
        """Return the questions of a sentence, the longest of overlapping ones."""
        every = [
            e
            for events in self.questions.values()
            for e in events
            if sentence.start <= e.start < sentence.end
        ]
        chosen: list[Event] = []
        for event in sorted(every, key=lambda e: (e.start - e.end, e.start)):
            if not any(overlaps(event, other) for other in chosen):
                chosen.append(event)
        return chosen

    # --- what is named ---

    def _value_acts(self) -> Iterator[Act]:
        for mention in self.mentions:
            if mention.title or self._is_answer(mention):
                continue
            governor = self.clauses.governor(mention)
            slot, value, iri = mention.slot, mention.value, mention.iri
            if governor == "drop":
                yield self.act("forget", mention, slot=slot, op="-", value=value, iri=iri, polarity="neutral")
            elif self._is_asked_of_item(mention):
                yield self.act("ask", mention, slot=slot, op="?", polarity="neutral")
            else:
                name, polarity = _VALUE_ACTS.get(governor, ("inform", "like"))
                join = self._join(mention)
                yield self.act(name, mention, slot=slot, value=value, iri=iri, polarity=polarity, join=join)

    def _join(self, mention: Mention | Numeric) -> str:
        """Say whether a wish is said to come on top of the earlier ones or to take their place."""
        sentence = self.sentence_of(mention)
        said = self.text[sentence.start : sentence.end]
        if self.cues.has("in_place", said):
            return "instead"
        return "also" if self.cues.has("as_well", said) else ""

    def _is_answer(self, mention: Mention) -> bool:
        """Say whether a value only spells out a question: `is it based on a true story`."""
        return any(event.kind == mention.slot for event in self.asked_in(self.sentence_of(mention)))

    def _is_asked_of_item(self, mention: Mention | Numeric) -> bool:
        """Say whether a value or a number is asked about an item: `is it scary?`."""
        sentence = self.sentence_of(mention)
        before = self._pronominal(sentence.start, mention.start)
        return sentence.question and any(m.start() <= 2 for m in self.cues.find("yes_no", before))

    def _pronominal(self, start: int, end: int) -> str:
        """Return a piece of the text with a pronoun in place of each title, to read `is X scary` like `is it scary`."""
        pieces, at = [], start
        for title in (m for m in self.titles if start <= m.start and m.end <= end):
            pieces += [self.text[at : title.start], "它" if is_han(self.text[title.start]) else "it"]
            at = title.end
        return "".join([*pieces, self.text[at:end]])

    def _title_acts(self) -> Iterator[Act]:
        spoken = {act.iri for act in self._pointed_acts()}
        for mention in self.titles:
            governor = self.clauses.governor(mention)
            name, polarity = self._title_act(mention, governor)
            op: Operator = "-" if name == "forget" else "="
            if governor or mention.iri not in spoken:
                yield self._of_title(mention, name, polarity, op)
            if name == "seen" and (verdict := self.clauses.verdict(mention)):
                yield self._of_title(mention, *_TITLE_ACTS[verdict])

    def _of_title(self, mention: Mention, name: str, polarity: Polarity, op: Operator = "=") -> Act:
        value, iri = mention.value, mention.iri
        return self.act(name, mention, slot=mention.slot, op=op, value=value, iri=iri, polarity=polarity, item=True)

    def _title_act(self, mention: Mention, governor: str) -> tuple[str, Polarity]:
        sentence = self.sentence_of(mention)
        if governor == "drop":
            return "forget", "neutral"
        said = self.text[sentence.start : sentence.end]
        rival = governor in ("", "wish", "unseen") and mention in self.rivals
        compared = rival or self._is_measure(mention) or self.cues.has("compare", said) or self.cues.has("explain", said)
        if compared or (self.asked_in(sentence) and governor in ("", "wish", "about", "unseen", "similar")):
            return "ask", "neutral"
        if not governor and sentence.question and not self.cues.has("similar", self.text):
            return "ask", "neutral"
        return _TITLE_ACTS.get(governor, ("like", "like"))

    def _is_measure(self, mention: Mention) -> bool:
        """Say whether an item only measures a comparison: `newer than X`."""
        return any(
            n.relative
            and n.end <= mention.start
            and self.cues.is_all("than", self.text[n.end : mention.start].strip())
            for n in self.numbers
        )

    def _pointed_acts(self) -> Iterator[Act]:
        """Yield what is felt about items that are pointed at: `loved it`, `I've seen the first one`."""
        for reference in self.references:
            governor = self._governor_of(reference)
            if governor in _POINTED:
                name, polarity = _TITLE_ACTS[governor]
                for item in self._items(reference.items):
                    yield self.act(
                        name,
                        reference,
                        slot=self.finder.name_slot,
                        value=item[1],
                        iri=item[0],
                        polarity=polarity,
                        item=True,
                    )

    def _governor_of(self, reference: Reference) -> str:
        clauses = Clauses(self.text, self.cues, [*self.mentions, reference], self.numbers)
        return clauses.governor(reference)

    def _items(self, iris: Sequence[str]) -> list[tuple[str, str]]:
        """Return items and their English names."""
        return [(iri, self.finder.gazetteer.label(iri)) for iri in iris]

    # --- numbers ---

    def _number_acts(self) -> Iterator[Act]:
        for number in self.numbers:
            if number.slot == "count":
                yield self.act("request", number, value=number.bounds[0][1], polarity="neutral")
                continue
            sentence = self.sentence_of(number)
            if any(overlaps(number, e) for e in self.asked_in(sentence)) or self._compares(number, sentence):
                continue
            if self._is_asked_of_item(number):
                yield self.act("ask", number, slot=number.slot, op="?", polarity="neutral")
                continue
            wish = number.inverted() if self.clauses.governor(number) in ("avoid", "hate") else number
            base = self._measure(number) if number.relative else None
            if self.clauses.governor(number) == "drop":
                yield self.act("forget", number, slot=number.slot, op="-", polarity="neutral")
                continue
            bounds = wish.otherwise if number.relative and base is None else wish.bounds
            for op, value in bounds:
                if value is not None or base is not None:
                    yield self.act(
                        "inform", number, slot=wish.slot, op=op, value=base if value is None else value
                    )

    def _compares(self, number: Numeric, sentence: Sentence) -> bool:
        """Say whether a relative number belongs to a comparison: `which is longer`."""
        return number.relative and self.cues.has("compare", self.text[sentence.start : sentence.end])

    def _measure(self, number: Numeric) -> int | None:
        """Return what a relative number is compared with: an item named here, else in focus, else liked."""
        after = [m.iri for m in self.titles if self._is_measure(m)]
        liked = [
            m.iri for m in self.titles if self._title_act(m, self.clauses.governor(m))[0] in ("like", "ask")
        ]
        known = [*after, *liked, *self.state.focus[:1], *self.state.likes[-1:]]
        for item in self.finder.items_of(tuple(known[:1])):
            for fact in item.facts.get(number.slot, ()):
                return int(fact.triple[2])
        return None

    # --- questions ---

    def _question_acts(self) -> Iterator[Act]:
        for sentence in self.sentences:
            for event in self.asked_in(sentence):
                if not self._is_about_item(event, sentence):
                    continue
                yield self.act("ask", event, slot=event.kind, op="?", polarity="neutral")
                for iri, name in self._items(self.target(sentence)):
                    yield Act("ask", self.finder.name_slot, "=", name, iri, "neutral", item=True)

    def _other_questions(self) -> Iterator[Act]:
        """Yield a question without a slot where something is asked that no slot answers: box office, awards."""
        for sentence in self.sentences:
            said = self.text[sentence.start : sentence.end]
            if not self.asked_in(sentence) and self.cues.has("ask_else", said) and self.target(sentence):
                yield Act("ask", op="?", polarity="neutral", text=said.strip(), start=self.folded.starts[sentence.start])
                for iri, name in self._items(self.target(sentence)):
                    yield Act("ask", self.finder.name_slot, "=", name, iri, "neutral", item=True)

    def _is_about_item(self, event: Event, sentence: Sentence) -> bool:
        """A question needs something it can be about, or must be plainly one."""
        return bool(self.target(sentence)) or sentence.question

    def target(self, sentence: Sentence) -> tuple[str, ...]:
        """Return the items that a sentence is about: named in it, pointed at, named before, in focus."""
        named = [m.iri for m in self.titles if sentence.start <= m.start < sentence.end]
        pointed = [r for r in self.references if sentence.start <= r.start < sentence.end]
        counted = [iri for r in pointed if r.ordinal for iri in r.items]
        free = [iri for r in pointed for iri in r.items]
        before = [m.iri for m in self.titles][-1:]
        for choice in (named, counted, free, before, self.state.focus[:1]):
            if choice:
                return tuple(dict.fromkeys(choice))
        return ()

    # --- wishes dropped ---

    def _forget_acts(self) -> Iterator[Act]:
        for slot, pattern in self.cues.names.items():
            for found in pattern.finditer(self.text):
                event = Event(found.start(), found.end(), slot)
                near = self.text[max(0, found.start() - 30) : found.start()].rstrip()
                if any(overlaps(event, asked) for asked in self.asked_in(self.sentence_of(event))):
                    continue
                dropped = any(m.end() == len(near) for m in self.cues.find("drop_before", near))
                after = self.text[found.end() : found.end() + 30]
                if dropped or any(m.start() <= 4 for m in self.cues.find("after_drop", after)):
                    yield self.act("forget", event, slot=slot, op="-", polarity="neutral")
