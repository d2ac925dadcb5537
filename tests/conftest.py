"""Fixtures for all tests: the real movies pack, and a tiny pack of another domain that exists only here."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import platformdirs
import pytest

from chatrec.config import settings
from chatrec.grounding.pack import Pack, open_pack

# One cache for the whole run: a test that changes HOME must not lead later ones to a cache of its own.
os.environ.setdefault("CHATREC_CACHE_DIR", platformdirs.user_cache_dir("chatrec"))
# What is said in tests is kept only where a test says so.
os.environ["CHATREC_DATABASE"] = "none"

WINE_SHAPES = """
@prefix chatrec: <urn:chatrec:vocab:> .
@prefix schema: <https://schema.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix w: <urn:wines:> .

w: a chatrec:Pack ; chatrec:itemClass w:Wine ; chatrec:languages ( "en" "zh" ) ; chatrec:weight w:stars ;
    chatrec:noun "wine"@en, "wines"@en, "酒"@zh .
w:WineShape a sh:NodeShape ; sh:targetClass w:Wine ; sh:property w:name, w:grape, w:price .
w:name sh:path schema:name ; chatrec:slot "name" ; sh:order 1 ; sh:name "name"@en, "名称"@zh ; sh:minCount 1 ;
    sh:datatype rdf:langString .
w:grape sh:path w:madeOf ; chatrec:slot "grape" ; sh:order 2 ; sh:name "grape"@en, "葡萄"@zh ; sh:class w:Grape ;
    chatrec:links 1.0 ; chatrec:broader true ; chatrec:question "Which grape?"@en, "什么葡萄？"@zh ;
    chatrec:sentence "It is made of {value}."@en, "由{value}酿成。"@zh .
w:price sh:path w:price ; chatrec:slot "price" ; sh:order 3 ; sh:name "price"@en, "价格"@zh ; sh:datatype xsd:integer ;
    sh:maxCount 1 ; sh:minInclusive 0 ; chatrec:valueForm "{value} euros"@en, "{value}欧元"@zh ;
    chatrec:sentence "It costs {value}."@en, "售价{value}。"@zh .
"""

WINES = """
@prefix schema: <https://schema.org/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix w: <urn:wines:> .

w:red a w:Grape ; skos:prefLabel "red grapes"@en, "红葡萄"@zh .
w:merlot a w:Grape ; skos:prefLabel "Merlot"@en, "梅洛"@zh ; skos:broader w:red .
w:riesling a w:Grape ; skos:prefLabel "Riesling"@en, "雷司令"@zh .
w:old-oak a w:Wine ; schema:name "Old Oak"@en, "老橡树"@zh ; w:madeOf w:merlot ; w:price 12 ; w:stars 2 .
w:high-hill a w:Wine ; schema:name "High Hill"@en, "高山"@zh ; w:madeOf w:merlot ; w:price 30 ; w:stars 5 .
w:river-light a w:Wine ; schema:name "River Light"@en, "河光"@zh ; w:madeOf w:riesling ; w:price 9 ; w:stars 3 .
"""


def write_pack(folder: Path, shapes: str = WINE_SHAPES, items: str = WINES) -> Path:
    """Write a pack of two Turtle files and return its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "shapes.ttl").write_text(shapes, encoding="utf-8")
    (folder / "items.ttl").write_text(items, encoding="utf-8")
    return folder


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A cache folder of the test's own."""
    monkeypatch.setenv("CHATREC_CACHE_DIR", str(tmp_path / "cache"))
    settings.cache_clear()
    yield tmp_path / "cache"
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
def wines(tmp_path: Path, cache: Path) -> Pack:
    """Three wines."""
    return open_pack(str(write_pack(tmp_path / "wines")))


@pytest.fixture(scope="session")
def movies() -> Pack:
    """The movies pack as it ships."""
    return open_pack("movies")
