"""Sessions and ratings, stored and erased: the same in SQLite and in PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from chatrec.dialogue.feedback import rate
from chatrec.dialogue.values import Act, Constraint, State, Turn
from chatrec.learning.store.records import Key, Selection
from chatrec.learning.store.store import ErasedError, Store, open_store

A, B, C = "urn:item:a", "urn:item:b", "urn:item:c"
ANN = "ann-agreed-to-be-remembered"
HELLO = State("en", (Constraint("genre", "=", "horror", "urn:horror", "dislike"),), turn=1)


def turn(state: State, said: str = "no horror", acts: tuple[Act, ...] = ()) -> Turn:
    """Make a turn after which a session is in that state."""
    return Turn(
        state.turn, said, "en", "recommend", acts, state, f"You said: {said}", (), (), "", {"total": 3.5}
    )


def rated(
    store: Store, session: str, *ratings: tuple[str, str], user: str = "", pack: str = "films"
) -> State:
    """Let a new session rate items, one after the other."""
    state, key = State(), Key(session, pack, user)
    for number, (item, rating) in enumerate(ratings):
        new = rate(state, item, rating)  # type: ignore[arg-type]
        store.press(key, state, new, first=number == 0)
        state = new
    return state


def test_a_session_outlives_the_process(url: str, store: Store, opened: Callable[[str], Store]) -> None:
    key, second = Key("s1", "films", ANN), replace(HELLO, turn=2, shown=((A, B),))
    store.say(key, State(), turn(HELLO), first=True)
    store.say(key, HELLO, turn(second, "又一部\x00🎬"), first=False)
    store.close()
    kept = opened(url).load("s1")
    assert kept is not None
    assert kept.key == key
    assert kept.state == second
    assert kept.turns == (turn(HELLO), turn(second, "又一部\x00🎬"))
    assert kept.before == (State(), HELLO)


def test_as_many_turns_as_wanted_are_loaded(store: Store) -> None:
    for number in range(1, 6):
        state = replace(HELLO, turn=number)
        store.say(Key("s1", "films"), HELLO, turn(state, str(number)), first=number == 1)
    kept = store.load("s1", most=2)
    assert kept is not None
    assert [said.user for said in kept.turns] == ["4", "5"]


def test_an_unknown_session(store: Store) -> None:
    assert store.load("gone") is None
    assert not store.has("gone")


def test_a_turn_is_taken_back_with_what_it_said_of_items(store: Store) -> None:
    key, liked = Key("s1", "films"), rate(HELLO, A, "like")
    store.say(key, State(), turn(liked, "I loved it"), first=True)
    store.press(key, liked, State(), first=False, unsaid=1)
    kept = store.load("s1")
    assert kept is not None
    assert kept.turns == ()
    assert [(event.item, event.rating) for event in store.events(Selection())] == [(A, "like"), (A, "none")]
    assert store.tallies("films")[A] == (0, 0)


def test_a_search_that_starts_anew_takes_no_like_back_but_forget_does(store: Store) -> None:
    key, liked = Key("s1", "films", ANN), replace(State(), likes=(A, B), turn=1)
    store.say(key, State(), turn(liked, "I loved both"), first=True)
    store.say(key, liked, turn(State(turn=2), "start over"), first=False)
    assert store.remembered(ANN, "films") == {A: "like", B: "like"}
    forget = Act("forget", iri=B, op="-")
    store.say(
        key, replace(liked, turn=2), turn(replace(liked, likes=(A,), turn=3), "forget it", (forget,)), False
    )
    assert store.remembered(ANN, "films") == {A: "like"}


def test_people_are_counted_once_by_their_last_rating(store: Store) -> None:
    rated(store, "s1", (A, "like"), (B, "dislike"))
    rated(store, "s2", (A, "like"), (A, "none"), (A, "like"))
    rated(store, "s3", (A, "dislike"), (B, "seen"))
    rated(store, "s4", (A, "like"), user=ANN)
    assert store.tallies("films") == {A: (3, 1), B: (0, 1)}
    rated(store, "s5", (A, "dislike"), user=ANN)
    rated(store, "s6", (A, "like"), pack="wines")
    assert store.tallies("films") == {A: (2, 2), B: (0, 1)}
    store.erase(Selection(session="s3"))
    assert store.tallies("films") == {A: (2, 1), B: (0, 1)}


def test_the_tallies_are_the_same_after_every_rating_as_counted_anew(
    url: str, store: Store, opened: Callable[[str], Store]
) -> None:
    store.tallies("films")
    for number, (item, rating) in enumerate(
        [(A, "like"), (B, "like"), (A, "none"), (B, "dislike"), (C, "seen")]
    ):
        rated(store, f"s{number % 2}{number}", (item, rating), user=ANN if number % 2 else "")
        assert store.tallies("films") == opened(url).tallies("films")


def test_events_come_in_order_with_what_was_known_then(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chatrec.learning.store.store._PAGE", 7)
    state = replace(HELLO, shown=((C,), (A, B)))
    store.press(Key("s1", "films", ANN), state, rate(state, A, "like"), first=True)
    rated(store, "s2", *((f"urn:item:{number}", "like") for number in range(20)))
    first, *others = store.events(Selection(pack="films"))
    assert (first.key, first.item, first.rating) == (Key("s1", "films", ANN), A, "like")
    assert first.shown == (A, B)
    assert first.state == state
    assert [event.item for event in others] == [f"urn:item:{number}" for number in range(20)]
    assert others[-1].state.likes == tuple(f"urn:item:{number}" for number in range(19))
    assert list(store.events(Selection(user=ANN))) == [first]
    assert list(store.events(Selection(pack="wines"))) == []


def test_a_selection_erases_nothing_else(store: Store) -> None:
    for session, user in (("s1", ANN), ("s2", ANN), ("s3", "")):
        rated(store, session, (A, "like"), user=user)
    assert store.erase(Selection(session="")) == 0
    assert store.erase(Selection(session="s1")) == 1
    assert store.erase(Selection(user=ANN)) == 1
    assert [kept.key.session for kept in store.sessions(Selection())] == ["s3"]
    assert store.erase(Selection()) == 1


def test_an_erased_session_is_not_written_again(store: Store) -> None:
    state = rated(store, "s1", (A, "like"))
    store.erase(Selection(session="s1"))
    with pytest.raises(ErasedError, match="erased meanwhile"):
        store.press(Key("s1", "films"), state, State(), first=False)
    assert not store.has("s1")
    assert list(store.events(Selection())) == []


def test_what_fails_half_way_changes_nothing(store: Store) -> None:
    store.say(Key("s1", "films"), State(), turn(HELLO), first=True)
    with pytest.raises(Exception, match=r"(?i)unique"):
        store.say(Key("s1", "films"), HELLO, turn(replace(HELLO, likes=(A,))), first=False)
    kept = store.load("s1")
    assert kept is not None
    assert kept.state == HELLO
    assert store.tallies("films") == {}


def test_old_sessions_are_erased_unless_their_user_has_come_back(store: Store) -> None:
    day, now = 24 * 60 * 60, [0.0]
    store._clock = lambda: now[0]
    rated(store, "old", (A, "like"))
    rated(store, "ann's first", (A, "like"), user=ANN)
    now[0] = 29 * day
    rated(store, "ann's second", (B, "like"), user=ANN)
    rated(store, "young", (A, "like"))
    now[0] = 31 * day
    assert store.erase_old(30) == 1
    assert store.remembered(ANN, "films") == {A: "like", B: "like"}
    now[0] = 60 * day
    assert store.erase_old(30) == 3
    assert store.remembered(ANN, "films") == {}


def test_nowhere_is_no_store() -> None:
    assert open_store("none") is None
