"""Choosing dialogues by words of their names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatrec.errors import ScriptError
from chatrec.scripts.choosing import choice, phrase


@pytest.mark.parametrize(
    ("expression", "name", "chosen"),
    [
        ("", "anything", True),
        ("likes", "the likes of it", True),
        ("LIKES", "the Likes", True),
        ("a like moves the next list", "a like moves the next list", True),
        ("like list", "a like moves the next list", False),
        ("not likes", "the likes of it", False),
        ("not not likes", "the likes of it", True),
        ("zh and not (likes or asks)", "zh: two films", True),
        ("zh and not (likes or asks)", "zh: he asks", False),
        ("a or b and c", "a", True),
        ("notes", "he notes it", True),
        ("it's", "it's late", True),
        ("'now or never'", "now or never", True),
        ("喜欢 and 不", "我不喜欢", True),
    ],
)
def test_an_expression_chooses(expression: str, name: str, chosen: bool) -> None:
    assert choice(expression)(name) is chosen


@pytest.mark.parametrize("expression", ["and", "a and", "(a", "a) b", "not", "()", "'a"])
def test_what_is_no_expression_is_told_with_the_way_out(expression: str) -> None:
    with pytest.raises(ScriptError, match="-k cannot be read at character") as error:
        choice(expression)
    assert "Join words with and, or, not" in error.value.hint


@given(st.text())
def test_a_quoted_name_chooses_itself(name: str) -> None:
    assert choice(phrase(name))(f"file.yaml {name}")
