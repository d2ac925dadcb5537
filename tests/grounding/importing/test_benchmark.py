"""The benchmark folders become packs; a small one made here, and the real ones where they are."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from chatrec.grounding.importing.sources import open_source
from tests.grounding.importing.conftest import Import

BENCH = Path(os.environ.get("CHATREC_BENCH") or Path(__file__).parents[4] / "shared" / "bench")

SMALL = {
    "entity2id.json": {"Pari (1995)": 0, "drama": 1, "Niki Karimi": 2, "Unknown": 3, "1999": 4},
    "item_ids.json": [0, 3, 9],
    "relation2id.json": {"genre": 0, "star": 1, "year": 2},
    "kg.json": {"0": [[0, 1], [1, 2]], "3": [[0, 1], [2, 4]]},
    "id2info.json": {
        "1": {"name": "Pari (1995)", "genre": ["drama"], "plot": "A book is found in a dead brother's room."}
    },
}


def test_the_two_tables_are_joined(bring: Import, tmp_path: Path) -> None:
    (tmp_path / "small").mkdir()
    for name, data in SMALL.items():
        (tmp_path / "small" / name).write_text(json.dumps(data))
    imported = bring("small")
    items = imported.items()
    assert items["Pari"]["genre"] == ["drama"]
    assert items["Pari"]["actor"] == ["Niki Karimi"]
    assert items["Pari"]["year"] == ["1995"]
    assert items["Unknown"]["year"] == ["1999"], "a film may be called Unknown"
    assert imported.reasons == {(9, "item_ids.json", "no entity has this number")}
    assert {
        str(row["id"])
        for row in imported.pack().graph.select("SELECT ?id { ?i <https://schema.org/identifier> ?id }")
    } == {"0", "3"}


@pytest.mark.parametrize(
    ("name", "items", "linked"), [("redial", 6570, 55_000), ("opendialkg", 2900, 25_000)]
)
def test_a_real_benchmark_becomes_a_graph(name: str, items: int, linked: int) -> None:
    if not (BENCH / name).is_dir():
        pytest.skip(f"there is no {BENCH / name}; set CHATREC_BENCH")
    records = [record for record in open_source(BENCH / name).stream() if hasattr(record, "fields")]
    assert len(records) >= items
    slots = ("genre", "director", "actor", "writer")
    assert sum(len(record.fields.get(slot, ())) for record in records for slot in slots) >= linked
