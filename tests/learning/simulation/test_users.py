"""Simulated users are honest: what they say is true of their target, and they do not give it away."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatrec.dialogue.values import Constraint
from chatrec.learning.simulation.moves import Heard, Move, Speaker
from chatrec.learning.simulation.users import Taste, User, draw_users
from chatrec.learning.simulation.wording import Wording
from chatrec.learning.simulation.world import World


def one_user(world: World, seed: int, language: str = "en") -> User:
    return next(iter(draw_users(world, 1, (language,), seed)))


def conversation(world: World, user: User, turns: int) -> list[list[Move]]:
    """Return the moves of a user to whom random items are listed."""
    rng = random.Random(user.seed)
    wording = Wording(world, user.language, rng)
    speaker = Speaker(world, user, 2, wording.decades, wording.comparable)
    moves = [speaker.opening(False)]
    for _ in range(turns - 1):
        listed = tuple(rng.sample(sorted(world.items), 3))
        moves.append(speaker.reply(Heard(listed, rng.choice(("", "genre", "mood", "year")))))
    return moves


@given(seed=st.integers(0, 10_000))
@settings(max_examples=50, deadline=None)
def test_all_that_a_user_says_is_true_of_the_target(world: World, seed: int) -> None:
    user = one_user(world, seed)
    said = [wish for moves in conversation(world, user, 5) for move in moves for wish in move.wishes]
    assert said and all(world.meets(user.target, wish) for wish in said)


@given(seed=st.integers(0, 10_000), language=st.sampled_from(("en", "zh")))
@settings(max_examples=50, deadline=None)
def test_a_user_tells_little_at_once_and_never_the_title(world: World, seed: int, language: str) -> None:
    user = one_user(world, seed, language)
    wording = Wording(world, language, random.Random(seed))
    for moves in conversation(world, user, 5):
        assert len(moves) <= 2
        message = wording.message(moves)
        assert message and "{" not in message
        assert not any(wish.slot == world.schema.name_slot.name for move in moves for wish in move.wishes)


@given(seed=st.integers(0, 10_000))
@settings(max_examples=50, deadline=None)
def test_nothing_is_told_twice_and_nothing_that_hardly_any_item_has(world: World, seed: int) -> None:
    moves = [move for said in conversation(world, one_user(world, seed), 5) for move in said]
    wanted = [w for move in moves if move.kind in ("open", "add", "answer") for w in move.wishes if w.iri]
    assert len(wanted) == len(set(wanted))
    assert all(world.common[wish.slot, wish.iri] * len(world.items) >= 10 for wish in wanted)


@given(seed=st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_a_user_likes_what_is_near_the_target(world: World, seed: int) -> None:
    taste = Taste.of(world, one_user(world, seed))
    assert set(taste.nearest) == set(world.items) - {one_user(world, seed).target}
    pressed = {taste.rating(item) for item in taste.nearest[:20]}
    assert "dislike" not in pressed and "like" in pressed
    assert {taste.rating(item) for item in taste.nearest[-50:]} <= {"dislike", "none"}


@pytest.mark.parametrize(
    ("wish", "met"),
    [
        (Constraint("year", ">=", 2000), True),
        (Constraint("year", "<", 2010), False),
        (Constraint("genre", "=", "science fiction", "urn:chatrec:movies:genre:science-fiction"), True),
        (Constraint("genre", "=", "horror", "urn:chatrec:movies:genre:horror"), False),
        (Constraint("genre", "=", "horror", "urn:chatrec:movies:genre:horror", "dislike"), True),
        (Constraint("rating", "=", "PG-13"), True),
    ],
)
def test_wishes_are_judged_by_the_facts(world: World, wish: Constraint, met: bool) -> None:
    inception = next(iri for iri in world.items if world.labels[iri, "en"] == "Inception")
    assert world.meets(inception, wish) == met
