"""When a question comes with a list, and that a soft wish filters nothing."""

from __future__ import annotations

from dataclasses import replace

from chatrec.dialogue.policy import askable, may_ask
from chatrec.dialogue.values import Constraint, State
from chatrec.grounding.candidates import find
from chatrec.grounding.gain import best_question, gain
from chatrec.grounding.pack import Pack

HORROR = Constraint("genre", "=", "horror")
STATE = State("en", (HORROR,))


def test_a_question_comes_only_where_many_items_fit_few_wishes() -> None:
    assert may_ask(STATE, 51)
    assert not may_ask(STATE, 50)
    assert not may_ask(replace(STATE, constraints=(HORROR,) * 3), 51)


def test_no_question_with_the_next_list_nor_after_two_that_were_ignored() -> None:
    assert not may_ask(replace(STATE, shown=(("a",),), asked=("mood",), asked_at=0), 51)
    assert may_ask(replace(STATE, shown=(("a",), ("b",)), asked=("mood",), asked_at=0), 51)
    assert not may_ask(replace(STATE, asked=("mood", "theme")), 51)


def test_the_question_is_the_one_that_splits_best_and_was_not_asked(movies: Pack) -> None:
    items = find(movies, ()).items
    slots = askable(replace(STATE, asked=("mood",)), movies.schema)
    assert not {"genre", "mood"}.intersection(slots)
    best = best_question(movies, slots, items)
    assert best is not None
    assert gain(movies, best, items) == max(gain(movies, slot, items) for slot in slots)
    assert gain(movies, "genre", items[:1]) >= 0


def test_a_soft_wish_filters_nothing(movies: Pack) -> None:
    soft = Constraint("year", ">", 2020, soft=True)
    assert find(movies, (soft,)).items == find(movies, ()).items
