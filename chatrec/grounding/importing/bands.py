"""Price ranges: concepts such as "under 50", each broader than the next lower one, so that a price can be asked for in words.

A slot of money gets a second, entity slot. An item has the narrowest range that holds its price; a wish for a wider one is met
through skos:broader.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import zip_longest

from rdflib import RDF, SKOS, Literal, URIRef

from chatrec.grounding.importing.turtle import Triple
from chatrec.grounding.importing.values import SlotPlan

BAND_SLOT = "budget"
_BAND_CLASS = "PriceRange"
_STEPS = (10, 15, 20, 25, 30, 40, 50, 60, 70, 75, 80, 90)
_LABELS = {
    "en": "under {n}, below {n}, less than {n}, cheaper than {n}, up to {n}, within {n}, no more than {n}, max {n}",
    "zh": "{n}以下, {n}元以下, {n}块以下, {n}块钱以下, 低于{n}, 不到{n}, {n}以内, {n}元以内, {n}块以内, 不超过{n}, 预算{n}",
}
_CHEAP = {"en": ("cheap", "inexpensive", "affordable", "budget"), "zh": ("便宜", "实惠", "平价")}


def is_banded(slot: SlotPlan) -> bool:
    """Say whether a slot gets ranges: the price."""
    return slot.kind == "number" and bool(slot.money)


def band_slot(slot: SlotPlan) -> SlotPlan:
    """Return the slot of the ranges of a price slot."""
    texts = {
        "en": {
            "label": "price range",
            "question": "How much would you like to spend?",
            "sentence": "It costs {value}.",
        },
        "zh": {"label": "价位", "question": "预算多少？", "sentence": "价格在{value}。"},
    }
    return SlotPlan(BAND_SLOT, "entity", "priceRange", _BAND_CLASS, texts=texts)


class Bands:
    """The ranges of a catalogue, from the prices in it.

    Args:
        base: what the IRIs of the pack begin with.
        prices: all prices, or a sample.
    """

    def __init__(self, base: str, prices: Iterable[Decimal]) -> None:
        self.class_iri, self._base = URIRef(f"{base}{_BAND_CLASS}"), base
        known = sorted(price for price in prices if price >= 0)
        self.limits = _limits(known[0], known[-1]) if known else []
        self.cheap = self._above(known[len(known) // 4]) if known else None

    def iri_of(self, price: Decimal) -> URIRef | None:
        """Return the narrowest range that holds a price; None above the highest."""
        limit = self._above(price)
        return None if limit is None else self._iri(limit)

    def _above(self, price: Decimal) -> int | None:
        index = bisect_right(self.limits, price)
        return self.limits[index] if index < len(self.limits) else None

    def _iri(self, limit: int) -> URIRef:
        return URIRef(f"{self._base}price-range:under-{limit}")

    def triples(self) -> Iterator[Triple]:
        """Yield the concepts, each with what people type for it."""
        for limit, wider in zip_longest(self.limits, self.limits[1:]):
            node = self._iri(limit)
            yield node, RDF.type, self.class_iri
            for language, forms in _LABELS.items():
                preferred, *others = forms.format(n=limit).split(", ")
                yield node, SKOS.prefLabel, Literal(preferred, lang=language)
                for form in (*others, *(_CHEAP[language] if limit == self.cheap else ())):
                    yield node, SKOS.altLabel, Literal(form, lang=language)
            if wider is not None:
                yield node, SKOS.broader, self._iri(wider)


def _limits(lowest: Decimal, highest: Decimal) -> Sequence[int]:
    """Return the round numbers above the lowest price, up to the first above the highest."""
    found: list[int] = []
    scale = Decimal("0.1")
    while scale <= 10**12:
        for step in _STEPS:
            limit = step * scale
            if limit > lowest and limit == limit.to_integral_value():
                found.append(int(limit))
                if limit > highest:
                    return found
        scale *= 10
    return found
