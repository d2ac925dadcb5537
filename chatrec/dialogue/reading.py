"""One message as it is read: what it names, counts, asks and points at, sentence by sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from chatrec.dialogue.clauses import Clauses, Event, Sentence, split
from chatrec.dialogue.folding import Folded, is_han
from chatrec.dialogue.mentions import Finder, Mention
from chatrec.dialogue.numbers import COUNT, Numeric, find_numbers
from chatrec.dialogue.questions import find_questions
from chatrec.dialogue.references import find_references
from chatrec.dialogue.surroundings import Span, overlaps
from chatrec.dialogue.unknown import find_unknown
from chatrec.dialogue.values import Act, Item, State

_SMALL_TALK = ("greet", "thank", "close", "chitchat")
_MOST_UNKNOWN = 5
"""Unknown titles of one message that are read; for each the nearest known one is looked for."""

_OPENING = 80
"""Characters of a sentence in which the words stand that make a question about an item of it."""

_COMPARED = 24
"""Characters before a comparison in which the word stands that compares."""

_MOST = 40
"""Numbers, questions and references of one message that are read."""

_UNDECIDED = ("", "wish", "unseen")


def bare(text: str) -> str:
    """Return a folded text without the punctuation around it."""
    return text.strip(" .!?,。~…")


class Reading:
    """A message under reading. All positions are those of the folded text.

    Attributes:
        sentences: its sentences.
        switches: where another language is asked for; the kind of each is its code.
        mentions: what is named and meant, in order.
        titles: the items among the mentions.
        numbers: years, lengths and counts.
        shared: where a value that an item has is wished for; the kind of each is the slot.
        questions: where something is asked about an item; the kind of each is the slot.
        open_questions: the same words where they say that any value will do.
        references: what is pointed at.
        clauses: the words that govern the mentions.
        unknown: titles that are meant and not held; the kind of each is the title.
    """

    def __init__(self, folded: Folded, finder: Finder, state: State) -> None:
        self.folded, self.finder, self.state = folded, finder, state
        self.text, self.cues = folded.text, finder.cues
        self._items: dict[str, Item | None] = {}
        self._says: dict[tuple[str, Sentence], bool] = {}
        named = finder.find(folded)
        self.sentences = split(self.text, self.cues, named)
        self.switches = tuple(self._switches())
        named = self._without_commands(named)
        self.numbers = self._numbers(named)
        self.shared = tuple(self._shared())
        talk: list[Span] = [*self.small_talk, *self.shared]
        asked = find_questions(self.text, self.cues, self.sentences, [m for m in named if m.title], talk)
        self.open_questions = tuple(event for event in asked if self._is_open(event))
        self.questions = tuple(event for event in asked if event not in self.open_questions)
        inside: list[Span] = [*(n for n in self.numbers if n.slot != COUNT), *self.questions]
        self.mentions = tuple(m for m in named if m.title or not any(overlaps(m, span) for span in inside))
        self.titles = tuple(m for m in self.mentions if m.title and m.held)
        self.references = find_references(self.text, self.cues, self.mentions, state)[:_MOST]
        self.clauses = Clauses(self.text, self.cues, self.mentions, self.numbers)
        self.unknown = tuple(find_unknown(self)[:_MOST_UNKNOWN])
        if any(overlaps(event, m) and not m.title for event in self.unknown for m in self.mentions):
            self.mentions = tuple(
                m for m in self.mentions if m.title or not any(overlaps(m, e) for e in self.unknown)
            )
            self.clauses = Clauses(self.text, self.cues, self.mentions, self.numbers)

    def item(self, iri: str) -> Item | None:
        """Return an item with its facts, read from the graph once."""
        if iri not in self._items:
            self._items[iri] = next(iter(self.finder.items_of((iri,))), None)
        return self._items[iri]

    def words(self, sentence: Sentence) -> str:
        """Return the folded words of a sentence."""
        return self.text[sentence.start : sentence.end]

    def says(self, purpose: str, sentence: Sentence) -> bool:
        """Say whether a sentence holds a cue of a purpose; it is looked for once."""
        if (purpose, sentence) not in self._says:
            self._says[purpose, sentence] = self.cues.has(purpose, self.words(sentence))
        return self._says[purpose, sentence]

    def _is_open(self, question: Event) -> bool:
        """Say whether words of a question leave a slot open: `whoever acts in it is fine`, `谁演都行`."""
        after = self.text[question.end :].lstrip()
        return any(found.start() == 0 for found in self.cues.find("any_will_do", after))

    def act(self, name: str, span: Span, **more: object) -> Act:
        """Return an act with the words of a span."""
        words, at = self.folded.span(span.start, span.end)
        return Act(name, text=words, start=at, **more)  # type: ignore[arg-type]

    def sentence_of(self, span: Span) -> Sentence:
        """Return the sentence in which a span stands."""
        within = (sentence for sentence in self.sentences if sentence.start <= span.start < sentence.end)
        return next(within, Sentence(0, len(self.text), False))

    def asked_in(self, sentence: Sentence) -> list[Event]:
        """Return the questions of a sentence."""
        return [event for event in self.questions if sentence.start <= event.start < sentence.end]

    def is_asked_of_item(self, span: Span) -> bool:
        """Say whether a value or a number is asked about an item: `is it scary?`, `is X over two hours?`."""
        sentence = self.sentence_of(span)
        before = self._with_pronouns(sentence.start, span.start)[:_OPENING]
        opened = any(found.start() <= 2 for found in self.cues.find("yes_no", before))
        return sentence.question and (opened or self._compares(before) or self._asks_of_title(sentence))

    def _compares(self, before: str) -> bool:
        """Say whether words before a value ask which item has more of it: `which one is scarier`."""
        before = before.rstrip()
        return any(found.end() == len(before) for found in self.cues.find("which_more", before))

    def _asks_of_title(self, sentence: Sentence) -> bool:
        """Say whether a sentence asks about an item that it names: `did Spielberg make Hook?`, `Joker是R级吗`."""
        named = any(sentence.start <= title.start < sentence.end for title in self.titles)
        wishes = any(self.says(purpose, sentence) for purpose in ("request", "more", "similar", "compare"))
        return named and not wishes and self.says("asks_of_item", sentence)

    def _with_pronouns(self, start: int, end: int) -> str:
        """Return a piece of the text with a pronoun in place of each title, so that `is X` reads like `is it`."""
        pieces, at = [], start
        for title in (title for title in self.titles if start <= title.start and title.end <= end):
            pieces += [self.text[at : title.start], self._pronoun(title)]
            at = title.end
        return "".join([*pieces, self.text[at:end]])

    def _pronoun(self, title: Mention) -> str:
        """Return the pronoun that can stand for a title, in the script in which the title is written."""
        chinese = is_han(self.text[title.start])
        return next((word for word in self.cues.words.get("stand_in", ()) if is_han(word[0]) == chinese), "")

    def target(self, sentence: Sentence) -> tuple[str, ...]:
        """Return the items that a sentence is about: named in it, pointed at, named elsewhere, in focus.

        It is about none where it names a title that is not held.
        """
        if any(self.sentence_of(event) == sentence for event in self.unknown):
            return ()
        named = [title.iri for title in self.titles if sentence.start <= title.start < sentence.end]
        pointed = [r for r in self.references if sentence.start <= r.start < sentence.end]
        counted = [iri for reference in pointed if reference.ordinal for iri in reference.items]
        other = [iri for reference in pointed for iri in reference.items]
        choices = (named, counted, other, [title.iri for title in self.titles][-1:], self.state.focus[:1])
        return tuple(dict.fromkeys(next((choice for choice in choices if choice), ())))

    @cached_property
    def rivals(self) -> tuple[Mention, ...]:
        """The items between which a question asks to choose: `X or Y?`."""
        found: list[Mention] = []
        for one, other in zip(self.titles, self.titles[1:], strict=False):
            between = self.text[one.end : other.start].strip(" \"'》《,")
            if self.sentence_of(one).question and self.cues.is_all("either", between):
                undecided = all(self.clauses.governor(title) in _UNDECIDED for title in (one, other))
                found += [one, other] if undecided else []
        return tuple(found)

    # --- parts that are no wishes ---

    def _switches(self) -> Iterator[Event]:
        for language in self.finder.schema.languages:
            for found in self.cues.find(f"switch_{language}", self.text):
                yield Event(found.start(), found.end(), language)
            for sentence in self.sentences:
                if self.cues.is_all(f"switch_{language}_alone", bare(self.words(sentence))):
                    yield Event(sentence.start, sentence.end, language)

    @cached_property
    def small_talk(self) -> list[Sentence]:
        """Return the sentences that are small talk as a whole."""
        return [
            s
            for s in self.sentences
            if any(self.cues.is_all(kind, bare(self.words(s))) for kind in _SMALL_TALK)
        ]

    def _without_commands(self, named: Sequence[Mention]) -> tuple[Mention, ...]:
        """Return the mentions without those that are part of a command, of small talk or of a saying."""
        said = [
            Event(m.start(), m.end(), kind)
            for kind in ("restart", "saying")
            for m in self.cues.find(kind, self.text)
        ]
        commands, talk = [*self.switches, *said], self.small_talk
        kept = [m for m in named if m.title or not any(overlaps(m, span) for span in commands)]
        return tuple(m for m in kept if not any(overlaps(m, span) for span in talk))

    def _numbers(self, named: Sequence[Mention]) -> tuple[Numeric, ...]:
        """Return the numbers that are no part of a title or of a longer name."""

        def belongs(number: Numeric, mention: Mention) -> bool:
            longer = mention.end - mention.start >= number.end - number.start
            return overlaps(number, mention) and (mention.title or longer)

        found = (
            n for n in find_numbers(self.text, self.cues) if not any(overlaps(n, s) for s in self.small_talk)
        )
        return tuple(
            number
            for number in found
            if self._may_be_measured(number) and not any(belongs(number, mention) for mention in named)
        )

    def _may_be_measured(self, number: Numeric) -> bool:
        """Say whether words that compare stand before a number that is one only beside what measures it: 比X短."""
        before = self.text[max(0, number.start - _COMPARED) : number.start]
        return number.kind != "measured" or self.cues.has("than_before", before)

    def _shared(self) -> Iterator[Event]:
        """Yield the places that wish for what an item has: `the same director as X`."""
        likened = [Event(m.start(), m.end(), "similar") for m in self.cues.find("similar", self.text)]
        for found in self.cues.find("same", self.text):
            named = (slot for slot, pattern in self.cues.names.items() if pattern.search(found[0]))
            event = Event(found.start(), found.end(), next(named, ""))
            if event.kind and not any(
                like.start <= event.start and event.end <= like.end for like in likened
            ):
                yield event
