"""A benchmark folder as values: the catalogue with its graph, and the situations in which something was recommended."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix

from chatrec.errors import InputError
from chatrec.grounding.ranking.catalogue import Catalogue

MISSING = -1
"""The row of a target that is no item of the catalogue: it counts, and cannot be found."""

_YEAR = re.compile(r" \((\d{4})\)$")
"""The year that ends a title in some corpora, for instance "Alien (1979)"; it becomes a relation if the graph has none."""


@dataclass(frozen=True)
class Situation:
    """What was said and named so far, and the rows that were recommended next."""

    dialogue: str
    context: tuple[str, ...]
    mentions: tuple[int, ...]
    """Entity ids, in the order of mention, repetitions kept."""
    targets: tuple[int, ...]


def read_catalogue(folder: Path) -> Catalogue:
    """Read entity2id.json, item_ids.json, relation2id.json, kg.json and, if present, id2info.json."""
    entities: dict[str, int] = _json(folder / "entity2id.json")
    items = np.array(sorted(_json(folder / "item_ids.json")))
    names = [""] * (max(entities.values()) + 1)
    for name, number in entities.items():
        names[number] = name
    facts = _json(folder / "id2info.json") if (folder / "id2info.json").exists() else {}
    texts = tuple(_text(names[item], facts.get(str(item), {})) for item in items)
    years = [_YEAR.search(names[item]) for item in items]
    spoken = sorted({found[1] for found in years if found})
    links = _links(folder, items, len(names) + len(spoken))
    if spoken and "year" not in links:
        pairs = [(i, len(names) + spoken.index(found[1])) for i, found in enumerate(years) if found]
        links["year"] = _matrix(pairs, (len(items), len(names) + len(spoken)))
    return Catalogue((*names, *spoken), items, links, texts)


def read_situations(path: Path, folder: Path, catalogue: Catalogue) -> tuple[Situation, ...]:
    """Read one situation a line; names that the catalogue lacks are dropped from mentions, kept as missing targets."""
    entities: dict[str, int] = _json(folder / "entity2id.json")
    row = catalogue.row
    lines = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return tuple(
        Situation(
            str(line["dialog_id"]),
            tuple(line["context"]),
            tuple(entities[name] for name in line["entity"] if name in entities),
            tuple(row.get(entities.get(name, MISSING), MISSING) for name in line["rec"]),
        )
        for line in lines
        if line["rec"]
    )


def _json(path: Path) -> dict:  # type: ignore[type-arg]
    if not path.exists():
        raise InputError(
            f"{path} is missing.",
            "--data takes a folder with entity2id.json, item_ids.json, relation2id.json and kg.json.",
        )
    return json.loads(path.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def _links(folder: Path, items: np.ndarray, entities: int) -> dict[str, csr_matrix]:
    """Read the graph as one matrix of items x entities a relation, whichever way an edge points."""
    row = {int(item): i for i, item in enumerate(items)}
    edges: dict[int, set[tuple[int, int]]] = {}
    for head, pairs in _json(folder / "kg.json").items():
        for relation, tail in pairs:
            for one, other in ((int(head), tail), (tail, int(head))):
                if one in row and one != other:
                    edges.setdefault(relation, set()).add((row[one], other))
    names = {number: name for name, number in _json(folder / "relation2id.json").items()}
    return {
        names[relation]: _matrix(sorted(pairs), (len(items), entities))
        for relation, pairs in sorted(edges.items())
    }


def _matrix(pairs: list[tuple[int, int]], shape: tuple[int, int]) -> csr_matrix:
    rows, columns = np.array(pairs).T
    return csr_matrix((np.ones(len(pairs), dtype=np.float32), (rows, columns)), shape=shape)


def _text(name: str, facts: dict[str, object]) -> str:
    words = [name, str(facts.get("plot") or "")]
    for key, value in facts.items():
        if key not in {"name", "plot", "imdb_id"}:
            words.append(" ".join(map(str, _several(value))))
    return " ".join(word for word in words if word)


def _several(value: object) -> Iterable[object]:
    return dict.fromkeys(value) if isinstance(value, list) else (value,)
