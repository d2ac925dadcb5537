"""A fourth pack, given only as Turtle: no code and no training knows it; the language model speaks of it in two languages.

The pack is tests/data/books. What it says is checked by the reader that shares no code with what writes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from chatrec.config import prompts_dir, settings
from chatrec.dialogue.values import State, Turn
from chatrec.errors import ChatrecError
from chatrec.generation.files import base_model_dir
from chatrec.generation.reply import open_replier
from chatrec.grounding.pack import Pack, open_pack
from chatrec.learning.checker import Checker
from chatrec.turn import Engine

BOOKS = Path(__file__).parent / "data" / "books"
TALKS = (
    (
        "a cosy mystery under 330 pages",
        "compare the first two",
        "who wrote the first one?",
        "more like the second",
    ),
    ("something about the sea", "how much is the second one?", "something shorter", "why?"),
    ("I loved The Moss Temple. Anything like it?", "nothing sad", "where is the first one set?", "thanks"),
    ("a horror novel for children", "then something funny for children", "what is the first one about?"),
    ("有没有温柔一点的爱情小说？", "前两本有什么不同", "第一本是谁写的", "还有吗"),
    ("不超过300页的科幻小说", "便宜一点的", "第一本多少页", "为什么推荐它"),
    ("我喜欢《苔寺》，有类似的吗？", "不要悲伤的", "第一本讲什么的"),
    ("适合孩子的恐怖小说", "那就有趣的童书", "Who is the first one for?", "换成中文"),
)


@pytest.fixture(scope="module")
def books() -> Pack:
    return open_pack(str(BOOKS))


@pytest.fixture(scope="module")
def engine(books: Pack) -> Iterator[Engine]:
    """The engine with the language model, which may take its time: the machine that runs the tests may be busy."""
    try:
        base_model_dir(settings().model)
    except ChatrecError as error:
        pytest.skip(str(error))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHATREC_GENERATE", "true")
        patch.setenv("CHATREC_REPLY_SECONDS", "120")
        settings.cache_clear()
        replier = open_replier(books)
        assert replier.writer is not None
        yield Engine.build(books, replier)
    settings.cache_clear()


def talk(engine: Engine, messages: tuple[str, ...]) -> Iterator[Turn]:
    """Hold a conversation; its turns."""
    state = State()
    for message in messages:
        *_, turn = engine.turn(message, state)
        assert isinstance(turn, Turn)
        state = turn.state
        yield turn


def test_nobody_wrote_a_line_for_this_pack() -> None:
    assert not list(prompts_dir().glob("*/books"))
    assert {path.suffix for path in BOOKS.iterdir()} == {".ttl"}


@pytest.mark.parametrize("messages", TALKS, ids=lambda messages: messages[0])
def test_what_is_said_of_books_is_held_by_the_graph(
    engine: Engine, books: Pack, messages: tuple[str, ...]
) -> None:
    checker = Checker.of(books)
    for turn in talk(engine, messages):
        assert turn.reply
        assert not checker.faults(turn.reply, turn.claims, turn.state.likes), turn.reply


def test_a_question_is_answered_in_a_whole_sentence(engine: Engine) -> None:
    _, answer = talk(engine, ("Tell me about The Salt Road to Lisbon", "how many pages does it have?"))
    assert "It is 412 pages long." in answer.reply
    _, answer = talk(engine, ("介绍一下《通往里斯本的盐路》", "它多少页？"))
    assert "它全书412页。" in answer.reply


def test_a_wish_that_goes_keeps_its_unit(engine: Engine) -> None:
    *_, turn = talk(engine, ("a thriller under 5 euros",))
    assert "under 5 euros" in turn.reply
    *_, turn = talk(engine, ("5欧元以内的惊险小说",))
    assert "5欧元" in turn.reply
