"""A pack as a catalogue: the values of its linking slots, its texts, and how well known its items are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

import numpy as np
from scipy.sparse import csr_matrix

from chatrec.grounding.links import link_rows, links
from chatrec.grounding.pack import Pack
from chatrec.grounding.ranking.catalogue import Catalogue
from chatrec.grounding.ranking.embeddings import kept_places
from chatrec.grounding.ranking.vectors import Space, make_space


@lru_cache(maxsize=8)
def pack_space(pack: Pack) -> Space:
    """Compute the vectors of all items of a pack, once; places in the graph are learnt once and kept in the cache."""
    catalogue = pack_catalogue(pack)
    return make_space(catalogue, kept_places(catalogue))


def pack_catalogue(pack: Pack) -> Catalogue:
    """Read a pack as matrices; its entities are its items, then the values that items are linked to."""
    slots = [slot for slot in pack.schema.slots if slot.links]
    pairs = {slot.name: links(pack, slot.name) for slot in slots}
    named = {entry.iri for entry in pack.entries if pack.schema.name_slot.name in entry.slots}
    items = sorted(named | {item for found in pairs.values() for item, _ in found})
    values = sorted({value for found in pairs.values() for _, value in found} - set(items))
    number = {name: place for place, name in enumerate((*items, *values))}
    return Catalogue(
        tuple(number),
        np.arange(len(items)),
        {name: _matrix(found, number, len(items)) for name, found in pairs.items()},
        _texts(pack, items),
        {slot.name: slot.links for slot in slots},
        np.array([pack.weights.get(item, 0.0) for item in items]),
    )


def _matrix(pairs: Iterable[tuple[str, str]], number: dict[str, int], items: int) -> csr_matrix:
    index = np.array([(number[item], number[value]) for item, value in pairs], dtype=int).reshape(-1, 2)
    ones = np.ones(len(index), dtype=np.float32)
    return csr_matrix((ones, (index[:, 0], index[:, 1])), shape=(items, len(number)))


def _texts(pack: Pack, items: list[str]) -> tuple[str, ...]:
    """Return what is written about each item in the first of the pack's languages."""
    language, written = pack.schema.languages[0], defaultdict(list)
    for slot in pack.schema.slots:
        for row in link_rows(pack, slot) if slot.kind == "text" else ():
            if row["object"][1] in (language, ""):
                written[row["item"][0]].append(row["object"][0])
    return tuple(" ".join(sorted(written[item])) for item in items)
