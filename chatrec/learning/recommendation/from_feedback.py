"""Situations from stored ratings: what had been said and rated when somebody came to like an item."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from chatrec.dialogue.values import State
from chatrec.errors import InputError
from chatrec.grounding.pack import Pack
from chatrec.grounding.ranking.of_pack import pack_space
from chatrec.learning.recommendation.transfer import Told
from chatrec.learning.store.records import Event

_FEWEST = 20
"""Likes below this say too little to train on, and to compare."""


def told_by(pack: Pack, events: Iterable[Event]) -> tuple[Told, ...]:
    """Tell the likes among some ratings as situations. Raises InputError where there are too few."""
    told = tuple(_told(pack, events))
    if len(told) < _FEWEST:
        raise InputError(
            f"{len(told)} likes of items of the pack {pack.name} are stored; it takes {_FEWEST}.",
            "Let more people talk and rate, or train on dialogues: --data FOLDER.",
        )
    return told


def _told(pack: Pack, events: Iterable[Event]) -> Iterator[Told]:
    catalogue = pack_space(pack).catalogue
    for event in events:
        target = tuple(catalogue.rows((event.item,)))
        if event.rating == "like" and target:
            likes = tuple(row for row in catalogue.rows(event.state.likes) if row not in target)
            dislikes = tuple(row for row in catalogue.rows(event.state.dislikes) if row not in target)
            wishes = _wishes(pack, event.state)
            yield Told(event.key.session, likes, wishes, target, dislikes=dislikes)


def _wishes(pack: Pack, state: State) -> tuple[tuple[int, ...], ...]:
    """Return the wishes for values in force, each as the entities that meet it."""
    number = pack_space(pack).catalogue.number
    met = (
        tuple(number[iri] for iri in pack.with_narrower(wish.iri) if iri in number)
        for wish in state.constraints
        if wish.iri and wish.polarity == "like"
    )
    return tuple(entities for entities in met if entities)
