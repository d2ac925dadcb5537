"""How well films are linked in recorded dialogues, and how well what is felt about them is read.

The dialogues are in ReDial's form (Li et al. 2018), where `@id` marks a mention. A mention is replaced by the title without
its year, in lower case half of the time, so namesakes cannot be told apart: any of them is right. Only mentions of items
that the graph holds (title and year) count for recall. For precision every name that is read as a title counts, also one
inside of the title of an item that is not held; only a namesake of an item that is not held is set aside. Where people
typed a title without marking it, reading it is no fault, but counts as one in `precision`; `precision_marked` leaves out
what is read outside of the marked mentions.

Polarity is judged where the seeker names a film, the seeker's own form says liked or not, and the message is read as
saying either; the form was filled in afterwards, so a message can disagree with it.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from chatrec.dialogue.folding import fold
from chatrec.dialogue.state import update
from chatrec.dialogue.understanding import Understanding
from chatrec.dialogue.values import Act, State
from chatrec.errors import InputError
from chatrec.grounding.coverage import known_titles, matching, name_and_year, read_dialogues
from chatrec.grounding.pack import Pack
from chatrec.grounding.reader import open_reader
from chatrec.learning.benchmark import percentiles

_FILE = "valid_dialogues.jsonl"
_MARK = re.compile(r"@(\d+)")
_LIKED = {0: "dislike", 1: "like"}
"""What the forms say about a film; 2 is `did not say`."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message with its titles written out.

    `held` are the IRIs that each mention of a held item may mean, `namesakes` those of the items that are not held;
    `names` the titles of all marked mentions; `felt` what the seeker's form says about an IRI.
    """

    text: str
    held: tuple[frozenset[str], ...]
    namesakes: frozenset[str]
    names: tuple[str, ...]
    felt: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Read:
    """A message, the acts about titles that were read from it, and the time it took in milliseconds."""

    message: Message
    acts: tuple[Act, ...]
    ms: float

    @property
    def wrong(self) -> tuple[Act, ...]:
        """The acts about items that nobody mentioned."""
        meant = self.message.namesakes.union(*self.message.held)
        return tuple(act for act in self.acts if act.iri not in meant)

    @property
    def wrong_in_marked(self) -> tuple[Act, ...]:
        """The wrong acts whose words are a part of a marked title."""
        marked = " | ".join(self.message.names).casefold()
        return tuple(act for act in self.wrong if act.text.casefold() in marked)

    @property
    def missed(self) -> tuple[frozenset[str], ...]:
        """The mentions of held items that were not read."""
        found = {act.iri for act in self.acts}
        return tuple(mention for mention in self.message.held if not mention & found)


def read_all(pack: Pack, folder: Path, seed: int = 1) -> Iterator[Read]:
    """Yield every message of a folder's dialogues as it is read, each dialogue a session.

    Raises:
        InputError: the folder holds no dialogues, or a line of them is in another form.
    """
    path = folder / _FILE if folder.is_dir() else folder
    if not path.is_file():
        raise InputError(f"There are no dialogues at {path}.", f"Give a folder with {_FILE}.")
    reader = open_reader(pack)
    known, random = known_titles(pack), Random(seed)
    for dialogue in read_dialogues(path):
        yield from _session(reader, [_written(m, dialogue, known, random) for m in dialogue["messages"]])


def figures(reads: list[Read]) -> dict[str, Any]:
    """Return precision and recall of linking, accuracy of polarity, and the 95th percentile of the time."""
    found, held = sum(len(read.acts) for read in reads), sum(len(read.message.held) for read in reads)
    wrong, missed = sum(len(read.wrong) for read in reads), sum(len(read.missed) for read in reads)
    inside = sum(len(read.wrong_in_marked) for read in reads)
    judged = Counter((read.message.felt[act.iri], act.polarity) for read in reads for act in _judged(read))
    right = sum(count for (gold, told), count in judged.items() if gold == told)
    return {
        "messages": len(reads),
        "mentions": held,
        "precision": round(1 - wrong / max(1, found), 4),
        "precision_marked": round(1 - inside / max(1, found - wrong + inside), 4),
        "recall": round(1 - missed / max(1, held), 4),
        "polarity": round(right / max(1, judged.total()), 4),
        "polarity_judged": judged.total(),
        "p95_ms": percentiles([read.ms for read in reads])["p95"] if reads else 0.0,
    }


def _judged(read: Read) -> Iterator[Act]:
    return (act for act in read.acts if act.iri in read.message.felt and act.polarity != "neutral")


def _written(
    message: Mapping[str, Any],
    dialogue: Mapping[str, Any],
    known: dict[str, dict[str, int]],
    random: Random,
) -> Message:
    named, names = dialogue["movieMentions"], list[str]()
    held, namesakes, felt = list[frozenset[str]](), set[str](), dict[str, str]()
    forms = dialogue.get("initiatorQuestions") or {}
    is_seeker = message.get("senderWorkerId") == dialogue.get("initiatorWorkerId")

    def write(mark: re.Match[str]) -> str:
        title, year = name_and_year(named.get(mark[1]) or "")
        same, items = matching(known, title, None), matching(known, title, year)
        held.extend([same] if items else [])
        namesakes.update(frozenset() if items else same)
        names.append(title)
        liked = _LIKED.get(forms[mark[1]].get("liked")) if is_seeker and mark[1] in forms else None
        felt.update(dict.fromkeys(items, liked) if liked else {})
        return title.lower() if random.random() < 0.5 else title

    text = _MARK.sub(write, message["text"])
    return Message(text, tuple(held), frozenset(namesakes), tuple(names), felt)


def _session(reader: Understanding, messages: list[Message]) -> Iterator[Read]:
    state = State()
    for message in messages:
        start = time.perf_counter()
        detected = reader.detect(message.text, state)
        acts = reader.read(message.text, detected, state)
        ms = 1000 * (time.perf_counter() - start)
        state = update(state, acts, detected.language)
        yield Read(message, _titles(reader, message.text, acts), ms)


def _titles(reader: Understanding, text: str, acts: tuple[Act, ...]) -> tuple[Act, ...]:
    """Return the last act about each title that the message itself names, not those it only points at."""
    named = {mention.iri for mention in reader.finder.find(fold(text)) if mention.title and mention.held}
    return tuple({act.iri: act for act in acts if act.iri in named and act.text}.values())
