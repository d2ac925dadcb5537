"""The files of cues: what a person can write in them, and what is said of a fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from chatrec.dialogue import cues as module
from chatrec.dialogue.cues import load_cues
from chatrec.dialogue.numbers import find_numbers
from chatrec.errors import ChatrecError

TODAY = 2025


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """Write a file of cues and load it."""

    def load(text: str):  # type: ignore[no-untyped-def]
        (tmp_path / "xx").mkdir(exist_ok=True)
        (tmp_path / "xx" / "cues.yaml").write_text(text, encoding="utf-8")
        monkeypatch.setattr(module, "prompts_dir", lambda: tmp_path)
        load_cues.cache_clear()
        return load_cues(("xx",))

    yield load
    load_cues.cache_clear()


def test_phrases_are_whole_words_and_blanks_any_white_space(write) -> None:  # type: ignore[no-untyped-def]
    cues = write('patterns: {greet: ["good day", "don\'t"]}')
    assert cues.has("greet", "oh good  day")
    assert not cues.has("greet", "goods days")
    assert cues.has("greet", "dont")
    assert cues.is_all("greet", "good day")
    assert not cues.is_all("greet", "good day you")
    assert not cues.has("nothing", "good day")


def test_placeholders(write) -> None:  # type: ignore[no-untyped-def]
    cues = write(
        'names: {year: ["year"]}\nnumerals: {two: 2}\npatterns: {drop: ["any {slot}"], more: ["{n} more"]}'
    )
    assert cues.has("drop", "any year")
    assert cues.has("more", "two more")
    assert cues.has("more", "12 more")


@pytest.mark.parametrize(
    ("text", "where", "hint"),
    [
        ("- a list", "no mapping", "patterns"),
        ("greetings: [hi]", "greetings: no such section", "patterns"),
        ("patterns: [hi]", "patterns: this is no mapping", "one name a line"),
        ("patterns: {greet: hi}", "patterns.greet: this is no list", "Quote"),
        ("patterns: {greet: [1]}", "patterns.greet: this is no list", "Quote"),
        ("patterns: {yes: [hi]}", "patterns: True is no name", "Quote"),
        ('patterns: {greet: ["(hi"]}', "patterns.greet: no valid pattern", "Mend"),
        ('patterns: {greet: ["hi {friend}"]}', "patterns.greet: no placeholder {friend}", "year"),
        ("numerals: {two: many}", "numerals.two: 'many' is no whole number", "value"),
        ("numbers: {year: [after]}", "numbers.year: 'after' is no rule", "say"),
        (
            'numbers: {year: [{say: ["after {year}"], means: ["later"]}]}',
            "numbers.year: 'later' means nothing",
            "first",
        ),
        ("a: [", "cannot be read", "Every language"),
    ],
)
def test_faults_name_the_file_the_key_and_what_to_do(write, text: str, where: str, hint: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ChatrecError) as error:
        write(text)
    assert "cues.yaml" in error.value.message
    assert where in error.value.message
    assert hint in error.value.hint


NUMBERS = [
    ("after 2010", "year > 2010"),
    ("since 2010", "year >= 2010"),
    ("2015 or later", "year >= 2015"),
    ("no older than 2000", "year >= 2000"),
    ("before 1990", "year < 1990"),
    ("until 1990", "year <= 1990"),
    ("in 2014", "year = 2014"),
    ("from the 80s", "year >= 1980, year <= 1989"),
    ("the nineties", "year >= 1990, year <= 1999"),
    ("1970s", "year >= 1970, year <= 1979"),
    ("the 20s", "year >= 2020, year <= 2029"),
    ("between 1990 and 1999", "year >= 1990, year <= 1999"),
    ("1990-1995", "year >= 1990, year <= 1995"),
    ("70s or 80s", "year >= 1970, year <= 1989"),
    ("recent", "year >= 2020"),
    ("classic", "year < 1980"),
    ("21st century", "year >= 2000"),
    ("under two hours", "runtime < 120"),
    ("less than 100 minutes", "runtime < 100"),
    ("an hour and a half max", "runtime <= 90"),
    ("at most 2.5 hours", "runtime <= 150"),
    ("1h30 or less", "runtime <= 90"),
    ("over 3 hours", "runtime > 180"),
    ("at least two hours", "runtime >= 120"),
    ("about ninety minutes", "runtime <= 105"),
    ("between 90 and 120 minutes", "runtime >= 90, runtime <= 120"),
    ("I only have an hour", "runtime <= 60"),
    ("a short film", "runtime < 100"),
    ("give me three", "count = 3"),
    ("five films", "count = 5"),
    ("top 10", "count = 10"),
    ("a couple of movies", "count = 2"),
    ("2010年以后", "year > 2010"),
    ("2010年以来", "year >= 2010"),
    ("1990年以前", "year < 1990"),
    ("2014年的", "year = 2014"),
    ("80年代", "year >= 1980, year <= 1989"),
    ("九十年代", "year >= 1990, year <= 1999"),
    ("上世纪六十年代", "year >= 1960, year <= 1969"),
    ("2000年到2010年", "year >= 2000, year <= 2010"),
    ("最近几年的", "year >= 2020"),
    ("新片", "year >= 2020"),
    ("老片", "year < 1980"),
    ("两个小时以内", "runtime <= 120"),
    ("不超过90分钟", "runtime <= 90"),
    ("一个半小时以内", "runtime <= 90"),
    ("一百二十分钟以内", "runtime <= 120"),
    ("不到两小时", "runtime < 120"),
    ("三小时以上", "runtime >= 180"),
    ("来三部", "count = 3"),
    ("推荐五部", "count = 5"),
    ("newer", "year > ?"),
    ("再新一点", "year > ?"),
    ("shorter", "runtime < ?"),
    ("短一点", "runtime < ?"),
    ("nothing here", ""),
]


@pytest.mark.parametrize(("text", "expected"), NUMBERS)
def test_numbers(text: str, expected: str) -> None:
    found = find_numbers(text.lower(), load_cues(("en", "zh")), TODAY)
    bounds = [f"{n.slot} {op} {'?' if value is None else value}" for n in found for op, value in n.bounds]
    assert ", ".join(bounds) == expected
