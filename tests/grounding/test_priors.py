"""What all users' ratings do: a slow prior, and now and then a place for what is little known."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chatrec.dialogue.values import State
from chatrec.grounding.candidates import find
from chatrec.grounding.pack import Pack
from chatrec.grounding.priors import prior_scores, with_explored
from chatrec.grounding.ranking import rank

ITEMS = [f"item{number}" for number in range(8)]
tallies = st.dictionaries(st.sampled_from(ITEMS), st.tuples(st.integers(0, 500), st.integers(0, 500)))


def test_without_votes_nothing_is_moved() -> None:
    assert prior_scores(ITEMS, {}).tolist() == [0.0] * len(ITEMS)
    assert with_explored(ITEMS[:3], ITEMS, {}, 1.0, "seed") == tuple(ITEMS[:3])


def test_few_votes_move_little_and_many_move_more() -> None:
    few = prior_scores(ITEMS, {"item0": (2, 0), "item1": (0, 2)})
    many = prior_scores(ITEMS, {"item0": (200, 0), "item1": (0, 200)})
    assert 0 < few[0] < 0.06 < 0.2 < many[0]
    assert 0 > few[1] > -0.06 > -0.2 > many[1]


@given(tallies)
def test_a_prior_is_bounded_and_none_without_votes(votes: dict[str, tuple[int, int]]) -> None:
    scores = dict(zip(ITEMS, prior_scores(ITEMS, votes), strict=True))
    assert all(abs(score) <= 0.3 for score in scores.values())
    unrated = [scores[item] for item in ITEMS if votes.get(item, (0, 0)) == (0, 0)]
    assert all(score == 0 for score in unrated)


@given(tallies, st.floats(0, 1), st.text(max_size=20))
def test_exploration_changes_the_last_place_at_most(
    votes: dict[str, tuple[int, int]], share: float, seed: str
) -> None:
    found = with_explored(ITEMS[:3], ITEMS, votes, share, seed)
    assert found[:2] == tuple(ITEMS[:2]) and len(set(found)) == 3
    assert found == with_explored(ITEMS[:3], ITEMS, votes, share, seed)


def test_a_list_of_one_is_never_explored() -> None:
    assert with_explored(ITEMS[:1], ITEMS, {"item5": (9, 0)}, 1.0, "seed") == ("item0",)


def test_so_many_lists_are_explored_as_the_setting_says() -> None:
    votes = {"item0": (3, 1)}
    changed = [with_explored(ITEMS[:3], ITEMS, votes, 0.1, str(seed))[2] != "item2" for seed in range(2000)]
    assert 0.07 < sum(changed) / len(changed) < 0.13


def test_votes_of_many_users_reorder_a_list(wines: Pack) -> None:
    found = find(wines, ()).items
    best, *_, last = rank(wines, found, State(), 3)
    votes = {last.item.iri: (5000, 0), best.item.iri: (0, 5000)}
    moved = rank(wines, found, State(), 3, votes)
    assert moved[0].item.iri == last.item.iri
