"""A catalogue as matrices: its items (rows), and what a graph links them to, one matrix a relation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from scipy.sparse import csr_matrix


@dataclass(frozen=True, eq=False)
class Catalogue:
    """The items (rows) and what the graph says of them, one matrix of items x entities a relation."""

    names: tuple[str, ...]
    """Name of every entity; its IRI, where the catalogue is a pack."""
    items: np.ndarray
    """Entity id of every row."""
    links: dict[str, csr_matrix]
    texts: tuple[str, ...]
    """What is written about every row."""
    weights: Mapping[str, float] = field(default_factory=dict)
    """How much sharing a value of a relation counts; 1 where it is not given."""
    known: np.ndarray | None = None
    """How well known each row is, in any unit from 0 up."""

    @cached_property
    def row(self) -> dict[int, int]:
        """Row of each entity that is an item."""
        return {int(entity): row for row, entity in enumerate(self.items)}

    @cached_property
    def number(self) -> dict[str, int]:
        """Entity id of each name."""
        return {name: number for number, name in enumerate(self.names)}

    @cached_property
    def _row_of(self) -> dict[str, int]:
        return {self.name(row): row for row in range(len(self.items))}

    def rows(self, names: Iterable[str]) -> list[int]:
        """Return the rows of the named items, in the order given; what is no item is left out."""
        return [self._row_of[name] for name in names if name in self._row_of]

    def name(self, row: int) -> str:
        """Return the name of a row."""
        return self.names[int(self.items[row])]
