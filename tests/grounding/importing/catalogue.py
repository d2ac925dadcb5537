"""A catalogue of products with the dirt that real ones have, the same on every run."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from pathlib import Path

CATEGORIES = {
    "Headphones": "耳机",
    "Laptops": "笔记本电脑",
    "Keyboards": "键盘",
    "Monitors": "显示器",
    "Cameras": "相机",
    "Speakers": "音箱",
    "Tablets": "平板电脑",
    "Backpacks": "背包",
}
BRANDS = ("Soundberg", "Nordhal", "Kiramoto", "Velluto", "Brightwell", "Okafor", "Lindqvist", "Harrow")
COLOURS = ("black", "white", "silver", "navy blue", "forest green")
_MODELS = ("Arc", "Bolt", "Cirrus", "Dune", "Ember", "Flux", "Glide", "Halo", "Iris", "Juno")
HEADERS = (
    "SKU",
    "Product Name",
    "Category",
    "Brand",
    "Price (USD)",
    "Colours",
    "Reviews",
    "Description",
    "URL",
)

DIRT = {
    "negative price": 40,
    "absurd price": 10,
    "no name": 30,
    "price in words": 25,
    "too many fields": 15,
    "duplicate": 60,
    "typo": 2,
}
"""How many rows of the catalogue have which fault."""


def clean_rows(count: int) -> Iterator[list[str]]:
    """Yield rows without a fault; every name is borne by one of them."""
    draw = random.Random(7)
    for number in range(count):
        category, brand = draw.choice(list(CATEGORIES)), draw.choice(BRANDS)
        name = f"{brand} {draw.choice(_MODELS)} {number}"
        price = f"${draw.randrange(900, 90_000) / 100:,.2f}"
        colours = "|".join(draw.sample(COLOURS, draw.randrange(1, 3)))
        text = f"A dependable choice for work and travel, made by {brand} with care and sold with a long guarantee."
        url = f"https://shop.example/p/{number}"
        yield [f"P{number:05}", name, category, brand, price, colours, str(draw.randrange(2000)), text, url]


def dirty_rows(count: int) -> list[list[str]]:
    """Return `count` rows, of which those that DIRT counts have a fault, mixed among the others."""
    rows = list(clean_rows(count - DIRT["duplicate"]))
    faults = [name for name, times in DIRT.items() if name != "duplicate" for _ in range(times)]
    for row, fault in zip(rows[:: len(rows) // len(faults)], faults, strict=False):
        _spoil(row, fault)
    for row in rows[5 : 5 + DIRT["duplicate"] * 50 : 50]:
        rows.append([row[0], f"  {row[1].upper()} ", row[2], row[3], "", row[5], "", "", row[8]])
    return rows


def _spoil(row: list[str], fault: str) -> None:
    changes = {
        "negative price": (4, "-12.50"),
        "absurd price": (4, "99999999"),
        "no name": (1, "N/A"),
        "price in words": (4, "call us"),
        "typo": (2, f"{row[2][:-2]}{row[2][-1]}"),
    }
    if fault == "too many fields":
        row.append("surplus")
    else:
        place, value = changes[fault]
        row[place] = value


def write_catalogue(path: Path, count: int) -> Path:
    """Write the catalogue as CSV and return its path."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADERS)
        writer.writerows(dirty_rows(count))
    return path
