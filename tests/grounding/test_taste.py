"""What a session's ratings say of other items: the logistic model, and what it does to the lists of the real pack."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatrec.dialogue.feedback import RATINGS, rate
from chatrec.dialogue.state import excluded
from chatrec.dialogue.values import Constraint, State
from chatrec.grounding.candidates import find
from chatrec.grounding.pack import Pack
from chatrec.grounding.ranking import pack_space, rank
from chatrec.grounding.taste import fit, taste

GENRES = ("drama", "comedy", "action", "thriller", "science-fiction", "romance", "animation", "crime")


def unit_vectors(count: int, seed: int) -> np.ndarray:
    vectors = np.random.default_rng(seed).random((count, 12))
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_without_ratings_nothing_is_felt() -> None:
    felt = taste(np.zeros((4, 0)), np.zeros((0, 0)), np.zeros(0))
    assert felt.tolist() == [0, 0, 0, 0]


@given(seed=st.integers(0, 10_000), rated=st.integers(1, 12), likes=st.integers(0, 12))
def test_the_fit_is_a_minimum(seed: int, rated: int, likes: int) -> None:
    """The gradient of the loss in theta vanishes: ridge * w_i = s_i * sigmoid(-s_i f_i)."""
    vectors, signs = unit_vectors(rated, seed), np.where(np.arange(rated) < likes, 1.0, -1.0)
    weights = fit(vectors @ vectors.T, signs, ridge=0.1)
    felt = vectors @ vectors.T @ weights
    assert vectors.T @ (0.1 * weights - signs / (1 + np.exp(signs * felt))) == pytest.approx(0, abs=1e-4)


@given(seed=st.integers(0, 10_000))
def test_what_is_nearer_to_a_like_is_liked_more_and_to_a_dislike_less(seed: int) -> None:
    vectors = unit_vectors(30, seed)
    alike, among = vectors @ vectors[:1].T, vectors[:1] @ vectors[:1].T
    order = np.argsort(alike.ravel())
    assert np.all(np.diff(taste(alike, among, np.array([1.0]))[order]) >= 0)
    assert np.all(np.diff(taste(alike, among, np.array([-1.0]))[order]) <= 0)


def test_five_thousand_items_are_scored_in_no_time() -> None:
    vectors, signs = unit_vectors(5000, 1), np.tile([1.0, -1.0], 10)
    alike, among = vectors @ vectors[:20].T, vectors[:20] @ vectors[:20].T
    spent = []
    for _ in range(20):
        start = time.perf_counter()
        taste(alike, among, signs)
        spent.append(time.perf_counter() - start)
    assert min(spent) < 0.05  # about 0.5 ms where nothing else runs


def genre(name: str) -> Constraint:
    return Constraint("genre", "=", name.replace("-", " "), f"urn:chatrec:movies:genre:{name}")


def listed(pack: Pack, state: State, size: int) -> dict[str, float]:
    """Return the scores of the list that a state gets, by item."""
    found = find(pack, state.constraints, excluded(state)).items
    return {candidate.item.iri: candidate.score for candidate in rank(pack, found, state, size)}


@given(
    wish=st.sampled_from(GENRES),
    ratings=st.lists(st.tuples(st.integers(0, 4), st.sampled_from(RATINGS)), min_size=1, max_size=4),
)
@settings(max_examples=15, deadline=None)
def test_a_dislike_never_returns(movies: Pack, wish: str, ratings: list[tuple[int, str]]) -> None:
    state = State("en", (genre(wish),))
    for place, rating in ratings:
        items = list(listed(movies, state, 5))
        state = rate(state, items[place % len(items)], rating)
        assert not set(listed(movies, state, 5)) & set(state.dislikes)


@given(wish=st.sampled_from(GENRES), place=st.integers(0, 9))
@settings(max_examples=8, deadline=None)
def test_the_kin_of_a_dislike_drops(movies: Pack, wish: str, place: int) -> None:
    state = State("en", (genre(wish),))
    before = listed(movies, state, 20)
    disliked = list(before)[place]
    after = listed(movies, rate(state, disliked, "dislike"), 40)
    space = pack_space(movies)
    items, one = (space.vectors.at(space.catalogue.rows(iris)) for iris in (before, [disliked]))
    by_likeness = sorted(zip(items.likeness(one).ravel(), before, strict=True))
    kin, stranger = by_likeness[-2][1], by_likeness[0][1]
    assert kin not in after or after[kin] - before[kin] < after.get(stranger, 0) - before[stranger] <= 0
