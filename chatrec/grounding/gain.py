"""What a question would tell: the entropy of a slot's values over the candidates (expected information gain, in bits)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from math import log2

from chatrec.grounding.links import links
from chatrec.grounding.pack import Pack

_STEP = 10
"""Numbers are told apart by tens: decades, or ten minutes."""
_COMMON = 0.02
"""A value of a smaller share of the items is a rare one."""
_OTHER = ""


def best_question(pack: Pack, slots: Sequence[str], items: Iterable[str]) -> str | None:
    """Return the slot whose answer splits the items best; the first of equals, None for no slots."""
    found = tuple(items)
    return max(slots, key=lambda slot: gain(pack, slot, found), default=None)


def gain(pack: Pack, slot: str, items: Iterable[str]) -> float:
    """Return the entropy of the values of a slot over the items, in bits. Rare and missing values count as one:
    nobody names an actor of one film in a thousand when asked for a favourite."""
    values, found = _values(pack, slot), tuple(items)
    counts = Counter(value for item in found for value in values.get(item, (_OTHER,)))
    common = {value: n for value, n in counts.items() if n >= _COMMON * len(found) and value != _OTHER}
    total = counts.total()
    shares = [n / total for n in (*common.values(), total - sum(common.values())) if n]
    return -sum(share * log2(share) for share in shares)


@lru_cache(maxsize=128)
def _values(pack: Pack, slot: str) -> Mapping[str, tuple[str, ...]]:
    """Return the values of a slot by item."""
    shape = pack.schema.slot(slot)
    values: dict[str, tuple[str, ...]] = defaultdict(tuple)
    for item, value in links(pack, slot):
        values[item] += (str(int(float(value)) // _STEP) if shape.kind == "number" else value,)
    return dict(values)
