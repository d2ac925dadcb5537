"""Replies put together anew: sentences that stand on their own change places, others stay behind the one they belong to."""

from __future__ import annotations

import random

import pytest
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import WhitespaceSplit

from chatrec.generation.constraint import Automaton, start
from chatrec.generation.conversation import Codec
from chatrec.generation.joints import joints, places
from chatrec.generation.templates import parse

REPLIES = (
    "Try <A.title> . It stars <A.actor> . Want to hear more ?",
    "I suggest <A.title> . It runs <A.runtime> .",
    "Do you like heists ? Then <A.title> is yours .",
)
POINTERS = ("A.title", "A.actor", "A.runtime")


@pytest.fixture(scope="module")
def codec() -> Codec:
    words = sorted({word for reply in REPLIES for part in parse(reply).parts[::2] for word in part.split()})
    tokenizer = Tokenizer(
        WordLevel({"<end>": 0, **{word: i for i, word in enumerate(words, 1)}}, unk_token="<end>")
    )
    tokenizer.pre_tokenizer = WhitespaceSplit()
    return Codec(tokenizer, len(words) + 1, POINTERS, None, 0)


@pytest.fixture(scope="module")
def written(codec: Codec) -> set[str]:
    """Every reply that a thousand random walks write."""
    units = [codec.units(parse(reply)) for reply in REPLIES]
    automaton = Automaton([(reply, places(reply, codec, "en")) for reply in units], codec)
    return {_walk(automaton, codec, random.Random(seed)) for seed in range(1000)}


def _walk(automaton: Automaton, codec: Codec, rng: random.Random) -> str:
    walk = start(automaton, [codec.pointer(name) for name in POINTERS], 40)
    said: list[str] = []
    while (unit := rng.choice(walk.allowed())) != codec.eos:
        name = codec.name(unit)
        said.append(f"<{name}>" if name else codec.text([unit]))
        walk = walk.step(unit)
    return " ".join(said)


def test_what_was_written_can_be_written(written: set[str]) -> None:
    assert set(REPLIES) <= written


def test_a_sentence_that_stands_alone_follows_any_other(written: set[str]) -> None:
    assert "I suggest <A.title> . It stars <A.actor> . It runs <A.runtime> ." in written


def test_a_sentence_that_only_ever_closes_closes(written: set[str]) -> None:
    assert all(reply.endswith("?") for reply in written if "Want to hear more" in reply)


def test_a_sentence_that_belongs_to_the_one_before_stays_behind_it(written: set[str]) -> None:
    answers = {reply for reply in written if "Then" in reply}
    assert answers
    assert all(reply.startswith("Do you like heists ? Then <A.title> is yours .") for reply in answers)


@pytest.mark.parametrize(
    ("language", "before", "sentence", "free"),
    [
        ("en", "Try <A.title>.", "It is about <A.theme>.", True),
        ("en", "Try <A.title>.", "Shall I tell you more?", True),
        ("en", "You wanted something <wish.mood>.", "<A.title> is that.", False),
        ("en", "It is also about <same.theme>, and this is the premise.", "<A.synopsis>", False),
        ("zh", "试试<A.title>。", "它讲的是<A.theme>。", True),
        ("zh", "你想要<wish.mood>的片子。", "<A.title>符合这一条。", False),
        ("zh", "<A.title>的内容是这样的。", "<A.synopsis>", False),
    ],
)
def test_which_sentences_stand_alone(language: str, before: str, sentence: str, free: bool) -> None:
    assert joints(language).between(before, sentence) is free


def test_an_opening_stands_before_any_reply_and_a_closing_behind_a_statement(codec: Codec) -> None:
    units = [codec.units(parse(reply)) for reply in REPLIES]
    more = codec.units(parse("Want to hear more ?"))
    automaton = Automaton([(reply, frozenset()) for reply in units], codec, [more], [more])
    found = {_walk(automaton, codec, random.Random(seed)) for seed in range(300)}
    assert "Want to hear more ? I suggest <A.title> . It runs <A.runtime> . Want to hear more ?" in found
    assert "Want to hear more ?" not in found


def test_it_is_known_where_a_reply_leaves_the_hand_written_ones(codec: Codec) -> None:
    units = [codec.units(parse(reply)) for reply in REPLIES]
    automaton = Automaton([(reply, places(reply, codec, "en")) for reply in units], codec)
    walk = start(automaton, [codec.pointer(name) for name in POINTERS], 40)
    assert walk.fresh(walk.allowed()) == []
    for unit in codec.units(parse("I suggest <A.title> .")):
        walk = walk.step(unit)
    its, stars = codec.units(parse("It stars"))
    assert walk.fresh(walk.allowed()) == [codec.units(parse("Want"))[0]]
    assert (
        walk.step(its).fresh(walk.step(its).allowed()) == []
        and walk.step(its).step(stars).written[-1] == stars
    )
