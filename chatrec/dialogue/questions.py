"""Questions about an item, by the slot that answers them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from chatrec.dialogue.clauses import Event, Sentence
from chatrec.dialogue.cues import Cues
from chatrec.dialogue.folding import is_han
from chatrec.dialogue.mentions import Mention
from chatrec.dialogue.surroundings import Span, Taken, longest

_LETTERS = re.compile(r"[^\W_]+")
_AFTER = 12
"""How far behind the name of a slot the words stand that make a question of it, in characters."""


def find_questions(
    text: str,
    cues: Cues,
    sentences: Sequence[Sentence],
    titles: Sequence[Mention],
    no_questions: Sequence[Span],
) -> tuple[Event, ...]:
    """Find the questions of a folded text, in order; the kind of each is its slot, and the longest of several wins.

    Args:
        text: the folded message.
        cues: the cues of all languages.
        sentences: its sentences.
        titles: the titles named in it; what is part of a title asks nothing.
        no_questions: spans that have another meaning.
    """
    every = [*_phrases(text, cues), *_of_titles(text, cues, sentences, titles), *_of_slots(text, cues)]
    in_title = Taken(len(text), titles)
    asked = (event for event in every if not in_title.covers(event))
    return tuple(longest(asked, no_questions))


def _phrases(text: str, cues: Cues) -> Iterator[Event]:
    """Yield the phrases that ask for a slot: `who directed`, `多长`."""
    for slot, pattern in cues.ask.items():
        for found in pattern.finditer(text):
            yield Event(found.start(), found.end(), slot)


def _of_slots(text: str, cues: Cues) -> Iterator[Event]:
    """Yield the names of slots that are made a question: `the runtime?`, `what are the themes`, `语言是什么`."""
    for slot, pattern in cues.names.items():
        for found in pattern.finditer(text):
            after = text[found.end() : found.end() + _AFTER].lstrip()
            asked = any(m.start() == 0 for m in cues.find("asked_after", after))
            before = text[: found.start()].rstrip()
            if asked or any(m.end() == len(before) for m in cues.find("asked_before", before)):
                yield Event(found.start(), found.end(), slot)


def _of_titles(
    text: str, cues: Cues, sentences: Sequence[Sentence], titles: Sequence[Mention]
) -> Iterator[Event]:
    """Yield questions without a verb, of a title and the name of a slot alone: `director of X`, `X cast`."""
    glue = cues.words.get("glue", frozenset())
    for said in sentences:
        within = [title for title in titles if said.start <= title.start < said.end]
        if len(within) != 1:
            continue
        around = f"{text[said.start : within[0].start]} {text[within[0].end : said.end]}"
        for slot, pattern in cues.names.items():
            rest, count = pattern.subn(" ", around)
            if count and all(
                word in glue or (is_han(word[0]) and set(word) <= glue) for word in _LETTERS.findall(rest)
            ):
                yield Event(said.start, said.end, slot)
