"""What is low and what is high of a number, among the items that are looked for: a cheap kettle, a cheap laptop."""

from __future__ import annotations

from math import ceil, floor

from chatrec.dialogue.slots import Slot
from chatrec.dialogue.values import Constraint
from chatrec.grounding.candidates import find
from chatrec.grounding.pack import Pack

_MOST = 300
"""Items that are looked at; the best known come first."""


def typical(pack: Pack, slot: Slot, wishes: tuple[Constraint, ...]) -> tuple[int, int] | None:
    """Return the highest number of the lower third and the lowest of the upper third, as whole numbers beyond them.

    None where no item has one.
    """
    items = pack.items(find(pack, wishes).items[:_MOST])
    numbers = sorted(float(fact.triple[2]) for item in items for fact in item.facts.get(slot.name, ())[:1])
    if not numbers:
        return None
    third = max(1, len(numbers) // 3)
    return ceil(numbers[third - 1]), floor(numbers[-third])
