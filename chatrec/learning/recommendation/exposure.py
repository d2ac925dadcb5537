"""Who gets shown: the share of the lists that goes to each group of items, against its share of the catalogue.

Groups are those of country, language, author, decade and price, as far as the facts or the graph give them, and fifths
of popularity. `evened` shifts the scores of groups until their share of the lists approaches that of the catalogue.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix

from chatrec.grounding.ranking.catalogue import Catalogue
from chatrec.learning.recommendation.figures import top

NAMED = ("country", "language", "author")
"""Facts whose values are the groups."""
_PARTS = 5
_ROUNDS = 30
_STEP = 0.4
"""How far one round moves the logarithms of the shares."""
_KNOWN = 0.05
"""A fact that fewer items have than this share gives no groups."""
Groups = tuple[tuple[str, ...], csr_matrix]
"""Names of the groups, and items x groups: the part of each item that belongs to each, in all at most 1 a row."""


def groups(catalogue: Catalogue, folder: Path, popularity: np.ndarray) -> dict[str, Groups]:
    """Return the groups of each kind; `popularity`: how often each row was recommended, on any rising scale."""
    facts = {name: _values(catalogue, folder, name) for name in (*NAMED, "year", "price")}
    found = {name: facts[name] for name in NAMED}
    found["decade"] = [tuple(f"{int(year) // 10}0s" for year in _numbers(row)) for row in facts["year"]]
    prices = [tuple(map(float, _numbers(row)))[:1] for row in facts["price"]]
    found["price"] = _fifths([row[0] if row else np.nan for row in prices])
    found["popularity"] = _fifths(popularity.tolist())
    enough = _KNOWN * len(catalogue.items)
    return {kind: _table(rows) for kind, rows in found.items() if sum(map(bool, rows)) > enough}


def exposure(lists: np.ndarray, kinds: Mapping[str, Groups]) -> dict[str, dict[str, list[float]]]:
    """Return, by kind and group, its share of the catalogue and of the lists (situations x list size, rows of items)."""
    shown = np.bincount(lists.ravel(), minlength=next(iter(kinds.values()))[1].shape[0])
    return {
        kind: {
            name: [round(float(held), 4), round(float(got), 4)]
            for name, held, got in zip(names, _share(table), _share(table, shown), strict=True)
        }
        for kind, (names, table) in kinds.items()
    }


def unevenness(found: Mapping[str, Mapping[str, Sequence[float]]]) -> dict[str, float]:
    """Return by kind the share of the lists that would have to change groups (total variation distance)."""
    return {
        kind: round(sum(abs(held - got) for held, got in rows.values()) / 2, 4)
        for kind, rows in found.items()
    }


def evened(scores: np.ndarray, kinds: Mapping[str, Groups], amount: float) -> np.ndarray:
    """Return scores (situations x items) shifted by group so that the lists' shares approach their aim.

    The aim lies between what the groups get now (`amount` 0) and their share of the catalogue (`amount` 1). The shifts are
    found by raking (iterative proportional fitting): every round moves each group by the logarithm of aim over share.
    """
    size = len(scores) * top(scores[:1]).shape[1]
    aims, shift = {}, np.zeros(scores.shape[1], dtype=np.float32)
    for number in range(_ROUNDS if amount else 0):
        shown = np.bincount(top(scores + shift).ravel(), minlength=scores.shape[1])
        for kind, (_, table) in kinds.items():
            got = _share(table, shown)
            if not number:
                aims[kind] = (1 - amount) * got + amount * _share(table)
            shift = shift + _STEP * (table @ np.log((aims[kind] + 1 / size) / (got + 1 / size)))
    return np.asarray(scores + shift, dtype=np.float32)


def _share(table: csr_matrix, shown: np.ndarray | None = None) -> np.ndarray:
    """Return each group's share of what is shown (times an item), or of the catalogue."""
    held = np.asarray(table.sum(axis=0)).ravel() if shown is None else np.asarray(table.T @ shown).ravel()
    return np.asarray(held / max(held.sum(), 1e-9))


def _values(catalogue: Catalogue, folder: Path, name: str) -> list[tuple[str, ...]]:
    """Return the values of a fact of each row: from the table of facts, or from the graph."""
    path = folder / "id2info.json"
    facts = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    links = catalogue.links.get(name)
    found = []
    for row, item in enumerate(catalogue.items.tolist()):
        value = facts.get(str(item), {}).get(name)
        several = value if isinstance(value, list) else [value] if value else []
        linked = links[[row]].indices if links is not None and not several else ()
        found.append(tuple(dict.fromkeys((*map(str, several), *(catalogue.names[tail] for tail in linked)))))
    return found


def _numbers(values: Sequence[str]) -> list[str]:
    return [match[0] for value in values[:1] if (match := re.search(r"\d+(\.\d+)?", value))]


def _fifths(values: Sequence[float]) -> list[tuple[str, ...]]:
    """Return the fifth of each value, the least first; equal values share one, and no value has none."""
    numbers = np.array(values, dtype=float)
    known = np.sort(numbers[~np.isnan(numbers)])
    place = np.searchsorted(known, numbers, side="left") * _PARTS // max(len(known), 1)
    return [
        () if np.isnan(number) else (f"fifth {int(part) + 1}",)
        for number, part in zip(numbers, place, strict=True)
    ]


def _table(rows: Sequence[tuple[str, ...]]) -> Groups:
    names = tuple(sorted({name for row in rows for name in row}))
    cells = [(i, names.index(name), 1 / len(row)) for i, row in enumerate(rows) for name in row]
    places = tuple(np.array([cell[:2] for cell in cells]).T)
    return names, csr_matrix(([cell[2] for cell in cells], places), shape=(len(rows), len(names)))
