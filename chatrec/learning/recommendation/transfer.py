"""Dialogues of a benchmark folder told in the terms of a pack: its items for the titles, its values for other mentions.

What the pack does not hold is left out; a situation without a new target in the pack is left out as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from chatrec.grounding.coverage import known_titles, matching, name_and_year
from chatrec.grounding.pack import Pack
from chatrec.grounding.ranking.features import FEATURES, Said, features, gather
from chatrec.grounding.ranking.of_pack import pack_space
from chatrec.grounding.ranking.vectors import Space
from chatrec.learning.recommendation.corpus import Situation, read_catalogue, read_situations
from chatrec.learning.recommendation.monotone import Lesson


@dataclass(frozen=True, eq=False)
class Told:
    """Situations in a pack: rows that were liked, values wished for (entities that meet each), rows wanted, rows disliked."""

    dialogue: str
    likes: tuple[int, ...]
    wishes: tuple[tuple[int, ...], ...]
    targets: tuple[int, ...]
    dislikes: tuple[int, ...] = ()
    filtered: bool = False
    """Whether only items that meet every wish are candidates, as in the chat."""


class Names:
    """Finds what a pack holds under a name of a benchmark folder: an item by title and year, a value by its label."""

    def __init__(self, pack: Pack) -> None:
        """Read the titles and the labels of a pack."""
        self._pack, self._catalogue = pack, pack_space(pack).catalogue
        self._titles = known_titles(pack)
        name = pack.schema.name_slot.name
        self._values = {
            entry.surface.casefold(): entry.iri
            for entry in pack.entries
            if entry.iri and name not in entry.slots
        }

    def row(self, name: str) -> int | None:
        """Return the row of a title such as `Heat (1995)`."""
        title, year = name_and_year(name)
        found = sorted(matching(self._titles, title, year)) if year else []
        return next(iter(self._catalogue.rows(tuple(found[:1]))), None)

    def value(self, name: str) -> tuple[int, ...]:
        """Return the entities that meet a wish for a value of that name; none where the pack has no such value."""
        iri = self._values.get(name.casefold())
        met = self._pack.with_narrower(iri) if iri else ()
        return tuple(self._catalogue.number[iri] for iri in met if iri in self._catalogue.number)


def tell(pack: Pack, folder: Path, file: Path) -> tuple[Told, ...]:
    """Read a file of situations and tell each in the terms of a pack."""
    catalogue, names = read_catalogue(folder), Names(pack)
    told = (
        _told(one, catalogue.names, catalogue.items, names)
        for one in read_situations(file, folder, catalogue)
    )
    return tuple(one for one in told if one.targets)


def _told(one: Situation, entities: Sequence[str], items: np.ndarray, names: Names) -> Told:
    mentioned = [entities[entity] for entity in one.mentions]
    likes = tuple(row for name in mentioned if (row := names.row(name)) is not None)
    wishes = tuple(dict.fromkeys(met for name in mentioned if (met := names.value(name))))
    wanted = (names.row(entities[items[row]]) for row in one.targets if row >= 0)
    return Told(
        one.dialogue, likes, wishes, tuple(row for row in wanted if row is not None and row not in likes)
    )


def lesson(space: Space, told: Sequence[Told]) -> Lesson:
    """Describe situations by the features that the chat ranks by; what was mentioned is barred."""
    shape = len(told), len(space.catalogue.items)
    found, side = np.empty((*shape, len(FEATURES)), dtype=np.float16), []
    for places in np.array_split(np.arange(len(told)), len(told) // 64 + 1):
        evidence = gather(
            space, [Said(told[i].likes, told[i].dislikes, told[i].wishes) for i in places.tolist()]
        )
        found[places] = features(space, space.vectors, evidence)
        side.append(evidence.situation)
    right = np.zeros(shape, dtype=bool)
    for place, one in enumerate(told):
        right[place, list(one.targets)] = True
    return Lesson(found, np.concatenate(side), right, np.stack([_barred(space, one) for one in told]))


def _barred(space: Space, told: Told) -> np.ndarray:
    """Say which items are no candidates: those that were mentioned, and those that do not meet the wishes."""
    barred = np.zeros(len(space.catalogue.items), dtype=bool)
    barred[[*told.likes, *told.dislikes]] = True
    return barred | ~met(space, told.wishes) if told.filtered else barred


def met(space: Space, wishes: Sequence[Sequence[int]]) -> np.ndarray:
    """Say which items meet every wish."""
    found = np.ones(len(space.catalogue.items), dtype=bool)
    for wish in wishes:
        found &= (
            sum((part[:, list(wish)].getnnz(axis=1) for part in space.vectors.parts), np.zeros(len(found)))
            > 0
        )
    return found


def filtered(space: Space, told: Sequence[Told]) -> tuple[Told, ...]:
    """Return the situations whose wishes a target meets, with the wishes as a filter."""
    found = []
    for one in told:
        fits = met(space, one.wishes)
        targets = tuple(row for row in one.targets if fits[row])
        if one.wishes and targets:
            found.append(replace(one, targets=targets, filtered=True))
    return tuple(found)
