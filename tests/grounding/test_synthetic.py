"""The synthetic catalogue is a valid pack, the same every time; the stores are measured on it and agree."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from chatrec.grounding.candidates import find
from chatrec.grounding.graph import EmbeddedGraph
from chatrec.grounding.pack import compile_pack, open_pack
from chatrec.grounding.synthetic import triples, write_catalogue
from chatrec.serving.cli import app


def test_the_same_size_and_seed_give_the_same_catalogue() -> None:
    assert list(triples(50)) == list(triples(50)) != list(triples(50, seed=1))


def test_it_has_about_ten_triples_an_item() -> None:
    grown = sum(1 for _ in triples(2_000)) - sum(1 for _ in triples(1_000))
    assert 9_000 < grown < 11_000


def test_it_is_a_pack_that_meets_its_own_shapes(tmp_path: Path, cache: Path) -> None:
    pack = open_pack(str(write_catalogue(tmp_path / "made", 100)))
    assert len(find(pack, ()).items) == 100
    assert {entry.language for entry in pack.entries} == {"en", "zh"}
    assert len(pack.with_narrower("urn:chatrec:synthetic:kind:0")) == 31


def test_a_small_store_is_held_in_memory_and_a_large_one_on_disk(tmp_path: Path, cache: Path) -> None:
    store = compile_pack(write_catalogue(tmp_path / "made", 20))
    size = len(EmbeddedGraph.open(store))
    in_memory, on_disk = EmbeddedGraph.open(store, size), EmbeddedGraph.open(store, size - 1)
    assert len(in_memory) == len(on_disk) == size
    assert in_memory.in_memory and not on_disk.in_memory


def test_every_store_is_measured_and_all_agree() -> None:
    outcome = CliRunner().invoke(app, ["bench", "store", "--items", "200", "--runs", "10", "--json"])
    assert outcome.exit_code == 0, outcome.output
    figures = json.loads(outcome.stdout.splitlines()[-1])
    assert figures["items"] == 200 and figures["triples"] > 2_000 and figures["same_answers"]
    assert set(figures["stores"]) == {"memory", "disk", "served", "rdflib"}
    assert all(found["p95_ms"] >= found["p50_ms"] > 0 for found in figures["stores"].values())
