"""Duplicates are merged by evidence; contradicting ones are kept apart; both are told."""

from __future__ import annotations

from tests.grounding.importing.conftest import Import

HEAD = "name,category,price,description\n"


def test_agreeing_rows_become_one_item_with_all_they_hold(bring: Import) -> None:
    imported = bring(
        "a.csv", HEAD + "Old Oak,Wine,12,\n OLD  OAK ,Wine,,Dark and dry.\nold oak,,12.00,Dark.\n"
    )
    assert imported.items() == {
        "Old Oak": {
            "title": ["Old Oak"],
            "category": ["Wine"],
            "price": ["12"],
            "budget": ["under 15"],
            "synopsis": ["Dark and dry."],
        }
    }
    assert imported.summary.tally.merged == 2
    assert (4, "synopsis", "synopsis: line 2, the same item, has another text") in imported.reasons


def test_contradicting_rows_are_kept_apart_and_told(bring: Import) -> None:
    imported = bring("a.csv", HEAD + "Dune,Film,12,\nDune,Book,9,\nDune,Book,9,A long one.\n")
    assert imported.summary.tally.items == 2
    assert imported.reasons == {
        (3, "", "the name of line 2, but another category: kept apart"),
        (4, "", "the same as line 3: merged"),
    }


def test_an_identifier_decides(bring: Import) -> None:
    imported = bring("a.csv", "sku,name,price\n1,Cup,3\n2,Cup,3\n1,The Cup,4\n1,Saucepan,9\n")
    assert imported.summary.tally.items == 2
    assert {(line, reason) for line, _, reason in imported.reasons} >= {
        (3, "the name of line 2, but another identifier: kept apart"),
        (5, "its identifier is that of line 2, which has another name"),
    }


def test_a_rare_misspelt_value_is_taken_for_the_frequent_one(bring: Import) -> None:
    rows = "".join(f"Thing {n},Cameras\n" for n in range(30)) + "Thing 30,Camerras\nThing 31,Camels\n"
    imported = bring("a.csv", "name,category\n" + rows)
    assert imported.items()["Thing 30"]["category"] == ["Cameras"]
    assert imported.items()["Thing 31"]["category"] == ["Camels"]
    assert imported.summary.tally.notes == ["Camerras (1) was taken for Cameras (30)."]
