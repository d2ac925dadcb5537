"""Wishes as people word them: vague and said numbers, tolerance, questions about what is named, what is cheap, occasions."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

import pytest

from chatrec.dialogue.folding import fold
from chatrec.dialogue.reading import Reading
from chatrec.dialogue.understanding import Understanding
from chatrec.dialogue.values import Act, State
from chatrec.grounding.pack import Pack, open_pack
from chatrec.grounding.typical import typical


@pytest.fixture(scope="module")
def films(movies: Pack) -> Understanding:
    return Understanding(movies.schema, movies.entries, movies.items, occasions=movies.occasions)


@pytest.fixture(scope="module")
def shop() -> Pack:
    return open_pack("shop")


def _named(acts: Iterable[Act]) -> list[str]:
    return sorted({_written(act) for act in acts if act.slot or act.act in ("more", "unknown")})


def _written(act: Act) -> str:
    words = [
        act.act,
        act.slot or "",
        "" if act.op == "=" else act.op,
        "" if act.value is None else str(act.value),
    ]
    return " ".join(word for word in (*words, "not" if act.polarity == "dislike" else "") if word)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("an old western, from before 1960", ["inform genre western", "inform year < 1960"]),
        ("too long, under 100 minutes", ["inform runtime < 100"]),
        ("不超过90分钟的", ["inform runtime <= 90"]),
        ("150 minutes and up", ["inform runtime >= 150"]),
        ("比泰坦尼克号短的", ["ask title Titanic", "inform runtime < 194"]),
        ("nothing against musicals", []),
        ("有没有韩国的？", ["inform country South Korea"]),
        ("others?", ["more"]),
        ("I loved Man on the Moon", ["unknown Man on the Moon"]),
        ("喜欢大圣娶亲", ["like title A Chinese Odyssey Part Two: Cinderella"]),
        ("don't show me La La Land again, seen it", ["seen title La La Land"]),
        ("screenplay please, Billy Wilder wrote", ["inform writer Billy Wilder"]),
        ("anything from Iceland?", ["inform country Iceland"]),
    ],
)
def test_wishes_are_read(films: Understanding, text: str, expected: list[str]) -> None:
    """By the rules alone: the models, trained on other readings, have their own tests."""
    acts = films.ruled(Reading(fold(text), films.finder, State()), films.detect(text, State()))
    assert _named(acts) == expected


@pytest.mark.parametrize("text", ["something for late night", "适合深夜看的"])
def test_an_occasion_in_a_message_brings_a_soft_wish(films: Understanding, text: str) -> None:
    acts = films.read(text, films.detect(text, State()), State())
    assert [(act.value, act.soft) for act in acts if act.slot] == [("suspenseful", True)]


@pytest.mark.parametrize(
    "text", ["a cheap kettle", "a budget kettle", "便宜的电水壶", "kettles, nothing expensive"]
)
def test_what_is_cheap_depends_on_what_is_looked_for(shop: Pack, text: str) -> None:
    reader = Understanding(shop.schema, shop.entries, shop.items, typical=partial(typical, shop))
    kettles, anything = (
        next(
            act.value
            for act in reader.read(said, reader.detect(said, State()), State())
            if act.slot == "price" and act.op == "<="
        )
        for said in (text, "something cheap")
    )
    assert isinstance(kettles, int) and isinstance(anything, int)
    assert 0 < kettles < anything


def test_what_is_not_wanted_cheap_is_no_wish(shop: Pack) -> None:
    reader = Understanding(shop.schema, shop.entries, shop.items, typical=partial(typical, shop))
    assert not any(
        act.slot == "price" for act in reader.read("not cheap", reader.detect("not cheap", State()), State())
    )
