"""Ranking: a like and a dislike move the list the way they say, in every pack; and the reasons are the score's own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatrec.config import settings as config
from chatrec.dialogue.values import Candidate, Constraint, State
from chatrec.errors import InputError
from chatrec.grounding.candidates import find
from chatrec.grounding.pack import Pack, open_pack
from chatrec.grounding.ranking import pack_space, rank
from chatrec.grounding.ranking.benchmark import bench_rank
from chatrec.grounding.ranking.diversity import diverse
from chatrec.grounding.ranking.features import FEATURES, SITUATION
from chatrec.grounding.ranking.network import WEIGHTS, in_use, load
from chatrec.grounding.ranking.scoring import evidence_of, network_scores, row_scores

SIZE = 5
PACKS = ("movies", "shop", "articles", "health")


def listed(pack: Pack, state: State) -> tuple[Candidate, ...]:
    """Rank all items but those that were rated."""
    return rank(pack, find(pack, state.constraints, (*state.likes, *state.dislikes)).items, state, SIZE)


def likeness(pack: Pack, candidates: tuple[Candidate, ...], other: str) -> float:
    """Return the mean cosine of candidates with an item."""
    space = pack_space(pack)
    rows, (row,) = space.catalogue.rows(one.item.iri for one in candidates), space.catalogue.rows((other,))
    return float(space.vectors.at(rows).likeness(space.vectors.at([row])).mean())


@pytest.fixture(scope="module", params=PACKS)
def pack(request: pytest.FixtureRequest) -> Pack:
    """Each pack that ships."""
    return open_pack(request.param)


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_a_like_makes_the_next_list_more_like_it(pack: Pack, data: st.DataObject) -> None:
    catalogue = pack_space(pack).catalogue
    liked = catalogue.name(data.draw(st.integers(0, len(catalogue.items) - 1)))
    before = rank(
        pack, [iri for iri in map(catalogue.name, range(len(catalogue.items))) if iri != liked], State(), SIZE
    )
    after = listed(pack, State(likes=(liked,)))
    assert likeness(pack, after, liked) >= likeness(pack, before, liked)


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_the_close_kin_of_a_dislike_drop(pack: Pack, data: st.DataObject) -> None:
    space = pack_space(pack)
    rows = np.arange(len(space.catalogue.items))
    disliked = data.draw(st.integers(0, len(rows) - 1))
    alike = space.vectors.likeness(space.vectors.at([disliked])).ravel()
    alike[disliked] = -1
    neutral, soured = (
        row_scores(space, rows, evidence_of(pack, space, State(dislikes=names)))
        for names in ((), (space.catalogue.name(disliked),))
    )
    change = soured - neutral
    kin, strangers = np.argsort(-alike)[:5], np.flatnonzero(alike == 0)
    if len(strangers):
        assert change[kin].mean() <= change[strangers].mean()


def test_a_later_like_counts_more(movies: Pack) -> None:
    heat, alien = (
        next(entry.iri for entry in movies.entries if entry.surface == name) for name in ("Heat", "Alien")
    )
    crime, space = (listed(movies, State(likes=likes)) for likes in ((alien, heat), (heat, alien)))
    assert likeness(movies, crime, heat) > likeness(movies, space, heat)


def test_reasons_come_in_the_order_of_what_they_add_to_the_score(movies: Pack) -> None:
    liked = next(entry.iri for entry in movies.entries if entry.surface == "Interstellar")
    state = State(likes=(liked,))
    best, space = listed(movies, state)[0], pack_space(movies)
    lacking = []
    for fact, _ in best.shared:
        item = space.vectors.at(space.catalogue.rows((best.item.iri,)))
        relation = list(space.catalogue.links).index(fact.slot)
        item.parts[relation][0, space.catalogue.number[fact.triple[2]]] = 0
        lacking.append(network_scores(space, item, evidence_of(movies, space, state))[0])
    assert len(lacking) > 3
    assert lacking == sorted(lacking)
    assert {iri for _, iri in best.shared} == {liked}


def test_a_range_is_met_only_by_a_number_within_it(wines: Pack) -> None:
    dear = Constraint("price", ">", 12, soft=True)
    met = {
        one.item.iri: [fact.label("en") for _, fact in one.met]
        for one in listed(wines, State(constraints=(dear,)))
    }
    assert met == {"urn:wines:high-hill": ["30"], "urn:wines:old-oak": [], "urn:wines:river-light": []}


def test_the_weights_belong_to_no_domain(pack: Pack) -> None:
    slots = {slot.name for slot in pack.schema.slots}
    assert not slots & {word for name in (*FEATURES, *SITUATION) for word in (name, *name.split("_"))}
    assert WEIGHTS.stat().st_size < 300_000


def test_no_feature_of_the_weights_speaks_against_an_item() -> None:
    assert all((part >= 0).all() for one in in_use() for part in (one.item, one.out, one.straight))


def test_weights_of_other_features_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.npz"
    np.savez(path, features=np.array(["stars"]), situation=np.array(SITUATION))
    with pytest.raises(InputError, match="trained on other features: stars"):
        load(path)


@given(st.integers(1, 12), st.floats(0, 1), st.integers(0, 2**32 - 1))
def test_a_diverse_list_starts_with_the_best_and_repeats_nothing(
    size: int, diversity: float, seed: int
) -> None:
    draw = np.random.default_rng(seed)
    relevance, alike = draw.random(10), draw.random((10, 10))
    picked = diverse(relevance, alike, size, diversity)
    assert len(set(picked)) == len(picked) == min(size, 10)
    assert relevance[picked[0]] == relevance.max()


def test_without_diversity_a_list_is_by_relevance() -> None:
    relevance, alike = np.array([0.1, 0.9, 0.5]), np.ones((3, 3))
    assert diverse(relevance, alike, 3, 0.0) == [1, 2, 0]


def test_the_setting_makes_a_list_less_alike(movies: Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    liked = next(entry.iri for entry in movies.entries if entry.surface == "Interstellar")
    alike = {}
    for diversity in ("0", "0.8"):
        monkeypatch.setenv("CHATREC_DIVERSITY", diversity)
        config.cache_clear()
        space = pack_space(movies)
        rows = space.catalogue.rows(one.item.iri for one in listed(movies, State(likes=(liked,))))
        alike[diversity] = float(space.vectors.at(rows).likeness(space.vectors.at(rows)).mean())
    monkeypatch.undo()
    config.cache_clear()
    assert alike["0.8"] < alike["0"]


def test_nothing_found_is_an_empty_list(wines: Pack) -> None:
    assert rank(wines, (), State(), SIZE) == ()


def test_ranking_is_measured(cache: Path) -> None:
    figures = bench_rank(items=60, runs=3)
    assert figures["items"] == 60
    assert 0 < figures["p50_ms"] <= figures["p95_ms"]
