"""schema.org JSON-LD in files, folders and pages; nothing is ever fetched."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from tests.grounding.importing.conftest import Import

FILM = {
    "@context": "https://schema.org",
    "@type": "Movie",
    "name": [{"@value": "Arrival", "@language": "en"}, {"@value": "降临", "@language": "zh"}],
    "genre": ["Drama", "Science Fiction"],
    "director": {"@type": "Person", "name": "Denis Villeneuve"},
    "actor": [{"@type": "Person", "name": "Amy Adams"}, {"@type": "Person", "name": "Jeremy Renner"}],
    "datePublished": "2016-11-11",
    "duration": "PT1H56M",
}


def feed() -> dict[str, object]:
    """A product feed as shops publish it."""
    products = [
        {
            "@type": "Product",
            "name": f"Lamp {number}",
            "sku": f"L{number}",
            "category": "Lighting" if number % 2 else "Decoration",
            "brand": {"@type": "Brand", "name": "Lumo"},
            "offers": {"@type": "Offer", "price": 10 + number, "priceCurrency": "EUR"},
        }
        for number in range(6)
    ]
    entries = [{"@type": "ListItem", "position": n, "item": product} for n, product in enumerate(products, 1)]
    return {"@context": "http://schema.org/", "@type": "ItemList", "itemListElement": entries}


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let any attempt to reach the network fail."""

    def refuse(*_: object) -> None:
        raise AssertionError("a remote context was fetched")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def test_a_page_that_carries_a_film(bring: Import) -> None:
    page = f'<html><script>1</script><script type="application/ld+json">{json.dumps(FILM)}</script></html>'
    imported = bring("page.html", page)
    assert imported.items()["Arrival"] == {
        "title": ["Arrival", "降临"],
        "genre": ["Drama", "Science Fiction"],
        "director": ["Denis Villeneuve"],
        "actor": ["Amy Adams", "Jeremy Renner"],
        "year": ["2016"],
        "runtime": ["116"],
    }
    assert imported.pack().schema.item_class == "https://schema.org/Movie"


def test_a_product_feed(bring: Import) -> None:
    imported = bring("feed.json", json.dumps(feed()))
    lamp = imported.items()["Lamp 3"]
    assert (lamp["category"], lamp["brand"], lamp["price"]) == (["Lighting"], ["Lumo"], ["13"])
    assert imported.summary.tally.items == 6


def test_local_contexts_and_references_are_followed(bring: Import) -> None:
    graph = {
        "@context": {
            "s": "https://schema.org/",
            "titel": "s:name",
            "verfasser": {"@id": "s:author", "@type": "@id"},
        },
        "@graph": [
            {"@id": "urn:b1", "@type": "s:Book", "titel": "Effi Briest", "verfasser": "urn:p1"},
            {"@id": "urn:b2", "@type": "s:Book", "titel": "Der Stechlin", "verfasser": "urn:p1"},
            {"@id": "urn:p1", "@type": "s:Person", "titel": "Theodor Fontane"},
        ],
    }
    imported = bring("books.jsonld", json.dumps(graph))
    assert {name: item["writer"] for name, item in imported.items().items()} == {
        "Effi Briest": ["Theodor Fontane"],
        "Der Stechlin": ["Theodor Fontane"],
    }


def test_a_folder_of_pages_with_a_broken_one(bring: Import, tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    for name in ("Arrival", "Sicario"):
        (tmp_path / "pages" / f"{name}.json").write_text(json.dumps({**FILM, "name": name}))
    (tmp_path / "pages" / "broken.json").write_text("{")
    imported = bring("pages")
    assert set(imported.items()) == {"Arrival", "Sicario"}
    assert imported.reasons == {(0, "broken.json", "no valid JSON-LD: JSONDecodeError")}
