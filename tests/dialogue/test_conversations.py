"""Whole conversations: what each turn is taken to mean, what is in force after it and what is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from chatrec.dialogue.policy import decide
from chatrec.dialogue.state import excluded, show, update
from chatrec.dialogue.values import Constraint, Decision, State
from chatrec.grounding.pack import Pack
from tests.dialogue.conftest import Say, wanted, written

LIST = ("Inception", "The Matrix", "Titanic")
"""The items that every recommendation of these conversations shows."""


@dataclass
class Talk:
    """A conversation with the first four stages of a turn; recommendations always show the same list."""

    say: Say
    pack: Pack
    iri: Callable[[str], str]
    state: State = field(default_factory=State)

    def turn(self, message: str) -> Decision:
        """Take one turn and return what was decided."""
        self.acts = self.say(message, self.state)
        switched = self.state.language or "en"
        self.state = update(self.state, self.acts, switched)
        decision = decide(self.state, self.acts, self.pack.schema)
        listed = tuple(map(self.iri, LIST)) if decision.intent == "recommend" else ()
        self.state = show(self.state, decision, listed)
        return decision

    def wishes(self) -> list[str]:
        """Write down the wishes in force."""
        return [_write(wish) for wish in self.state.constraints]


def _write(wish: Constraint) -> str:
    negated = "not " if wish.polarity == "dislike" else ""
    return f"{negated}{wish.slot} {'' if wish.op == '=' else wish.op + ' '}{wish.value}"


@pytest.fixture
def talk(say: Say, movies: Pack, iri: Callable[[str], str]) -> Talk:
    return Talk(say, movies, iri)


# What a turn means after a list was shown.
AFTER_A_LIST = [
    ("not that one", "reject"),
    ("none of these", "reject"),
    ("nah", "reject"),
    ("nope", "reject"),
    ("meh", "reject"),
    ("I don't like any of these", "reject"),
    ("something else", "more"),
    ("seen it", "seen title Inception"),
    ("I've seen the second one", "seen title The Matrix"),
    ("I've seen those", "seen title Inception; seen title The Matrix; seen title Titanic"),
    ("already watched the last one", "seen title Titanic"),
    ("I loved the first one", "like title Inception"),
    ("I like the third one", "like title Titanic"),
    ("the second one looks good", "like title The Matrix"),
    ("hated it", "dislike title Inception"),
    ("I didn't like the second one", "dislike title The Matrix"),
    ("the third one was boring", "dislike title Titanic"),
    ("who directed it?", "ask director; ask title Inception"),
    ("who directed the second one", "ask director; ask title The Matrix"),
    ("who is in it", "ask actor; ask title Inception"),
    ("how long is the last one", "ask runtime; ask title Titanic"),
    ("what year", "ask year; ask title Inception"),
    ("what's it about", "ask synopsis; ask title Inception"),
    ("tell me about the third one", "ask synopsis; ask title Titanic"),
    ("is it based on a book", "ask basis; ask title Inception"),
    ("what language is it in", "ask language; ask title Inception"),
    ("age rating?", "ask rating; ask title Inception"),
    ("is it scary?", "ask mood; ask title Inception"),
    ("is the second one a comedy", "ask genre; ask title The Matrix"),
    ("is it over two hours", "ask runtime; ask title Inception"),
    ("where is it from", "ask country; ask title Inception"),
    ("is it ok for kids?", "ask audience; ask title Inception"),
    ("did it win any oscars", "ask; ask title Inception"),
    ("why that one", "explain; ask title Inception"),
    ("why did you recommend the second one?", "explain; ask title The Matrix"),
    ("compare the first two", "compare; ask title Inception; ask title The Matrix"),
    ("which one is longer?", "compare; ask runtime; ask title Inception"),
    ("newer", "inform year > 2010"),
    ("Got anything more recent?", "inform year > 2010"),
    ("something older", "inform year < 2010"),
    ("shorter please", "inform runtime < 148"),
    ("something longer", "inform runtime > 148"),
    ("too long", "inform runtime < 148"),
    ("older than the second one", "inform year < 1999"),
    ("something like the second one", "like title The Matrix"),
    ("more like that", "more; like title Inception"),
    ("same director", "inform director Christopher Nolan"),
    ("and the cast of the third one?", "ask actor; ask title Titanic"),
    ("who directed Zzyzx Road?", "ask director; unknown Zzyzx Road"),
    ("都不喜欢", "reject"),
    ("不要这个", "reject"),
    ("这部看过了", "seen title Inception"),
    ("第二部我看过了", "seen title The Matrix"),
    ("第一部我很喜欢", "like title Inception"),
    ("第三部不好看", "dislike title Titanic"),
    ("第一部是谁导演的", "ask director; ask title Inception"),
    ("第二个多长", "ask runtime; ask title The Matrix"),
    ("它讲什么的", "ask synopsis; ask title Inception"),
    ("最后一部是哪年的", "ask year; ask title Titanic"),
    ("这部适合小孩看吗", "ask audience; ask title Inception"),
    ("它恐怖吗", "ask mood; ask title Inception"),
    ("为什么推荐第二部", "explain; ask title The Matrix"),
    ("前两部有什么区别", "compare; ask title Inception; ask title The Matrix"),
    ("再新一点", "inform year > 2010"),
    ("短一点的", "inform runtime < 148"),
    ("太长了", "inform runtime < 148"),
    ("跟第二部类似的", "like title The Matrix"),
    ("换一批", "more"),
    ("同一个导演的", "inform director Christopher Nolan"),
]


@pytest.mark.parametrize(("utterance", "acts"), AFTER_A_LIST)
def test_after_a_list(say: Say, iri: Callable[[str], str], utterance: str, acts: str) -> None:
    listed = tuple(map(iri, LIST))
    state = State(language="en", shown=(listed,), focus=listed)
    assert written(say(utterance, state), acts) == wanted(acts)


def test_a_like_and_a_comparison(talk: Talk) -> None:
    assert talk.turn("I loved Interstellar. Something like it, but newer?").intent == "recommend"
    assert talk.wishes() == ["year > 2014"]
    assert talk.state.likes == (talk.iri("Interstellar"),)
    assert talk.iri("Interstellar") in excluded(talk.state)
    assert talk.turn("who directed the first one?") == Decision(
        "answer", "answer", (talk.iri("Inception"),), "director"
    )
    assert talk.turn("and the second?").intent in ("answer", "ask", "recommend")


def test_narrowing_step_by_step(talk: Talk) -> None:
    for message in (
        "a thriller from the 90s",
        "not too violent",
        "nothing with Nicolas Cage",
        "under two hours",
    ):
        assert talk.turn(message).intent == "recommend"
    assert talk.wishes() == [
        "genre thriller",
        "year >= 1990",
        "year <= 1999",
        "not mood violent",
        "not actor Nicolas Cage",
        "runtime < 120",
    ]


def test_a_new_value_takes_the_place_of_the_old_one_unless_it_comes_on_top(talk: Talk) -> None:
    talk.turn("a comedy")
    talk.turn("a thriller")
    assert talk.wishes() == ["genre thriller"]
    talk.turn("also horror")
    assert talk.wishes() == ["genre thriller", "genre horror"]
    talk.turn("actually make it a drama instead")
    assert talk.wishes() == ["genre drama"]


def test_moods_gather_and_dislikes_always_do(talk: Talk) -> None:
    for message in ("something funny", "and romantic", "no musicals", "no war", "not sad"):
        talk.turn(message)
    assert talk.wishes() == [
        "mood funny",
        "mood romantic",
        "not genre musical",
        "not genre war",
        "not mood sad",
    ]


def test_rather_beside_a_value_replaces_nothing(talk: Talk) -> None:
    talk.turn("something dreamlike")
    talk.turn("something rather nostalgic")
    assert talk.wishes() == ["mood dreamlike", "mood nostalgic"]
    talk.turn("rather something funny")
    assert talk.wishes() == ["mood funny"]


def test_the_last_word_on_a_value_counts(talk: Talk) -> None:
    talk.turn("no horror")
    talk.turn("ok, a horror movie then")
    assert talk.wishes() == ["genre horror"]
    talk.turn("不要恐怖片")
    assert talk.wishes() == ["not genre horror"]


def test_numbers_of_a_later_turn_replace_earlier_ones(talk: Talk) -> None:
    talk.turn("from the 90s")
    talk.turn("after 2010")
    assert talk.wishes() == ["year > 2010"]
    talk.turn("between 1980 and 1985")
    assert talk.wishes() == ["year >= 1980", "year <= 1985"]


def test_wishes_are_forgotten_by_slot_and_by_value(talk: Talk) -> None:
    talk.turn("a French comedy from the 90s with Omar Sy or Audrey Tautou")
    talk.turn("any year is fine")
    assert not any(wish.startswith("year") for wish in talk.wishes())
    talk.turn("forget Omar Sy")
    assert "actor Audrey Tautou" in talk.wishes()
    assert "actor Omar Sy" not in talk.wishes()
    talk.turn("genre doesn't matter")
    assert talk.wishes() == ["country France", "actor Audrey Tautou"]


def test_starting_over_keeps_the_language_and_what_was_seen(talk: Talk) -> None:
    talk.turn("I've seen Titanic, a comedy please")
    assert talk.turn("start over") == Decision("ask", "ask", slot="genre")
    assert talk.state.constraints == ()
    assert talk.state.seen == (talk.iri("Titanic"),)
    assert talk.state.language == "en"


def test_a_vague_opening_is_asked_about_once(talk: Talk) -> None:
    assert talk.turn("recommend me something") == Decision("ask", "ask", slot="genre")
    assert talk.turn("I don't know").intent == "recommend"
    assert talk.turn("more").intent == "recommend"


def test_an_answer_to_the_question_is_a_wish(talk: Talk) -> None:
    talk.turn("I'm bored")
    assert talk.turn("comedy").intent == "recommend"
    assert talk.wishes() == ["genre comedy"]


def test_likes_and_dislikes_of_items(talk: Talk) -> None:
    talk.turn("I loved Inception but hated Titanic")
    assert (talk.state.likes, talk.state.dislikes) == ((talk.iri("Inception"),), (talk.iri("Titanic"),))
    talk.turn("well, I like Titanic now")
    assert talk.state.dislikes == ()
    assert talk.state.likes == (talk.iri("Inception"), talk.iri("Titanic"))


def test_the_language_is_switched_on_demand(talk: Talk) -> None:
    talk.turn("a comedy")
    assert talk.turn("换成中文，再推荐一部").intent == "recommend"
    assert talk.state.language == "zh"
    assert talk.state.count == 1
    assert talk.turn("in English please").intent == "recommend"
    assert talk.state.language == "en"
    assert talk.state.count is None


def test_the_count_holds_for_one_turn(talk: Talk) -> None:
    talk.turn("give me five comedies")
    assert talk.state.count == 5
    talk.turn("more")
    assert talk.state.count is None


def test_an_attribute_that_is_loved_or_hated_is_a_wish(talk: Talk) -> None:
    talk.turn("I love Tom Hanks but I hate musicals")
    assert talk.wishes() == ["actor Tom Hanks", "not genre musical"]


def test_a_title_that_is_not_held(talk: Talk) -> None:
    decision = talk.turn("I loved Zzyzx Road")
    assert (decision.intent, decision.action, decision.text) == ("ask", "unknown", "Zzyzx Road")
    near = talk.turn("have you got Interstelar Wars?")
    assert near.action in ("unknown", "answer")
    assert talk.turn("I loved Zzyzx Road, something funny like that").intent == "recommend"


def test_social_turns_leave_the_wishes_alone(talk: Talk) -> None:
    talk.turn("a comedy")
    for message, intent in (
        ("thanks", "thank"),
        ("hello", "greet"),
        ("how are you?", "chitchat"),
        ("what's the weather like", "refuse"),
        ("bye", "close"),
        ("thanks, bye", "close"),
    ):
        assert talk.turn(message).intent == intent
    assert talk.wishes() == ["genre comedy"]
