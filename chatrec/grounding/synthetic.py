"""A synthetic catalogue of any size, the same for the same size and seed: for measuring stores and testing them.

About ten triples an item: its class, a name in two languages, a year, how well known it is, two kinds out of a tree of
three levels, a maker and two themes. Values are skewed as in real catalogues: a few are everywhere, most are rare.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

NAMESPACE = "urn:chatrec:synthetic:"

_SCHEMA = "https://schema.org/"
_SKOS = "http://www.w3.org/2004/02/skos/core#"
_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_INTEGER = "<http://www.w3.org/2001/XMLSchema#integer>"
_WIDTHS = (8, 5, 5)
_THEMES = 300
_ITEMS_A_MAKER = 20

SHAPES = """\
@prefix chatrec: <urn:chatrec:vocab:> .
@prefix schema: <https://schema.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix s: <urn:chatrec:synthetic:> .

s: a chatrec:Pack ; chatrec:itemClass s:Item ; chatrec:languages ( "en" "zh" ) ; chatrec:weight s:fame ;
    chatrec:noun "item"@en, "items"@en, "物品"@zh .
s:ItemShape a sh:NodeShape ; sh:targetClass s:Item ; sh:property s:name, s:kind, s:maker, s:theme, s:year .
s:name sh:path schema:name ; chatrec:slot "name" ; sh:order 1 ; sh:name "name"@en, "名称"@zh ;
    sh:datatype rdf:langString ; sh:minCount 1 .
s:kind sh:path s:kind ; chatrec:slot "kind" ; sh:order 2 ; sh:name "kind"@en, "种类"@zh ; sh:class s:Kind ;
    chatrec:links 1.0 ; chatrec:broader true ; chatrec:sentence "It is a {value}."@en, "它是{value}。"@zh .
s:maker sh:path s:maker ; chatrec:slot "maker" ; sh:order 3 ; sh:name "maker"@en, "制作者"@zh ; sh:class s:Maker ;
    chatrec:links 1.0 ; chatrec:sentence "It was made by {value}."@en, "由{value}制作。"@zh .
s:theme sh:path s:theme ; chatrec:slot "theme" ; sh:order 4 ; sh:name "theme"@en, "主题"@zh ; sh:class s:Theme ;
    chatrec:links 1.0 ; chatrec:sentence "It is about {value}."@en, "主题是{value}。"@zh .
s:year sh:path s:year ; chatrec:slot "year" ; sh:order 5 ; sh:name "year"@en, "年份"@zh ; sh:datatype xsd:integer ;
    sh:maxCount 1 ; chatrec:sentence "It is from {value}."@en, "{value}年。"@zh .
"""


@lru_cache
def kinds() -> tuple[str, ...]:
    """Return the names of all kinds; each but the first level's has its parent's name as its beginning."""
    names, level = [], [""]
    for width in _WIDTHS:
        level = [f"{name}-{place}" if name else str(place) for name in level for place in range(width)]
        names += level
    return tuple(names)


def triples(items: int, seed: int = 0) -> Iterator[str]:
    """Yield the data of a catalogue as lines of N-Triples (which is Turtle as well)."""
    draw = random.Random(seed)
    makers = _makers(items)
    for name in kinds():
        yield from _labelled("Kind", name, f"kind {name}", f"种类{name}")
        if "-" in name:
            yield f"{_iri('Kind', name)} <{_SKOS}broader> {_iri('Kind', name.rpartition('-')[0])} ."
    for number in range(_THEMES):
        yield from _labelled("Theme", str(number), f"theme {number}", f"主题{number}")
    for number in range(makers):
        yield from _named("Maker", str(number), f"Maker {number}", f"作者{number}")
    leaves = [name for name in kinds() if name.count("-") == len(_WIDTHS) - 1]
    for number in range(items):
        yield from _item(draw, str(number), leaves, makers)


def _item(draw: random.Random, number: str, leaves: list[str], makers: int) -> Iterator[str]:
    yield from _named("Item", number, f"Item {number}", f"物品{number}")
    item = _iri("Item", number)
    values = {("kind", "Kind", leaves[_skewed(draw, len(leaves))]) for _ in range(2)}
    values |= {("theme", "Theme", str(_skewed(draw, _THEMES))) for _ in range(2)}
    values.add(("maker", "Maker", str(_skewed(draw, makers))))
    for slot, class_, value in sorted(values):
        yield f"{item} <{NAMESPACE}{slot}> {_iri(class_, value)} ."
    yield f'{item} <{NAMESPACE}year> "{2025 - _skewed(draw, 100)}"^^{_INTEGER} .'
    yield f'{item} <{NAMESPACE}fame> "{draw.randint(1, 5)}"^^{_INTEGER} .'


def draw_values(draw: random.Random, items: int) -> tuple[str, str, str, int]:
    """Draw what a user of a catalogue of that size may wish for: a kind of any level, a theme, a maker, a year."""
    theme, maker = _skewed(draw, _THEMES), _skewed(draw, _makers(items))
    return draw.choice(kinds()), str(theme), str(maker), draw.randint(1950, 2015)


def _makers(items: int) -> int:
    return max(1, items // _ITEMS_A_MAKER)


def _skewed(draw: random.Random, size: int) -> int:
    """Draw a number below `size`, small ones more often."""
    return int(size * draw.random() ** 2)


def _iri(class_: str, name: str) -> str:
    return f"<{NAMESPACE}{class_.lower()}:{name}>"


def _named(class_: str, name: str, english: str, chinese: str, path: str = f"{_SCHEMA}name") -> Iterator[str]:
    yield f"{_iri(class_, name)} {_TYPE} <{NAMESPACE}{class_}> ."
    yield f'{_iri(class_, name)} <{path}> "{english}"@en .'
    yield f'{_iri(class_, name)} <{path}> "{chinese}"@zh .'


def _labelled(class_: str, name: str, english: str, chinese: str) -> Iterator[str]:
    return _named(class_, name, english, chinese, f"{_SKOS}prefLabel")


def write_catalogue(folder: Path, items: int, seed: int = 0) -> Path:
    """Write a catalogue as a pack and return its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "shapes.ttl").write_text(SHAPES, encoding="utf-8")
    with (folder / "items.ttl").open("w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in triples(items, seed))
    return folder
