"""Context brings soft wishes, each once and with its reason; what the person asks for goes first."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatrec.dialogue.context import Context, Occasion, current, in_context
from chatrec.dialogue.state import update
from chatrec.dialogue.values import Act, Constraint, State
from chatrec.errors import PackError
from chatrec.grounding.occasions import read_occasions
from chatrec.grounding.pack import Pack, open_pack
from chatrec.serving.cards import chips
from tests.conftest import WINES, write_pack

HORROR = Constraint("genre", "=", "horror", "urn:horror", soft=True)
SCARY = Occasion(
    "o:halloween", names=frozenset({"halloween"}), spans={"days": ("10-18/10-31",)}, wishes=(HORROR,)
)
WINTER = Occasion("o:winter", order=4, spans={"days": ("12-01/02-28",)})
WORK = Occasion("o:work", order=3, spans={"weekdays": ("1/5",), "hours": ("09/16",)})
NIGHT = Occasion("o:night", order=3, spans={"hours": ("23/04",)})
MOON = Occasion("o:moon", order=1, spans={"days": ("2026-09-15/2026-09-26",)})
ALL = (SCARY, WINTER, WORK, NIGHT, MOON)


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        ("2026-10-31T20:00", ["o:halloween"]),
        ("2026-11-01T20:00", []),
        ("2026-12-31T12:00", ["o:work", "o:winter"]),
        ("2027-01-03T12:00", ["o:winter"]),
        ("2026-06-01T02:30", ["o:night"]),
        ("2026-06-01T23:59", ["o:night"]),
        ("2026-09-20T20:00", ["o:moon"]),
        ("2027-09-20T20:00", []),
    ],
)
def test_the_time_tells_the_occasion(time: str, expected: list[str]) -> None:
    found = current(Context(datetime.fromisoformat(time)), ALL)
    assert [occasion.iri for occasion in found] == expected


def test_a_client_may_name_an_occasion_in_any_case() -> None:
    assert current(Context(occasion="HALLOWEEN "), ALL) == (SCARY,)
    assert current(Context(), ALL) == current(Context(place="the moon"), ALL) == ()


def test_a_wish_that_is_taken_back_does_not_return() -> None:
    state = in_context(State(), Context(occasion="halloween"), ALL)
    assert state.constraints == (HORROR,)
    without = State(constraints=(), context=state.context)
    assert in_context(without, Context(occasion="halloween"), ALL) == without


def test_what_the_person_says_goes_first() -> None:
    comedy = Act("inform", "genre", "=", "comedy", "urn:comedy")
    said = update(State(), [comedy], "en")
    assert in_context(said, Context(occasion="halloween"), ALL).constraints == said.constraints
    later = update(in_context(State(), Context(occasion="halloween"), ALL), [comedy], "en")
    assert [wish.value for wish in later.constraints] == ["comedy"]
    no = Act("inform", "genre", "=", "horror", "urn:horror", polarity="dislike")
    refused = update(in_context(State(), Context(occasion="halloween"), ALL), [no], "en")
    assert [(wish.polarity, wish.soft) for wish in refused.constraints] == [("dislike", False)]


@given(st.datetimes(), st.text(max_size=20), st.text(max_size=20))
def test_any_context_adds_soft_wishes_only_and_only_once(time: datetime, place: str, occasion: str) -> None:
    context = Context(time, place, "", occasion)
    state = in_context(State(), context, ALL)
    assert all(wish.soft for wish in state.constraints)
    assert in_context(state, context, ALL) == state


@pytest.mark.parametrize(
    ("time", "value", "reason"),
    [
        ("2026-10-30T20:15", "horror", "because it is nearly Halloween"),
        ("2026-12-20T12:00", "Christmas", "because it is nearly Christmas"),
        ("2027-02-10T12:00", "romance", "because it is nearly Valentine's Day"),
        ("2026-02-17T12:00", "the whole family", "because it is the time of the Spring Festival"),
    ],
)
def test_films_for_the_holidays(movies: Pack, time: str, value: str, reason: str) -> None:
    state = in_context(State(), Context(datetime.fromisoformat(time)), movies.occasions)
    shown = {
        str(wish.value): chip
        for wish, chip in zip(state.constraints, chips(state, movies, "en"), strict=True)
    }
    assert shown[value].reason == reason


def test_no_context_counts_where_the_pack_names_none() -> None:
    assert open_pack("health").occasions == ()
    assert open_pack("shop").occasions
    assert open_pack("articles").occasions


def test_a_pack_describes_occasions_of_its_own_and_bad_rules_are_named(cache: None, tmp_path) -> None:  # type: ignore[no-untyped-def]
    own = """
    @prefix chatrec: <urn:chatrec:vocab:> .
    w:harvest a chatrec:Occasion ; skos:prefLabel "harvest"@en ; chatrec:days "09-01/10-15" .
    w:riesling chatrec:fits w:harvest .
    """
    pack = open_pack(str(write_pack(tmp_path / "own", items=WINES + own)))
    assert [wish.value for wish in current(Context(occasion="harvest"), pack.occasions)[0].wishes] == [
        "Riesling"
    ]
    bad = open_pack(str(write_pack(tmp_path / "bad", items=WINES + own.replace("09-01/10-15", "autumn"))))
    with pytest.raises(PackError, match="'autumn', which is no span"):
        read_occasions(bad.graph, bad.entries)
    lost = open_pack(
        str(write_pack(tmp_path / "lost", items=WINES + own.replace("fits w:harvest", "fits w:feast")))
    )
    with pytest.raises(PackError, match="urn:wines:feast"):
        read_occasions(lost.graph, lost.entries)
