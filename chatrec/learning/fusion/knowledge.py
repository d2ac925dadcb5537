"""Knowledge for a language model: triples as sentences to read, and the places of items in the graph beside their titles."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from chatrec.generation.conversation import Codec, Units
from chatrec.generation.describe import describe
from chatrec.generation.model import PointerLM
from chatrec.generation.plan import Plan
from chatrec.generation.templates import LETTERS
from chatrec.grounding.pack import Pack
from chatrec.grounding.ranking import pack_space
from chatrec.learning.dataset import Example

_READ_AT_ONCE = 60
"""The most units of a description that are read."""


class FusedLM(PointerLM):
    """A pointer language model that also reads items: the vector of each, put among the words by a learnt projection.

    The unit of an item stands behind those of the pointers, in the order of the rows.

    Args:
        base: as for `PointerLM`.
        rows: as for `PointerLM`.
        places: the vectors of the items; shape (items, dimensions).
    """

    def __init__(self, base: nn.Module, rows: Tensor, places: Tensor) -> None:
        super().__init__(base, rows)
        self.projection = nn.Linear(places.shape[1], rows.shape[1], bias=False)
        nn.init.normal_(self.projection.weight, std=float(rows.std()))
        self.places: Tensor
        self.register_buffer("places", places, persistent=False)

    def embed(self, units: Tensor) -> Tensor:
        """Return the input vectors of units, items among them; shape (..., length) -> (..., length, width)."""
        first = self.size + len(self.pointer_rows)
        is_item = units >= first
        words = super().embed(units.masked_fill(is_item, 0))
        if not bool(is_item.any()):
            return words
        items = self.projection(self.places[(units - first).clamp(min=0)]).to(words.dtype) * self.scale
        return torch.where(is_item.unsqueeze(-1), items, words)


@dataclass(frozen=True, eq=False)
class Items:
    """Where the items of a pack stand in its graph, and their units.

    Attributes:
        places: the vectors of the items; shape (items, dimensions).
        rows: the row of each item by its IRI.
        first: the unit of the first item.
    """

    places: Tensor
    rows: dict[str, int]
    first: int

    @classmethod
    def of(cls, pack: Pack, codec: Codec) -> Items:
        """Return the items of a pack."""
        space = pack_space(pack)
        rows = {space.catalogue.name(row): row for row in range(len(space.catalogue.items))}
        return cls(torch.from_numpy(space.vectors.places).float(), rows, codec.size + len(codec.pointers))

    def beside(self, prompt: Units, codec: Codec, named: Sequence[int]) -> Units:
        """Return a prompt in which each item's unit follows the pointer to its title; `named` are the rows of A, B, ..."""
        titles = {f"{letter}.title": row for letter, row in zip(LETTERS, named, strict=False)}
        told: list[int] = []
        for unit in prompt:
            told.append(unit)
            if (name := codec.name(unit)) in titles:
                told.append(self.first + titles[name])
        return tuple(told)

    def of_plan(self, plan: Plan) -> list[int]:
        """Return the rows of the items that a plan speaks of."""
        literals = [plan.licence[name] for letter in LETTERS if (name := f"{letter}.title") in plan.licence]
        subjects = [part.triple[0] for literal in literals for part in literal.parts[:1] if part.triple]
        return [self.rows[iri] for iri in subjects if iri in self.rows]

    def beside_any(self, example: Example, codec: Codec, rng: random.Random) -> Example:
        """Return an example with items drawn at random beside its titles: its reply is right for any."""
        drawn = [rng.randrange(len(self.rows)) for _ in LETTERS]
        return replace(example, prompt=self.beside(example.prompt, codec, drawn))


def verbalised(pack: Pack, codec: Codec, count: int, rng: random.Random) -> Iterator[Example]:
    """Yield descriptions of items of a pack, made of their triples by the sentences of the shapes, the languages in turn."""
    catalogue, languages = pack_space(pack).catalogue, pack.schema.languages
    drawn = rng.sample(range(len(catalogue.items)), min(count, len(catalogue.items)))
    for place, item in enumerate(pack.items(tuple(map(catalogue.name, drawn)))):
        language = languages[place % len(languages)]
        text = "".join(sentence.text for sentence in describe(pack.schema, item, language))
        units = codec.words(text)[:_READ_AT_ONCE]
        yield Example(codec.words(f"{language}\n"), (*units, codec.eos))
