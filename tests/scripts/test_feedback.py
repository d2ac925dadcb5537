"""What the buttons do to a state."""

from __future__ import annotations

import pytest

from chatrec.dialogue.feedback import rate
from chatrec.dialogue.values import State


def test_the_last_rating_counts() -> None:
    state = rate(rate(State(seen=("b",)), "a", "like"), "b", "like")
    assert (state.likes, state.dislikes, state.seen) == (("a", "b"), (), ())
    state = rate(state, "a", "dislike")
    assert (state.likes, state.dislikes, state.seen) == (("b",), ("a",), ())
    state = rate(rate(state, "a", "seen"), "b", "none")
    assert (state.likes, state.dislikes, state.seen) == ((), (), ("a",))


def test_rating_twice_is_rating_once() -> None:
    assert rate(rate(State(), "a", "like"), "a", "like") == State(likes=("a",))


def test_an_unknown_rating_is_refused() -> None:
    with pytest.raises(ValueError, match="'love' is no rating; allowed: like, dislike, seen, none"):
        rate(State(), "a", "love")  # type: ignore[arg-type]
