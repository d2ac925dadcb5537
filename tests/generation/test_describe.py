"""Descriptions written from facts: complete, true, and in any pack and language."""

from __future__ import annotations

import pytest

from chatrec.generation.describe import describe
from chatrec.generation.surface import join
from chatrec.grounding.pack import open_pack
from chatrec.learning.checker import Checker


@pytest.mark.parametrize("name", ["movies", "shop", "articles", "health"])
def test_a_description_states_what_the_graph_holds_and_nothing_else(name: str) -> None:
    pack = open_pack(name)
    slot = pack.schema.name_slot.name
    checker = Checker.of(pack)
    iris = dict.fromkeys(entry.iri for entry in pack.entries if slot in entry.slots)
    for item in pack.items(tuple(iris)[:: len(iris) // 8]):
        for language in pack.schema.languages:
            text, claims = join(describe(pack.schema, item, language))
            assert not checker.faults(text, claims)
            assert item.name(pack.schema.name_slot.name, language).label(language) in text


def test_a_description_gives_every_slot_its_sentence_and_its_claims() -> None:
    pack = open_pack("shop")
    (item,) = [
        item
        for item in pack.items(tuple(e.iri for e in pack.entries if e.surface == "Kestora Iris"))
        if pack.schema.name_slot.name in item.facts
    ]
    text, claims = join(describe(pack.schema, item, "en"))
    assert text.startswith("This is Kestora Iris (329 euros, out of stock). You will find it under cameras.")
    assert "It weighs 389 grams." in text
    assert {"329", "389", "white", "image stabilisation"} <= {claim.text for claim in claims}
