"""Situations drawn from a pack itself: who wants an item likes what is near it, and wishes for what it is through and through.

Dialogues between people hold what is popular; these hold what the words "something like it" mean.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from chatrec.grounding.pack import Pack
from chatrec.grounding.ranking.of_pack import pack_space
from chatrec.grounding.ranking.vectors import Space
from chatrec.learning.recommendation.transfer import Told

_SHARPNESS = 15.0
"""How much likelier a nearer item is liked: the factor on the cosine in a softmax."""
_LIKES, _WISHES = (0, 1, 1, 1, 2), (0, 0, 1, 2)
"""Numbers of likes and wishes, each as often as it stands here."""


def draw(pack: Pack, count: int, seed: int) -> Iterator[Told]:
    """Yield situations, each with one wanted item; better known ones are wanted more often."""
    space, random = pack_space(pack), np.random.default_rng(seed)
    known = space.vectors.known + 1e-3
    for row in random.choice(len(known), size=count, p=known / known.sum()).tolist():
        likes = _near(space, row, int(random.choice(_LIKES)), random)
        wishes = _values(pack, space, row, int(random.choice(_WISHES)), random)
        if likes or wishes:
            yield Told(f"drawn {row}", likes, wishes, (row,), filtered=bool(wishes))


def _near(space: Space, row: int, count: int, random: np.random.Generator) -> tuple[int, ...]:
    """Draw other items, near ones more often."""
    alike = space.vectors.likeness(space.vectors.at([row])).ravel()
    share = np.exp(_SHARPNESS * alike)
    share[row] = 0
    count = min(count, len(share) - 1)
    return tuple(random.choice(len(share), size=count, replace=False, p=share / share.sum()).tolist())


def _values(
    pack: Pack, space: Space, row: int, count: int, random: np.random.Generator
) -> tuple[tuple[int, ...], ...]:
    """Draw values of an item, those that are a large part of it more often; each with all that meets a wish for it."""
    parts = [part[row] for part in space.vectors.parts]
    entities = np.concatenate([part.indices for part in parts])
    if not len(entities):
        return ()
    share = np.concatenate([part.data for part in parts])
    drawn = random.choice(entities, size=min(count, len(entities)), replace=False, p=share / share.sum())
    number, names = space.catalogue.number, space.catalogue.names
    return tuple(
        tuple(number[iri] for iri in pack.with_narrower(names[entity]) if iri in number)
        for entity in dict.fromkeys(drawn.tolist())
    )
