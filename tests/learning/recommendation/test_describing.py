"""What dialogues teach of six films by two directors: each feature on its own, then the sampling of what is trained on."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from chatrec.errors import InputError
from chatrec.grounding.ranking.catalogue import Catalogue
from chatrec.learning.recommendation import company, views
from chatrec.learning.recommendation.corpus import MISSING, Situation
from chatrec.learning.recommendation.features import mention_matrix, said_where
from chatrec.learning.recommendation.meaning import read_meaning, said_meaning
from chatrec.learning.recommendation.priors import priors
from chatrec.learning.recommendation.ranker import Recipe, surprise, train
from chatrec.learning.recommendation.sampling import Described, Sampled, sample

FILMS = 6
LINES = ("A ghost haunts an old house.",) * 3 + ("Two friends laugh their way to a wedding.",) * 3


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    """Films 0 to 2 by one director, 3 to 5 by another."""
    rows = range(FILMS)
    made_by = csr_matrix((np.ones(FILMS, np.float32), (rows, [6, 6, 6, 7, 7, 7])), shape=(FILMS, 8))
    names = (*(f"Film {row}" for row in rows), "Ann", "Bob")
    return Catalogue(names, np.arange(FILMS), {"director": made_by}, LINES)


def situation(dialogue: str, mentions: tuple[int, ...], *targets: int, said: str = "hello") -> Situation:
    return Situation(dialogue, (said,), mentions, targets)


def test_an_item_that_nobody_named_has_the_prior_of_its_kin(catalogue: Catalogue) -> None:
    found = dict(priors(catalogue.links, np.array([5.0, 5.0, 0, 0, 0, 0])))
    assert found["prior_named"][2] == found["prior_named"][3] == 0
    assert found["prior_director"][2] > found["prior_director"][3]
    assert (found["prior_most_director"] == found["prior_director"]).all(), "one director each"


def test_an_items_own_count_is_no_evidence_for_its_kin(catalogue: Catalogue) -> None:
    alone = dict(priors(catalogue.links, np.array([9.0, 0, 0, 0, 0, 0])))["prior_director"]
    assert alone[0] < alone[1]


def test_what_stood_with_the_mention_is_its_company(catalogue: Catalogue) -> None:
    heard = [situation("a", (0,), 4), situation("b", (0, 3), 4), situation("c", (1,), 2)]
    kept = company.keep_company(catalogue, heard, seed=0)
    mentions = mention_matrix(catalogue, [situation("d", (0,))], "fading")
    found = dict(company.likeness(kept, mentions, catalogue.items))
    for values in found.values():
        assert values.shape == (1, FILMS)
        assert values[0, 4] > values[0, 2]


def test_what_is_expected_reaches_items_that_no_dialogue_named(catalogue: Catalogue) -> None:
    made = views.make_views(catalogue, np.eye(8, dtype=np.float32), seed=0)
    context = np.array([[1.0, 0], [0, 1]] * 20, dtype=np.float32)
    mentions = csr_matrix((40, 8), dtype=np.float32)
    targets = csr_matrix((np.ones(40), (range(40), [0, 3] * 20)), shape=(40, FILMS))
    known = views.situation_vectors(made, context, mentions)
    expectation = views.expect(made, known, targets)
    found = dict(views.expected(made, expectation, known[:1]))
    assert found["expected_attributes"][0, 1] > found["expected_attributes"][0, 5]


def test_meaning_finds_the_text_that_speaks_of_the_same(catalogue: Catalogue) -> None:
    said = said_meaning([situation("a", (), said="Something scary with ghosts, please")])
    others = said_meaning(
        [situation("b", (), 4, said="Make me laugh"), situation("c", (), 1, said="a horror")]
    )
    votes = csr_matrix((np.ones(2), ([0, 1], [4, 1])), shape=(2, FILMS))
    found = dict(read_meaning(catalogue).likeness(said, others, votes))
    assert found["meaning_last"][0, 0] > found["meaning_last"][0, 3]
    assert found["contexts_last"][0, 1] > found["contexts_last"][0, 4]


def test_titles_are_found_in_what_each_side_said(catalogue: Catalogue) -> None:
    one = Situation("a", ("I saw Film 2.", "Try film 4!", "Like Film 2?"), (2, 4, 7), (1,))
    assert set(said_where(catalogue, catalogue.row, one)) == {(2, 0), (2, 2), (4, 1)}


@pytest.fixture
def sampled() -> Sampled:
    """Three situations, the second of which has a target that the catalogue lacks."""
    features = np.random.default_rng(0).normal(size=(3, FILMS, 4)).astype(np.float16)
    heard = [situation("a", (), 1, 2), situation("b", (), MISSING), situation("c", (), 5)]
    described = Described(features, np.zeros((3, 2), np.float32), heard, ("a", "b", "c", "d"))
    return sample(described, np.random.default_rng(0))


@given(seed=st.integers(0, 99))
def test_every_item_of_a_batch_counts_once_and_every_target_is_right(seed: int) -> None:
    features = np.random.default_rng(seed).normal(size=(3, FILMS, 4)).astype(np.float16)
    heard = [situation("a", (), 1, 2), situation("b", (), 3), situation("c", (), 5)]
    found = sample(Described(features, np.zeros((3, 2)), heard, tuple("abcd")), np.random.default_rng(seed))
    _, _, right, extra = found.drawn(np.arange(3), np.random.default_rng(seed))
    assert right.sum(1).tolist() == [2, 1, 1]
    assert (extra[right] == 0).all()
    assert (extra == 0).sum(1).tolist() == [FILMS] * 3, "all six are kept as rivals, so no random copy counts"


def test_the_epoch_that_explains_the_validation_best_is_kept(sampled: Sampled) -> None:
    features = np.random.default_rng(1).normal(size=(2, FILMS, 4)).astype(np.float16)
    heard = [situation("x", (), 0), situation("y", (), 3)]
    valid = Described(features, np.zeros((2, 2), np.float32), heard, tuple("abcd"))
    recipe = Recipe(epochs=2, rate=0.5)
    chosen, last = (train(sampled, recipe, given).scores(valid) for given in (valid, None))
    assert surprise(chosen, heard) <= surprise(last, heard)


def test_a_validation_without_known_targets_is_refused() -> None:
    with pytest.raises(InputError, match="validation"):
        surprise(np.zeros((1, FILMS)), [situation("x", (), MISSING)])


def test_what_cannot_be_found_teaches_nothing(sampled: Sampled) -> None:
    assert sampled.learnable().tolist() == [0, 2]
    assert sampled.rows[0, :4].tolist() == [1, 2, 1, 2]
