"""Surface: blanks, articles and marks around literals, and claims that stand exactly where they say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatrec.dialogue.slots import Slot
from chatrec.generation.surface import join, render
from chatrec.generation.templates import parse
from chatrec.generation.wording import Literal, Part, listed, number_phrase, plain, titled

TITLE = Slot("title", "name", "name", {}, value_form={"zh": "《{value}》"})
PRICE = Slot("price", "price", "number", {}, value_form={"en": "{value} euros", "zh": "{value}欧元"})
YEAR = Slot("year", "year", "number", {})
FILM = ("film", "name", "Arrival")


def licence(language: str) -> dict[str, Literal]:
    title = {"en": "Arrival", "zh": "降临"}[language]
    return {
        "A.title": titled(title, ("film", "name", title), TITLE, language),
        "A.genre": plain({"en": "adventure", "zh": "冒险"}[language], ("film", "genre", "adventure")),
        "A.year": plain("2016", ("film", "year", "2016")),
        "A.mood": plain("uplifting", ("film", "mood", "uplifting")),
    }


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "Try <A.title> (<A.year>), a <A.genre> film.", "Try Arrival (2016), an adventure film."),
        ("en", "A <A.mood> one: <A.title>", "An uplifting one: Arrival"),
        ("en", "<A.title>'s year is <A.year>.", "Arrival's year is 2016."),
        ("en", "See <A.title>—<A.genre>, from <A.year>.", "See Arrival—adventure, from 2016."),
        ("zh", "看<A.title>吧，<A.year>年的<A.genre>片。", "看《降临》吧，2016年的冒险片。"),
    ],
)
def test_literals_fit_into_their_sentence(language: str, text: str, expected: str) -> None:
    sentence = render(parse(text).parts, licence(language), language)
    assert sentence.text == expected
    assert all(sentence.text[c.start : c.end] == c.text for c in sentence.claims)


def test_a_sentence_that_follows_keeps_its_distance_and_join_moves_the_claims() -> None:
    pieces = [
        render(parse("Try <A.title>.").parts, licence("en"), "en"),
        render(parse("<A.title> is from <A.year>.").parts, licence("en"), "en", first=False),
    ]
    text, claims = join(pieces)
    assert text == "Try Arrival. Arrival is from 2016."
    assert [(text[c.start : c.end], c.triple[1]) for c in claims] == [
        ("Arrival", "name"),
        ("Arrival", "name"),
        ("2016", "year"),
    ]


def test_a_list_has_one_claim_a_value() -> None:
    literal = listed([plain(name, ("film", "actor", name)) for name in ("Ann", "Bo", "Cy")], "en")
    assert literal.text == "Ann, Bo and Cy"
    assert [part.text for part in literal.parts if part.triple] == ["Ann", "Bo", "Cy"]
    assert listed([plain("甲"), plain("乙")], "zh").text == "甲和乙"


@pytest.mark.parametrize(
    ("wishes", "language", "expected"),
    [
        ([(">", 2014)], "en", "after 2014"),
        ([(">=", 1980), ("<=", 1989)], "en", "from the 1980s"),
        ([(">=", 1994), ("<=", 1997)], "en", "between 1994 and 1997"),
        ([("<", 1990)], "zh", "1990年以前"),
    ],
)
def test_wishes_about_numbers_are_phrased(
    wishes: list[tuple[str, int]], language: str, expected: str
) -> None:
    assert number_phrase(YEAR, wishes, language, "session").text == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("wishes", "language", "expected"),
    [
        ([("<", 200)], "en", "under 200 euros"),
        ([("<=", 200)], "zh", "不超过200欧元"),
        ([(">=", 100), ("<=", 200)], "en", "between 100 and 200 euros"),
        ([(">=", 100), ("<=", 200)], "zh", "100到200欧元"),
    ],
)
def test_a_wish_about_a_number_carries_its_unit(
    wishes: list[tuple[str, int]], language: str, expected: str
) -> None:
    literal = number_phrase(PRICE, wishes, language, "session")  # type: ignore[arg-type]
    assert literal.text == expected
    assert [part.text for part in literal.parts if part.triple] == [str(value) for _, value in wishes]


def test_only_a_work_has_marks_around_its_title() -> None:
    lamp = Slot("name", "name", "name", {})
    assert titled("降临", FILM, TITLE, "zh").text == "《降临》"
    assert titled("小夜灯", FILM, lamp, "zh").text == "小夜灯"


@given(st.text(), st.text(), st.sampled_from(["en", "zh"]))
def test_positions_hold_whatever_the_words(before: str, value: str, language: str) -> None:
    literal = Literal((Part(value, FILM),))
    sentence = render((before, "A.title", " end"), {"A.title": literal}, language)
    (claim,) = sentence.claims
    assert sentence.text[claim.start : claim.end] == value


def test_a_sentence_behind_another_is_set_off_by_a_blank() -> None:
    assert render(("Shall I go on?",), {}, "en", first=False).text == " Shall I go on?"
    assert render((" Shall I go on?",), {}, "en", first=False).text == " Shall I go on?"
    assert render(("要我接着说吗？",), {}, "zh", first=False).text == "要我接着说吗？"


def test_no_stop_follows_a_name_that_ends_in_one() -> None:
    licence = {"A.actor": plain("Robert Downey Jr.")}
    assert render(("It stars ", "A.actor", "."), licence, "en").text == "It stars Robert Downey Jr."
