"""What speaks for each item in each situation, computed for all items at once: arrays of situations x items x features.

Whatever is learnt from dialogues (`Memory`) is learnt from others than those described: a ranker that saw its own answers
while it was trained would trust them too much.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix, diags

from chatrec.grounding.ranking.catalogue import Catalogue
from chatrec.grounding.ranking.vectors import unit
from chatrec.learning.recommendation.company import dialogue_matrix
from chatrec.learning.recommendation.corpus import MISSING, Situation
from chatrec.learning.recommendation.texts import Texts

_FADE = 0.6
"""How much a mention counts less than the next later one."""
_NEIGHBOURS = 80
"""How many of the nearest training contexts vote."""
_SHARPNESS = 12.0
"""How much nearer contexts outvote farther ones."""


@dataclass(frozen=True, eq=False)
class Memory:
    """Counts learnt from training situations."""

    popularity: np.ndarray
    """Log of how often each row was recommended, centred."""
    follows: csr_matrix
    """Entities x items: how much likelier an item is once an entity was named (smoothed share)."""
    together: csr_matrix
    """Entities x items: how often both stand in one dialogue, as a cosine."""
    lifts: csr_matrix
    situations: tuple[int, ...]
    """Places of the training situations whose contexts vote."""
    targets: csr_matrix
    """Those situations x items."""


def remember(catalogue: Catalogue, training: Sequence[Situation], places: Sequence[int]) -> Memory:
    """Learn the counts from the training situations at these places."""
    chosen = [training[place] for place in places]
    named = mention_matrix(catalogue, chosen, "all")
    targets = _targets(catalogue, chosen)
    counts = np.asarray(targets.sum(axis=0)).ravel()
    both = csr_matrix(named.T @ targets)
    times = np.asarray(named.sum(axis=0)).ravel()
    share = csr_matrix(diags(1 / (times + 2)) @ both)
    lifts = both.tocoo()
    expected = times[lifts.row] * counts[lifts.col] / max(len(chosen), 1)
    lift = csr_matrix((np.log1p(lifts.data / (expected + 0.1)), (lifts.row, lifts.col)), shape=both.shape)
    return Memory(np.log1p(counts), share, _together(catalogue, chosen), lift, tuple(places), targets)


def _together(catalogue: Catalogue, chosen: Sequence[Situation]) -> csr_matrix:
    seen = dialogue_matrix(catalogue, chosen)
    counts = seen.T @ seen
    size = 1 / np.sqrt(np.asarray(seen.sum(axis=0)).ravel() + 1)
    counts.setdiag(0)
    return csr_matrix((diags(size) @ counts @ diags(size)).tocsc()[:, catalogue.items])


def mention_matrix(catalogue: Catalogue, situations: Sequence[Situation], how: str) -> csr_matrix:
    """Return situations x entities: 1 for each mention ("all"), fading ("fading"), or those of the last words ("now")."""
    cells: dict[tuple[int, int], float] = {}
    for i, one in enumerate(situations):
        last = one.context[-1].lower() if one.context else ""
        distinct = list(dict.fromkeys(reversed(one.mentions)))
        for age, entity in enumerate(distinct):
            if how != "now":
                cells[i, entity] = 1.0 if how == "all" else _FADE**age
            elif _bare(catalogue.names[entity]) in last:
                cells[i, entity] = 1.0
    shape = len(situations), len(catalogue.names)
    if not cells:
        return csr_matrix(shape, dtype=np.float32)
    rows, columns = np.array(list(cells)).T
    return csr_matrix((np.array(list(cells.values()), dtype=np.float32), (rows, columns)), shape=shape)


def _bare(name: str) -> str:
    """Return a title without the year that some corpora add."""
    return name.lower().split(" (")[0]


def _targets(catalogue: Catalogue, situations: Sequence[Situation]) -> csr_matrix:
    pairs = [(i, row) for i, one in enumerate(situations) for row in one.targets if row != MISSING]
    rows, columns = np.array(pairs).reshape(-1, 2).T
    return csr_matrix((np.ones(len(pairs)), (rows, columns)), shape=(len(situations), len(catalogue.items)))


class Describer:
    """Describes situations by features; what does not depend on the situation is computed once."""

    def __init__(self, catalogue: Catalogue, texts: Texts, embedding: np.ndarray | None) -> None:
        """Keep the catalogue, its texts and, if given, unit vectors of all entities."""
        self.catalogue, self.texts, self.embedding = catalogue, texts, embedding
        self._pick = csr_matrix(
            (
                np.ones(len(catalogue.items), dtype=np.float32),
                (catalogue.items, np.arange(len(catalogue.items))),
            ),
            shape=(len(catalogue.names), len(catalogue.items)),
        )
        self._weighted = {name: _idf(links) for name, links in catalogue.links.items()}
        self._degree = np.log1p(sum(np.asarray(m.sum(axis=1)).ravel() for m in catalogue.links.values()))

    def describe(
        self, situations: Sequence[Situation], memory: Memory, context: np.ndarray, voters: np.ndarray
    ) -> dict[str, np.ndarray]:
        """Return the features by name, each of situations x items. `context`, `voters`: unit vectors of the contexts."""
        named = {how: mention_matrix(self.catalogue, situations, how) for how in ("all", "fading", "now")}
        found = dict(self._graph(named))
        found.update(self._learnt(named, memory))
        found.update(self._stated(situations, named))
        found["popularity"] = np.broadcast_to(memory.popularity, (len(situations), len(self.catalogue.items)))
        found["degree"] = np.broadcast_to(self._degree, found["popularity"].shape)
        found["neighbours"], found["nearest"] = votes(context @ voters.T, memory.targets)
        found.update(self.texts.likeness(situations))
        if self.embedding is not None:
            for how in ("all", "fading", "now"):
                found[f"embedding_{how}"] = (
                    unit(named[how] @ self.embedding) @ self.embedding[self.catalogue.items].T
                )
        return found

    def _graph(self, named: dict[str, csr_matrix]) -> Iterator[tuple[str, np.ndarray]]:
        for how, mentions in named.items():
            items = mentions @ self._pick
            total = np.zeros(items.shape, dtype=np.float32)
            for name, weighted in self._weighted.items():
                links = self.catalogue.links[name]
                direct = (mentions @ links.T).toarray()
                total += direct
                yield f"direct_{name}_{how}", direct
                if how != "all":
                    yield f"shared_{name}_{how}", np.log1p((items @ weighted @ weighted.T).toarray())
            yield f"met_{how}", total
            yield f"met_share_{how}", total / np.maximum(total.max(axis=1, keepdims=True), 1)

    def _learnt(self, named: dict[str, csr_matrix], memory: Memory) -> Iterator[tuple[str, np.ndarray]]:
        for how, mentions in named.items():
            yield f"follows_{how}", (mentions @ memory.follows).toarray()
            yield f"lift_{how}", (mentions @ memory.lifts).toarray()
            yield f"together_{how}", (mentions @ memory.together).toarray()

    def _stated(
        self, situations: Sequence[Situation], named: dict[str, csr_matrix]
    ) -> Iterator[tuple[str, np.ndarray]]:
        for how, mentions in named.items():
            yield f"named_{how}", (mentions @ self._pick).toarray()
        times, first, last, other, own, ago = (
            np.zeros((len(situations), len(self.catalogue.items)), np.float32) for _ in range(6)
        )
        row = self.catalogue.row
        for i, one in enumerate(situations):
            rows = [row[entity] for entity in one.mentions if entity in row]
            np.add.at(times[i], rows, 1)
            first[i, rows[:1]] = 1
            last[i, rows[-1:]] = 1
            for entity, back in said_where(self.catalogue, row, one):
                (own if back % 2 else other)[i, row[entity]] += 1
                ago[i, row[entity]] = max(ago[i, row[entity]], 1 / (1 + back))
        yield from (("times_named", times), ("named_first", first), ("named_last", last))
        yield from (("named_by_other", other), ("named_by_self", own), ("named_ago", ago))


def said_where(
    catalogue: Catalogue, row: Mapping[int, int], situation: Situation
) -> Iterator[tuple[int, int]]:
    """Yield each mentioned item with the utterances that hold its title, counted from the last (0): even ones are the other's."""
    said = [utterance.lower() for utterance in reversed(situation.context)]
    for entity in dict.fromkeys(situation.mentions):
        if entity in row:
            title = _bare(catalogue.names[entity])
            yield from ((entity, back) for back, utterance in enumerate(said) if title in utterance)


def votes(likeness: np.ndarray, targets: csr_matrix) -> tuple[np.ndarray, np.ndarray]:
    """Return the share of the nearest contexts that led to each item, and the likeness of the nearest that did."""
    count = min(_NEIGHBOURS, likeness.shape[1])
    near = np.argpartition(-likeness, count - 1, axis=1)[:, :count]
    rows = np.repeat(np.arange(len(likeness)), count)
    value = likeness[rows, near.ravel()]
    weight = np.exp(_SHARPNESS * (value - 1))
    shape = likeness.shape
    share = (csr_matrix((weight, (rows, near.ravel())), shape=shape) @ targets).toarray()
    nearest = np.zeros_like(share)
    voters = targets.tocoo()
    np.maximum.at(nearest.T, voters.col, likeness[:, voters.row].T)
    return np.log1p(share * 10), nearest


def _idf(links: csr_matrix) -> csr_matrix:
    counts = np.asarray(links.sum(axis=0)).ravel()
    return csr_matrix(links @ diags(np.sqrt(np.log(1 + links.shape[0] / np.maximum(counts, 1)))))
