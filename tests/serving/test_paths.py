"""The picture of why an item is listed: its boxes, its edges, and text that stays inside the boxes."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatrec.dialogue.values import Candidate, Constraint, State
from chatrec.grounding.pack import Pack
from chatrec.grounding.ranking import describe
from chatrec.serving.paths import WIDTH, Picture, picture, wrap

MERLOT = Constraint("grape", "=", "Merlot", "urn:wines:merlot")
RED = Constraint("grape", "=", "red grapes", "urn:wines:red")
DEAR = Constraint("price", ">=", 20)


def candidate(pack: Pack, state: State) -> Candidate:
    """Describe High Hill, a Merlot for 30 euros, as the engine does."""
    return describe(pack, {"urn:wines:high-hill": 1.0}, state)[0]


def drawn(pack: Pack, state: State, language: str = "en") -> Picture | None:
    return picture(candidate(pack, state), pack, language)


def texts(found: Picture | None) -> list[tuple[str, str, str]]:
    assert found is not None
    return [(box.kind, box.caption, " ".join(box.lines)) for box in found.boxes]


def test_a_wish_leads_to_the_value_that_meets_it(wines: Pack) -> None:
    assert texts(drawn(wines, State(constraints=(MERLOT, DEAR)))) == [
        ("wish", "your wish", "Merlot"),
        ("wish", "your wish", "≥ 20 euros"),
        ("value", "grape", "Merlot"),
        ("value", "price", "30 euros"),
        ("item", "so I suggest", "High Hill"),
    ]


def test_a_broader_wish_leads_to_the_narrower_value(wines: Pack) -> None:
    boxes = texts(drawn(wines, State(constraints=(RED,))))
    assert boxes[0] == ("wish", "your wish", "red grapes")
    assert boxes[1] == ("value", "grape", "Merlot")


def test_a_liked_item_and_a_wish_meet_in_one_value(wines: Pack) -> None:
    found = drawn(wines, State(constraints=(MERLOT,), likes=("urn:wines:old-oak",)))
    assert [kind for kind, _ in found.edges] == ["wish", "liked", "item"] if found else False
    assert ("liked", "you like", "Old Oak") in texts(found)


def test_it_speaks_the_language_of_the_person(wines: Pack) -> None:
    assert texts(drawn(wines, State(constraints=(MERLOT,)), "zh"))[0] == ("wish", "你的要求", "梅洛")


def test_where_nothing_speaks_for_an_item_there_is_no_picture(wines: Pack) -> None:
    unwanted = Constraint("grape", "=", "Riesling", "urn:wines:riesling", "dislike")
    assert drawn(wines, State(constraints=(unwanted,))) is None


def test_boxes_lie_inside_and_apart(wines: Pack) -> None:
    found = drawn(wines, State(constraints=(MERLOT, DEAR), likes=("urn:wines:old-oak",)))
    assert found is not None
    assert all(box.x >= 0 and box.x + found.column <= WIDTH for box in found.boxes)
    assert all(box.y >= 0 and box.y + box.height <= found.height for box in found.boxes)
    assert all(one.y + one.height < two.y for one, two in pairwise(found.boxes) if one.x == two.x)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Interstellar", ("Interstellar",)),
        ("the end of the world", ("the end of the", "world")),
        ("第二次世界大战与和平", ("第二次世界大战", "与和平")),
        ("", ("",)),
    ],
)
def test_text_is_broken_between_words(text: str, lines: tuple[str, ...]) -> None:
    assert wrap(text) == lines


@given(st.text(max_size=200))
def test_any_text_fits_its_box(text: str) -> None:
    lines = wrap(text, room=6, most=3)
    assert 1 <= len(lines) <= 3
    assert all(len(line) <= 6 / 0.37 for line in lines)
