"""Who gets shown, on a catalogue of ten films from two countries and two decades."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from chatrec.grounding.ranking.catalogue import Catalogue
from chatrec.learning.recommendation.exposure import Groups, evened, exposure, groups, unevenness
from chatrec.learning.recommendation.figures import top

ITEMS = 40


@pytest.fixture
def catalogue() -> Catalogue:
    """Forty films: the first half French, of the 1980s by the graph."""
    years = csr_matrix((np.ones(ITEMS), (range(ITEMS), [ITEMS + row // 20 for row in range(ITEMS)])))
    names = (*(f"Film {row}" for row in range(ITEMS)), "1984", "1999")
    return Catalogue(names, np.arange(ITEMS), {"year": years}, ("",) * ITEMS)


@pytest.fixture
def kinds(catalogue: Catalogue, tmp_path: Path) -> dict[str, Groups]:
    """The groups of those films; the countries stand in the table of facts, the last film is from both."""
    countries: list[str | list[str]] = ["France"] * 20 + ["China"] * 19 + [["France", "China"]]
    facts = {str(row): {"country": country, "price": row} for row, country in enumerate(countries)}
    (tmp_path / "id2info.json").write_text(json.dumps(facts))
    return groups(catalogue, tmp_path, np.arange(ITEMS, dtype=float))


def test_groups_come_from_facts_and_graph(kinds: dict[str, Groups]) -> None:
    assert kinds.keys() == {"country", "decade", "price", "popularity"}
    assert kinds["decade"][0] == ("1980s", "1990s")
    assert kinds["popularity"][0] == tuple(f"fifth {number}" for number in range(1, 6))
    assert kinds["country"][1][[ITEMS - 1]].toarray().tolist() == [[0.5, 0.5]]


def test_exposure_sets_the_lists_against_the_catalogue(kinds: dict[str, Groups]) -> None:
    found = exposure(np.arange(10)[None], kinds)
    assert found["decade"] == {"1980s": [0.5, 1.0], "1990s": [0.5, 0.0]}
    assert unevenness(found)["decade"] == 0.5


def test_amounts_lead_from_the_lists_as_they_are_to_the_shares_of_the_catalogue(
    kinds: dict[str, Groups],
) -> None:
    scores = np.random.default_rng(0).normal(size=(200, ITEMS)) - np.arange(ITEMS) / 20
    left = [unevenness(exposure(top(evened(scores, kinds, amount)), kinds)) for amount in (0, 0.5, 1)]
    for kind in kinds:
        assert left[0][kind] > left[1][kind] > left[2][kind]
        assert left[2][kind] < 0.05


@given(st.integers(0, 1000))
def test_nothing_evened_is_nothing_changed(seed: int) -> None:
    scores = np.random.default_rng(seed).normal(size=(3, ITEMS)).astype(np.float32)
    table = (("all",), csr_matrix(np.ones((ITEMS, 1))))
    assert (evened(scores, {"kind": table}, 0.0) == scores).all()
