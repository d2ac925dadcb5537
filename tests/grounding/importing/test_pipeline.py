"""An import as a whole: repeatable, whole or not at all, into new packs and into those that exist."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from chatrec.errors import ChatrecError, InputError
from chatrec.grounding.importing.pipeline import run
from chatrec.grounding.importing.sources import open_source
from chatrec.grounding.pack import pack_dir, validate
from tests.conftest import write_pack
from tests.grounding.importing.catalogue import write_catalogue
from tests.grounding.importing.conftest import Import, fingerprint

ARRIVAL = """@prefix s: <https://schema.org/> . @prefix m: <urn:chatrec:movies:> .
<urn:chatrec:movies:film:arrival-2016> a s:Movie ; s:name "Arrival"@en, "降临"@zh ; <urn:chatrec:vocab:year> 2016 ;
    s:genre <urn:chatrec:movies:genre:drama> ; s:director <urn:chatrec:movies:person:denis-villeneuve> .
<urn:chatrec:movies:person:denis-villeneuve> a s:Person ; s:name "Denis Villeneuve"@en, "丹尼斯·维伦纽瓦"@zh .
"""
GOODS = "name,category,price\nCup,Kitchen,3\nPan,Kitchen,40\nRake,Garden,25\n"


def test_a_second_run_changes_nothing_and_a_changed_file_only_the_items(bring: Import) -> None:
    folder = bring("goods.csv", GOODS).folder
    first = fingerprint(folder)
    assert bring("goods.csv").folder == folder
    assert fingerprint(folder) == first
    shapes = (folder / "shapes.ttl").read_text() + "# corrected by hand\n"
    (folder / "shapes.ttl").write_text(shapes)
    imported = bring("goods.csv", GOODS + "Hoe,Garden,20\n")
    assert set(imported.items()) == {"Cup", "Pan", "Rake", "Hoe"}
    assert (folder / "shapes.ttl").read_text() == shapes


def test_a_second_source_adds_to_the_pack_and_held_items_are_told(bring: Import) -> None:
    bring("goods.csv", GOODS)
    imported = bring("more.csv", "name,category,price\nCup,kitchen,3\nCup,Kitchen,5\nVase,Kitchen,9\n")
    assert imported.summary.tally.held == 1
    assert sorted(path.name for path in imported.folder.glob("*.ttl")) == [
        "items-goods.ttl",
        "items-more.ttl",
        "shapes.ttl",
    ]
    assert imported.items()["Vase"]["category"] == ["Kitchen"]
    assert len(imported.pack().graph.select("SELECT ?i { ?i a <https://schema.org/Product> }")) == 5


def test_films_are_added_to_the_movies_by_its_own_shapes(bring: Import, tmp_path: Path, cache: Path) -> None:
    (tmp_path / "packs" / "mine").mkdir(parents=True)
    for name in ("shapes.ttl", "concepts.ttl"):
        shutil.copy(pack_dir("movies") / name, tmp_path / "packs" / "mine")
    (tmp_path / "packs" / "mine" / "films.ttl").write_text(ARRIVAL)
    table = (
        "Title,片名,Genre,Directed by,Year,Certificate\n"
        "Zzyzx Dawn,曙光,sci-fi; 剧情,Denis Villeneuve,2020,PG-13\n"
        "No Genre,无,weird western,Ann Other,2019,R\n"
        "Bad Code,坏,drama,Ann Other,2019,X\n"
        "Arrival,降临,drama,Denis Villeneuve,2016,PG-13\n"
    )
    imported = bring("new.csv", table, pack="mine")
    validate(imported.folder)
    added = (imported.folder / "items-new.ttl").read_text()
    assert "<urn:chatrec:movies:genre:science-fiction>" in added
    assert "<urn:chatrec:movies:person:denis-villeneuve>" in added
    assert '"Ann Other"@en' in added, "people may be added"
    assert "item-new:arrival" not in added
    assert imported.summary.tally.held == 1
    assert {(line, reason) for line, _, reason in imported.reasons} >= {
        (3, "genre: not in the graph, and its shape allows no new one"),
        (3, "genre is missing, and the shapes need it"),
        (4, "rating: not one of G, PG, PG-13, R, NC-17"),
    }


def test_what_the_cleaning_does_not_know_the_shapes_still_forbid(bring: Import, tmp_path: Path) -> None:
    bring("goods.csv", GOODS)
    shapes = tmp_path / "packs" / "shop" / "shapes.ttl"
    shapes.write_text(
        shapes.read_text().replace(
            "sh:minCount 1 ; sh:uniqueLang", 'sh:pattern "^[A-Z][a-z]+$" ; sh:minCount 1 ; sh:uniqueLang', 1
        )
    )
    imported = bring("goods.csv", GOODS + "lower case,Garden,7\n")
    assert (5, "", "breaks the shapes: Pattern of name") in imported.reasons
    assert set(imported.items()) == {"Cup", "Pan", "Rake"}


def test_entities_are_found_in_descriptions_with_their_evidence(bring: Import) -> None:
    table = (
        "name,director,genre,description\n"
        "One,Ava Long,space opera,A crew far from home has to trust a stranger who came aboard in the night.\n"
        "Two,,,A quiet space opera about two sisters that was directed by Ava Long in a single winter by the sea.\n"
        "Three,Bo Short,thriller,Ava Long has a small part in this story of a city that does not sleep at all.\n"
    )
    imported = bring("films.csv", table, extract=True)
    items = imported.items()
    assert items["Two"]["director"] == ["Ava Long"]
    assert items["Two"]["genre"] == ["space opera"]
    assert items["Three"]["director"] == ["Bo Short"], "a mention is no relation"
    query = """PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> PREFIX prov: <http://www.w3.org/ns/prov#>
        SELECT ?property ?sure ?words WHERE { ?s rdf:predicate ?property ; <urn:chatrec:vocab:confidence> ?sure ;
        prov:wasDerivedFrom ?item ; prov:value ?words } ORDER BY ?property"""
    found = [(str(r["property"]), str(r["sure"])) for r in imported.pack().graph.select(query)]
    assert found == [
        ("https://schema.org/director", "0.95"),
        ("https://schema.org/genre", "0.85"),
        ("https://schema.org/mentions", "0.85"),
    ]
    assert imported.summary.tally.extracted == 3
    bring("films.csv")
    assert not (imported.folder / "extracted-films.ttl").exists(), "without --extract the old findings go"


def test_a_fault_leaves_the_old_pack_as_it_was(bring: Import, tmp_path: Path) -> None:
    folder = bring("goods.csv", GOODS).folder
    before = fingerprint(tmp_path / "packs")
    (tmp_path / "goods.csv").write_text("name,price\n,\n,3\n")
    with pytest.raises(ChatrecError):
        bring("goods.csv")
    assert fingerprint(tmp_path / "packs") == before
    assert folder.is_dir()


def test_a_folder_of_other_things_is_left_alone(bring: Import, tmp_path: Path) -> None:
    (tmp_path / "packs" / "shop").mkdir(parents=True)
    (tmp_path / "packs" / "shop" / "notes.txt").write_text("mine")
    with pytest.raises(ChatrecError, match=r"no shapes\.ttl"):
        bring("goods.csv", GOODS)
    assert [path.name for path in (tmp_path / "packs").rglob("*")] == ["shop", "notes.txt"]


def _start(catalogue: Path, pack: Path) -> subprocess.Popen[str]:
    command = [
        sys.executable,
        "-m",
        "chatrec.serving.cli",
        "kg",
        "import",
        str(catalogue),
        "--pack",
        str(pack),
    ]
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ,
        preexec_fn=_heeds_interrupts,
    )


def _heeds_interrupts() -> None:
    """Undo that interrupts are ignored, as they are where the tests themselves run in the background."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.parametrize("moment", ["reading", "writing"])
