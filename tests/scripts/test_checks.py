"""Each check on turns made by hand, passing and failing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chatrec.dialogue.values import Act, Claim, Constraint, Turn
from chatrec.grounding.pack import Pack
from chatrec.scripts.checks import check
from chatrec.scripts.format import Expectation
from chatrec.scripts.items import notes
from chatrec.scripts.moment import Failure, Moment

MakeTurn = Callable[..., Turn]
Titled = Callable[[str, str, str], Claim]
T = "urn:test:"


def judge(pack: Pack, turn: Turn, earlier: tuple[Turn, ...] = (), **expected: Any) -> list[Failure]:
    """Judge a turn by the keys of an expectation."""
    return check(Expectation.model_validate(expected), Moment(turn, earlier, pack))


def failed(pack: Pack, turn: Turn, **expected: Any) -> list[str]:
    """Return the keys that failed."""
    return [failure.check for failure in judge(pack, turn, **expected)]


@pytest.mark.parametrize(
    ("key", "allowed", "fails"),
    [
        ("language", "en", False),
        ("language", ["zh", "en"], False),
        ("language", "zh", True),
        ("intent", "recommend", False),
        ("intent", ["ask", "relax"], True),
    ],
)
def test_language_and_intent(pack: Pack, make_turn: MakeTurn, key: str, allowed: Any, fails: bool) -> None:
    assert failed(pack, make_turn(), **{key: allowed}) == [key] * fails


SAID = (
    Act("like", "title", "=", "Interstellar", T + "interstellar", "like", "Interstellar", 0),
    Act("inform", "genre", "=", "horror", T + "horror", "dislike", "horror", 5),
    Act("inform", "director", "=", "Michael Mann", T + "mann", "dislike"),
    Act("ask", "runtime", "?", None, "", "neutral"),
    Act("ask", "title", "=", "Heat", T + "heat", "neutral"),
    Act("forget", "country", "-", None, "", "neutral"),
)
IN_FORCE = (Constraint("year", ">", 2014), Constraint("actor", "=", "Amy Adams", T + "adams"))


@pytest.mark.parametrize(
    ("wish", "met"),
    [
        ({"like": "Interstellar"}, True),
        ({"like": "星际穿越"}, True),
        ({"like": "interstellar"}, True),
        ({"dislike": "Interstellar"}, False),
        ({"dislike": "恐怖"}, True),
        ({"dislike": "Michael Mann"}, True),
        ({"like": "Heat"}, False),
        ({"like": "Amy Adams"}, True),
        ({"slot": "genre", "value": "horror"}, False),
        ({"slot": "genre", "value": "horror", "polarity": "dislike"}, True),
        ({"slot": "genre", "value": "slasher", "polarity": "dislike"}, False),
        ({"slot": "year", "op": ">", "value": 2014}, True),
        ({"slot": "year", "op": ">=", "value": 2014}, False),
        ({"slot": "year", "value": 2014}, True),
        ({"slot": "year", "value": 2015}, False),
        ({"value": "Amy Adams", "act": "inform"}, True),
        ({"slot": "title", "value": "Heat", "polarity": "neutral"}, True),
        ({"slot": "title", "value": "Heat"}, False),
        ({"slot": "runtime", "op": "?"}, True),
        ({"slot": "year", "op": "?"}, False),
        ({"act": "forget", "slot": "country"}, True),
        ({"act": "forget", "slot": "year"}, False),
    ],
)
def test_understood(pack: Pack, make_turn: MakeTurn, wish: dict[str, Any], met: bool) -> None:
    turn = make_turn(acts=SAID, wishes=IN_FORCE)
    assert failed(pack, turn, understood=[wish]) == ["understood"] * (not met)


def test_what_was_heard_is_told(pack: Pack, make_turn: MakeTurn) -> None:
    (failure,) = judge(pack, make_turn(acts=SAID[:2], wishes=IN_FORCE[:1]), understood=[{"like": "Heat"}])
    assert failure.expected == "{like: Heat}"
    assert failure.got == (
        "like(title = Interstellar) · inform(genre = horror, dislike) (wishes in force: year > 2014)"
    )


@pytest.mark.parametrize(
    ("items", "expected", "fails"),
    [
        (("arrival",), {"min": 1, "max": 1}, []),
        ((), {"min": 1}, ["items.min"]),
        (("arrival", "heat"), {"max": 1}, ["items.max"]),
        (("arrival", "interstellar"), {"all": {"genre": "science fiction"}}, []),
        (("arrival", "interstellar"), {"all": {"genre": "科幻"}}, []),
        (("arrival", "interstellar"), {"all": {"genre": "sci-fi"}}, []),
        (("arrival", "heat"), {"all": {"genre": "science fiction"}}, ["items.all.genre"]),
        (("scream",), {"all": {"genre": "horror"}}, []),
        (("scream",), {"none": {"genre": "horror"}}, ["items.none.genre"]),
        (("arrival", "heat"), {"any": {"genre": "crime", "director": "Denis Villeneuve"}}, []),
        (("arrival", "heat"), {"any": {"genre": "crime", "director": "Wes Craven"}}, ["items.any.director"]),
        ((), {"any": {"genre": "crime"}}, ["items.any.genre"]),
        ((), {"all": {"genre": "crime"}, "none": {"genre": "crime"}}, []),
        (("heat",), {"none": {"genre": "crime", "title": "Arrival"}}, ["items.none.genre"]),
        (("arrival",), {"none": {"title": ["Heat", "降临"]}}, ["items.none.title"]),
        (("arrival",), {"none": {"title": "The Arrival"}}, ["items.none.title"]),
        (("arrival",), {"all": {"year": 2016, "runtime": {"op": "<", "value": 120}}}, []),
        (("heat",), {"all": {"year": {"op": ">=", "value": 1996}}}, ["items.all.year"]),
        (("heat",), {"all": {"year": [{"op": ">=", "value": 1990}, {"op": "<=", "value": 1999}]}}, []),
        (("scream",), {"all": {"runtime": {"op": ">", "value": 0}}}, ["items.all.runtime"]),
        (("heat",), {"all": {"rating": "r"}}, []),
        (("heat",), {"all": {"rating": "PG-13"}}, ["items.all.rating"]),
    ],
)
def test_items(
    pack: Pack, make_turn: MakeTurn, items: tuple[str, ...], expected: dict[str, Any], fails: list[str]
) -> None:
    assert failed(pack, make_turn(items=items), items=expected) == fails


def test_a_failing_pair_tells_what_the_graph_holds(pack: Pack, make_turn: MakeTurn) -> None:
    turn = make_turn(items=("arrival", "heat"), language="zh")
    (failure,) = judge(pack, turn, items={"all": {"genre": "sience fiction"}})
    assert failure.expected == "every item has genre sience fiction"
    assert "盗火线 has genre" in failure.got
    assert "the graph knows no genre 'sience fiction'; nearest: 'science fiction'" in failure.got


def test_a_label_under_none_that_nothing_has_is_noted(pack: Pack, make_turn: MakeTurn) -> None:
    expected = Expectation.model_validate({"items": {"none": {"genre": "horor", "title": "Heat"}}})
    moment = Moment(make_turn(items=("arrival",)), (), pack)
    assert check(expected, moment) == []
    assert list(notes(expected.items, moment)) == [
        "items.none.genre checks nothing: the graph knows no genre 'horor'; nearest: 'horror'"
    ]


def test_not_repeated(pack: Pack, make_turn: MakeTurn) -> None:
    earlier = (make_turn(items=("heat",)), make_turn(items=("arrival",)))
    expected = {"not_repeated": True}
    assert judge(pack, make_turn(items=("scream",)), earlier, items=expected) == []
    (failure,) = judge(pack, make_turn(items=("scream", "heat")), earlier, items=expected)
    assert (failure.check, failure.got) == ("items.not_repeated", "again Heat")


@pytest.mark.parametrize(
    ("expected", "fails"),
    [
        ({"contains": ["arrival", "2016"]}, []),
        ({"contains": "Arrival"}, []),
        ({"contains": ["Arrival", "Heat"]}, ["reply.contains"]),
        ({"lacks": "Heat"}, []),
        ({"lacks": ["ARRIVAL"]}, ["reply.lacks"]),
        ({"max_chars": 19}, []),
        ({"max_chars": 18}, ["reply.max_chars"]),
    ],
)
def test_reply(pack: Pack, make_turn: MakeTurn, expected: dict[str, Any], fails: list[str]) -> None:
    assert failed(pack, make_turn("Try Arrival (2016)."), reply=expected) == fails


def test_within_ms(pack: Pack, make_turn: MakeTurn) -> None:
    assert failed(pack, make_turn(total=800.0), within_ms=900) == []
    (failure,) = judge(pack, make_turn(total=800.0), within_ms=700)
    assert (failure.expected, failure.got) == ("at most 700 ms", "800 ms")
