"""The constraint on a handful of replies: what may follow, what may not, and that no way is a dead end."""

from __future__ import annotations

import random

import pytest
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import WhitespaceSplit

from chatrec.generation.constraint import Automaton, Walk, start
from chatrec.generation.conversation import Codec
from chatrec.generation.templates import parse

REPLIES = (
    "You could try <A.title> , directed by <A.director> .",
    "I suggest <A.title> .",
    "I suggest <A.title> , which stars <A.actor> .",
    "I suggest <A.title> , directed by <A.director> , and <B.title> , which stars <B.actor> .",
)
POINTERS = ("A.title", "A.director", "A.actor", "B.title", "B.actor")


@pytest.fixture(scope="module")
def codec() -> Codec:
    words = sorted({word for reply in REPLIES for part in parse(reply).parts[::2] for word in part.split()})
    tokenizer = Tokenizer(
        WordLevel({"<end>": 0, **{word: i for i, word in enumerate(words, 1)}}, unk_token="<end>")
    )
    tokenizer.pre_tokenizer = WhitespaceSplit()
    return Codec(tokenizer, len(words) + 1, POINTERS, None, 0)


@pytest.fixture(scope="module")
def automaton(codec: Codec) -> Automaton:
    return Automaton([(codec.units(parse(reply)), ()) for reply in REPLIES], codec)


def begin(
    automaton: Automaton, codec: Codec, *names: str, room: int = 40, required: str | None = None
) -> Walk:
    needed = codec.pointer(required) if required else None
    return start(automaton, [codec.pointer(name) for name in names], room, [] if needed is None else [needed])


def random_reply(walk: Walk, codec: Codec, rng: random.Random) -> list[str]:
    """Walk at random; the pointers and words that were written."""
    said: list[str] = []
    while (unit := rng.choice(walk.allowed())) != codec.eos:
        said.append(codec.name(unit) or codec.tokenizer.id_to_token(unit))
        walk = walk.step(unit)
    return said


def replies(walk: Walk, codec: Codec) -> set[str]:
    return {" ".join(random_reply(walk, codec, random.Random(seed))) for seed in range(60)}


def test_a_relation_word_is_there_only_with_its_pointer(automaton: Automaton, codec: Codec) -> None:
    assert replies(begin(automaton, codec, "A.title"), codec) == {"I suggest A.title ."}
    said = replies(begin(automaton, codec, "A.title", "A.director"), codec)
    assert said == {
        "I suggest A.title .",
        "You could try A.title , directed by A.director .",
    }, "what is told behind one name is not told behind another: a short sentence stays in its frame"


def test_facts_stay_with_the_item_that_is_spoken_of(automaton: Automaton, codec: Codec) -> None:
    for reply in replies(begin(automaton, codec, *POINTERS), codec):
        assert "B.actor" not in reply or reply.index("B.title") < reply.index("B.actor")
        assert "B.title" not in reply or "A.actor" not in reply.split("B.title")[1]


def test_every_pointer_is_used_once(automaton: Automaton, codec: Codec) -> None:
    for reply in replies(begin(automaton, codec, *POINTERS), codec):
        assert all(reply.split().count(name) <= 1 for name in POINTERS)


def test_a_required_pointer_always_comes(automaton: Automaton, codec: Codec) -> None:
    walk = begin(automaton, codec, "A.title", "A.director", "A.actor", required="A.actor")
    assert all("A.actor" in reply for reply in replies(walk, codec))


def test_a_required_pointer_that_no_reply_can_bring_is_not_insisted_on(
    automaton: Automaton, codec: Codec
) -> None:
    walk = begin(automaton, codec, "A.title", required="B.actor")
    assert replies(walk, codec) == {"I suggest A.title ."}


def test_length_is_bounded_and_nothing_is_possible_without_a_title(
    automaton: Automaton, codec: Codec
) -> None:
    short = replies(begin(automaton, codec, *POINTERS, room=6), codec)
    assert short == {"I suggest A.title ."}
    assert begin(automaton, codec, "A.director").allowed() == []