@pytest.mark.parametrize("old", [True, False])
def test_an_interrupted_import_leaves_the_old_pack_or_none(
    tmp_path: Path, cache: Path, moment: str, old: bool
) -> None:
    catalogue, pack = write_catalogue(tmp_path / "products.csv", 4000), tmp_path / "packs" / "shop"
    if old:
        write_pack(pack, items="")
    before = fingerprint(pack) if old else ""
    process = _start(catalogue, pack)
    awaited = (
        pack.parent / ".shop.import" / ("spool.sqlite" if moment == "reading" else "pack/items-products.ttl")
    )
    deadline = time.monotonic() + 60
    while not awaited.exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode != 0, errors
    assert "Traceback" not in errors
    assert [path.name for path in pack.parent.iterdir()] == (["shop"] if old else [])
    assert not old or fingerprint(pack) == before


def test_two_imports_do_not_mix(bring: Import, tmp_path: Path) -> None:
    from filelock import FileLock

    (tmp_path / "packs").mkdir()
    with (
        FileLock(tmp_path / "packs" / ".shop.import.lock"),
        pytest.raises(ChatrecError, match="Another import"),
    ):
        bring("goods.csv", GOODS)
    assert bring("goods.csv").summary.tally.items == 3


def test_what_a_killed_import_has_left_is_swept_away(bring: Import, tmp_path: Path) -> None:
    (tmp_path / "packs" / ".shop.import" / "pack").mkdir(parents=True)
    (tmp_path / "packs" / ".shop.import" / "spool.sqlite").write_bytes(b"half")
    assert bring("goods.csv", GOODS).summary.tally.items == 3
    assert not (tmp_path / "packs" / ".shop.import").exists()


def test_a_pack_that_ships_is_not_changed_by_its_name(tmp_path: Path) -> None:
    goods = tmp_path / "goods.csv"
    goods.write_text("Name,Category\nLamp,lighting\nMat,floors\n")
    with pytest.raises(InputError, match="ships with chatrec") as told:
        run(open_source(goods), "movies")
    assert "packs/movies" in told.value.hint
    assert "--into-shipped" in told.value.hint


def test_an_imported_price_and_weight_are_compared_in_words(bring: Import) -> None:
    rows = [
        "Name,Category,Price (EUR),Weight (g)",
        "Lamp,lighting,20,900",
        "Torch,lighting,9,85",
        "Mat,floors,30,700",
    ]
    shapes = (bring("goods.csv", "\n".join(rows)).folder / "shapes.ttl").read_text(encoding="utf-8")
    assert 'chatrec:less "cheaper"@en' in shapes
    assert 'chatrec:unit "euros"@en' in shapes
    assert '"kg = 1000"@en' in shapes
    assert "chatrec:startsAnew true" in shapes
    assert "《" not in shapes


def test_only_the_names_of_works_have_marks(bring: Import) -> None:
    rows = ["Title,Author,Genre,Pages", "One,Ann Lee,crime,200", "Two,Bo Wu,crime,300"]
    shapes = (bring("books.csv", "\n".join(rows), pack="books").folder / "shapes.ttl").read_text(
        encoding="utf-8"
    )
    assert 'chatrec:valueForm "{value}"@en, "《{value}》"@zh' in shapes
