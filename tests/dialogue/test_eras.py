"""Named ranges of the year: what people call an era is a wish for its years."""

from __future__ import annotations

import pytest

from tests.dialogue.conftest import Say


@pytest.mark.parametrize(
    ("message", "wishes"),
    [
        ("Something from the silent era", [("<=", 1929)]),
        ("a noir from the golden age of Hollywood", [(">=", 1927), ("<=", 1960)]),
        ("New Hollywood dramas please", [(">=", 1967), ("<=", 1982)]),
        ("horror from the VHS days", [(">=", 1980), ("<=", 1996)]),
        ("a comedy from the noughties", [(">=", 2000), ("<=", 2009)]),
        ("来点港片黄金时代的动作片", [(">=", 1982), ("<=", 1997)]),
        ("默片时代的喜剧", [("<=", 1929)]),
        ("世纪之交的科幻片", [(">=", 1998), ("<=", 2002)]),
        ("疫情那几年拍的片子", [(">=", 2020), ("<=", 2022)]),
    ],
)
def test_an_era_is_a_wish_for_its_years(say: Say, message: str, wishes: list[tuple[str, int]]) -> None:
    assert [(act.op, act.value) for act in say(message) if act.slot == "year"] == wishes


def test_an_unwanted_era_leaves_the_years_after_it(say: Say) -> None:
    assert [(act.op, act.value) for act in say("no films from the silent era") if act.slot == "year"] == [
        (">", 1929)
    ]
