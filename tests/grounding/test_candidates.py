"""Candidates: what the wishes mean in SPARQL, on three wines, and that no text can reach a query."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatrec.dialogue.values import Constraint, State
from chatrec.grounding.candidates import find, relaxations
from chatrec.grounding.graph import render_query
from chatrec.grounding.pack import Pack
from chatrec.grounding.ranking import rank

MERLOT = Constraint("grape", "=", "Merlot", "urn:wines:merlot")
RED = Constraint("grape", "=", "red grapes", "urn:wines:red")


def names(iris: tuple[str, ...]) -> list[str]:
    return [iri.removeprefix("urn:wines:") for iri in iris]


@pytest.mark.parametrize(
    ("wishes", "expected"),
    [
        ([], ["high-hill", "river-light", "old-oak"]),
        ([MERLOT], ["high-hill", "old-oak"]),
        ([RED], ["high-hill", "old-oak"]),
        ([Constraint("price", "<", 12)], ["river-light"]),
        ([Constraint("price", "<=", 12)], ["river-light", "old-oak"]),
        ([MERLOT, Constraint("price", ">", 12)], ["high-hill"]),
        ([Constraint("grape", "=", "red grapes", "urn:wines:red", "dislike")], ["river-light"]),
        ([Constraint("name", "=", "Old Oak", "urn:wines:old-oak", "dislike")], ["high-hill", "river-light"]),
    ],
)
def test_wishes_select_and_the_best_known_comes_first(
    wines: Pack, wishes: list[Constraint], expected: list[str]
) -> None:
    assert names(find(wines, wishes).items) == expected


def test_excluded_items_are_left_out_by_the_query_itself(wines: Pack) -> None:
    found = find(wines, [MERLOT], ["urn:wines:high-hill"])
    assert names(found.items) == ["old-oak"]
    assert "urn:wines:high-hill" in found.sparql


def test_the_reported_query_runs_as_it_stands(wines: Pack) -> None:
    found = find(wines, [RED, Constraint("price", ">", 12)])
    assert [str(row["item"]) for row in wines.graph.select(found.sparql)] == list(found.items)


def test_relaxation_says_what_each_dropped_wish_would_bring_and_keeps_dislikes(wines: Pack) -> None:
    wishes = (
        RED,
        Constraint("price", "<", 10),
        Constraint("grape", "=", "Riesling", "urn:wines:riesling", "dislike"),
    )
    assert not find(wines, wishes).items
    assert [(r.dropped[0].slot, names(r.found.items)) for r in relaxations(wines, wishes)] == [
        ("price", ["high-hill", "old-oak"])
    ]


def test_where_no_single_wish_is_to_blame_the_oldest_are_dropped_together(wines: Pack) -> None:
    wishes = (Constraint("price", ">", 100), Constraint("price", "<", 1), MERLOT)
    (relaxation,) = relaxations(wines, wishes)
    assert relaxation.dropped == wishes[:2]
    assert names(relaxation.found.items) == ["high-hill", "old-oak"]


def test_ranking_prefers_what_is_like_a_liked_item_and_says_why(wines: Pack) -> None:
    best, *_ = rank(
        wines, find(wines, [], ["urn:wines:high-hill"]).items, State(likes=("urn:wines:high-hill",)), 2
    )
    assert best.item.iri == "urn:wines:old-oak"
    assert [(fact.label("en"), liked) for fact, liked in best.shared] == [("Merlot", "urn:wines:high-hill")]


def test_a_broader_wish_is_met_by_the_narrower_fact(wines: Pack) -> None:
    best, *_ = rank(wines, find(wines, [RED]).items, State(constraints=(RED,)), 1)
    assert [(wish, fact.label("en")) for wish, fact in best.met] == [(RED, "Merlot")]


@given(st.text())
def test_text_never_becomes_part_of_a_query(text: str) -> None:
    with pytest.raises(TypeError, match="takes RDF terms"):
        render_query("facts", items=[text], paths=[])


@given(st.text())
def test_a_hostile_value_stays_a_value(movies: Pack, text: str) -> None:
    assert find(movies, [Constraint("rating", "=", text + '"} ; DELETE WHERE {?s ?p ?o} #')]).items == ()


def test_of_alternatives_one_must_be_met(wines: Pack) -> None:
    riesling = Constraint("grape", "=", "Riesling", "urn:wines:riesling", either=1)
    merlot = Constraint("grape", "=", "Merlot", "urn:wines:merlot", either=1)
    assert names(find(wines, [riesling, merlot]).items) == ["high-hill", "river-light", "old-oak"]
    assert names(find(wines, [riesling, merlot, Constraint("price", "<", 10)]).items) == ["river-light"]
    cheap = (riesling, merlot, Constraint("price", "<", 1))
    assert relaxations(wines, cheap)[0].dropped == (Constraint("price", "<", 1),)
