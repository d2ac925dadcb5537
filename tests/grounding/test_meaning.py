"""Meaning: what words speak of that name no concept, measured on messages of which half chose the threshold."""

from __future__ import annotations

from pathlib import Path

import pytest

from chatrec.dialogue.language import Detected
from chatrec.dialogue.understanding import Understanding
from chatrec.dialogue.values import Act, State
from chatrec.grounding.encoder import OFF, UNIVERSAL, open_encoder
from chatrec.grounding.meaning import Meanings, open_meanings
from chatrec.grounding.pack import Pack

DATA = Path(__file__).parent.parent / "data" / "meaning.tsv"


@pytest.fixture(scope="module")
def meanings(movies: Pack) -> Meanings:
    found = open_meanings(movies)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def reader(movies: Pack, meanings: Meanings) -> Understanding:
    return Understanding(movies.schema, movies.entries, movies.items, meanings.reach)


def soft(acts: tuple[Act, ...]) -> set[str]:
    """Return what was reached, as `slot:name`."""
    return {f"{act.slot}:{act.iri.split(':')[-1]}" for act in acts if act.soft}


def measured(reader: Understanding, half: int) -> tuple[float, float]:
    """Return precision and recall on one half; a message whose label already names the concept does not count."""
    lines = [line for line in DATA.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    right = wrong = wanted = 0
    for language, concepts, message in (line.split("\t") for line in lines[half::2]):
        acts, gold = reader.read(message, Detected(language), State()), set(concepts.split(","))
        named = {f"{act.slot}:{act.iri.split(':')[-1]}" for act in acts if act.iri and not act.soft}
        reached = soft(acts)
        wanted += concepts != "-" and not named & gold
        right += bool(reached & gold)
        wrong += len(reached - gold)
    return right / max(1, right + wrong), right / wanted


@pytest.mark.parametrize(
    ("half", "precision", "recall"), [(0, 0.9, 0.15), (1, 0.8, 0.15)], ids=["tuned", "held out"]
)
def test_what_is_reached_is_mostly_right(
    reader: Understanding, half: int, precision: float, recall: float
) -> None:
    got = measured(reader, half)
    print(f"precision {got[0]:.3f}, recall {got[1]:.3f}")
    assert got[0] >= precision
    assert got[1] >= recall


@pytest.mark.parametrize(
    ("message", "concept"),
    [
        ("movies that mess with your head", "mood:mind-bending"),
        ("穿紧身衣拯救地球的", "genre:superhero"),
    ],
)
def test_a_wish_in_other_words_is_soft_and_has_its_place(
    reader: Understanding, message: str, concept: str
) -> None:
    acts = [act for act in reader.read(message, Detected("en"), State()) if act.soft]
    assert soft(tuple(acts)) == {concept}
    assert all(message[act.start : act.start + len(act.text)] == act.text for act in acts)


@pytest.mark.parametrize(
    "message",
    [
        "hi there, how are you today",
        "what is the capital of France",
        "write me some code that sorts a list",
        "你好，最近怎么样",
        "who directed it and is it scary?",
        "thanks, see you tomorrow",
    ],
)
def test_talk_questions_and_what_is_out_of_scope_reach_nothing(reader: Understanding, message: str) -> None:
    assert not soft(reader.read(message, Detected("en"), State()))


def test_reading_goes_on_without_an_encoder(movies: Pack) -> None:
    assert open_encoder(OFF) is None
    reader = Understanding(movies.schema, movies.entries, movies.items)
    assert not soft(reader.read("movies that mess with your head", Detected("en"), State()))


def test_the_packaged_encoder_gives_unit_vectors() -> None:
    encoder = open_encoder(UNIVERSAL)
    assert encoder is not None
    vectors = encoder.encode(["a sad film", "一部悲伤的电影", "a fast car"])
    assert vectors.shape == (3, 512)
    assert (vectors**2).sum(axis=1) == pytest.approx([1, 1, 1], abs=1e-3)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]


def test_only_what_makes_items_alike_is_reached(wines: Pack) -> None:
    found = open_meanings(wines)
    assert found is not None
    assert {entry.slots[0] for entry in found.concepts} == {"grape"}
