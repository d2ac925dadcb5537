"""Packs: shapes are the schema, faults are named, and the compiled form is whole or absent."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest

from chatrec.errors import PackError
from chatrec.grounding.pack import Pack, compile_pack, open_pack
from tests.conftest import WINES, write_pack


def test_the_shapes_become_the_schema(wines: Pack) -> None:
    assert [(slot.name, slot.kind) for slot in wines.schema.slots] == [
        ("name", "name"),
        ("grape", "entity"),
        ("price", "number"),
    ]
    assert wines.schema.slot("grape").question["zh"] == "什么葡萄？"
    assert wines.schema.languages == ("en", "zh")
    with pytest.raises(KeyError, match="no slot 'colour'; known: name, grape, price"):
        wines.schema.slot("colour")


def test_entries_hold_every_label_and_know_what_it_can_fill(wines: Pack) -> None:
    found = {(entry.surface, entry.slots, entry.value) for entry in wines.entries}
    assert ("老橡树", ("name",), "Old Oak") in found
    assert ("红葡萄", ("grape",), "red grapes") in found, "a broader concept that no item has itself"


def test_items_carry_their_facts_in_every_language(wines: Pack) -> None:
    (item,) = wines.items(("urn:wines:old-oak",))
    assert item.name(wines.schema.name_slot.name, "zh").label("zh") == "老橡树"
    assert item.facts["grape"][0].labels == {"en": "Merlot", "zh": "梅洛"}
    assert item.facts["price"][0].triple == ("urn:wines:old-oak", "urn:wines:price", "12")
    assert wines.items(("urn:wines:none",)) == ()


def test_broken_turtle_stops_the_start_with_file_and_line(tmp_path: Path, cache: Path) -> None:
    folder = write_pack(tmp_path / "broken", items=WINES + "\nw:bad a w:Wine ; schema:name ??? .\n")
    with pytest.raises(PackError, match=r"items\.ttl, line 13"):
        open_pack(str(folder))
    assert not list(cache.glob("packs/broken-*/")), "nothing half-made stays behind"


@pytest.mark.parametrize(
    ("fault", "named"),
    [
        ("w:bad a w:Wine ; w:price 5 .", "urn:wines:bad, property https://schema.org/name"),
        (
            'w:bad a w:Wine ; schema:name "Bad"@en ; w:price -5 .',
            "urn:wines:bad, property urn:wines:price, value -5",
        ),
        ('w:bad a w:Wine ; schema:name "Bad"@en ; w:madeOf w:old-oak .', "value urn:wines:old-oak"),
    ],
)
def test_a_violated_shape_stops_the_start_with_node_property_and_value(
    tmp_path: Path, cache: Path, fault: str, named: str
) -> None:
    with pytest.raises(PackError) as caught:
        open_pack(str(write_pack(tmp_path / "faulty", items=WINES + fault)))
    assert named in str(caught.value)


def test_an_unknown_pack_is_answered_with_the_known_ones() -> None:
    with pytest.raises(PackError, match="no pack 'films'") as caught:
        open_pack("films")
    assert "movies" in caught.value.hint


def test_a_compiled_pack_is_reused_until_a_file_changes(tmp_path: Path, cache: Path) -> None:
    folder = write_pack(tmp_path / "wines")
    first, said = compile_pack(folder), []
    assert compile_pack(folder, said.append) == first and not said
    write_pack(folder, items=WINES.replace("w:price 12", "w:price 13"))
    assert compile_pack(folder, said.append) != first and said


def test_two_processes_may_start_at_once(tmp_path: Path, cache: Path) -> None:
    folder = write_pack(tmp_path / "wines")
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        first, second = pool.map(compile_pack, [folder, folder])
    assert first == second
    assert len(open_pack(str(folder)).graph) > 0
