"""The models that mend what the rules read: what they learn, that they are optional, and that no mutation breaks them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatrec.dialogue.features import hashed, tokens
from chatrec.dialogue.mentions import Mention
from chatrec.dialogue.network import WEIGHTS, Network, load, save
from chatrec.dialogue.understanding import Understanding
from chatrec.grounding.pack import Pack
from chatrec.learning.judging import best_bound
from chatrec.learning.understanding import HELD_OUT, by_name, confusion, predict, read_lines

REAL = [record["text"] for record in read_lines(sorted(HELD_OUT.glob("test_*.jsonl")))]


@pytest.fixture(scope="module")
def reader(movies: Pack) -> Understanding:
    return Understanding(movies.schema, movies.entries, movies.items)


def test_names_are_blanked_out_of_what_is_learnt() -> None:
    title = Mention(5, 9, "title", "Heat", "", title=True)
    assert tokens("like heat but newer", [title]) == ["like", "TITLE", "but", "newer"]
    assert tokens("like heat but newer", [title], title) == ["like", "X", "but", "newer"]


def test_weights_survive_the_file_and_are_small(tmp_path: Path) -> None:
    drawn = np.random.default_rng(0)
    shapes = [(8, 2), (8, 3), (4, 3), (1, 3), (3, 2), (1, 2)]
    parts = [drawn.normal(size=shape).astype(np.float32) for shape in shapes]
    model = Network(("no", "yes"), np.array([0.5, 0.4]), *parts)
    save(tmp_path / "weights.npz", "movies", {"span": model})
    pack, models = load(tmp_path / "weights.npz")
    assert pack == "movies"
    vector = np.array([0.5, -0.5, 0.5, 0.5], np.float32)
    told, kept = (network.one({"r:inform", "w:horror"}, vector) for network in (model, models["span"]))
    assert told == pytest.approx(kept, abs=0.05)
    assert WEIGHTS.stat().st_size < 2_000_000


def test_without_weights_the_rules_stand_alone(tmp_path: Path) -> None:
    assert load(tmp_path / "absent.npz") == ("", {})


def test_the_same_feature_has_the_same_place_everywhere() -> None:
    assert hashed(["w:horror"], 2**14) == [8966]


def test_a_bound_is_put_where_f1_is_best() -> None:
    target, chances = np.array([True, True, False, False]), np.array([0.9, 0.62, 0.58, 0.1])
    assert 0.58 < best_bound(target, chances) <= 0.62


def test_what_was_read_for_what_is_counted(reader: Understanding, movies: Pack) -> None:
    record = {"text": "no horror", "lang": "en", "acts": [{"act": "greet", "slot": None}]}
    acts = predict(reader, record)
    assert confusion([(record, acts)]) == {("greet", "inform"): 1}
    assert by_name([(record, acts)])["slot"]["genre"] == [0.0, 0.0, 0.0]


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """Draw a real message with some of its characters dropped, doubled, swapped for others or put elsewhere."""
    letters = list(draw(st.sampled_from(REAL)))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(0, len(letters) - 1)))
        letters[at : at + draw(st.integers(0, 3))] = draw(st.text(max_size=3))
    return "".join(letters)


@settings(max_examples=200, deadline=None, database=None)
@given(message=mutated())
def test_no_mutation_of_a_real_message_breaks_reading(
    reader: Understanding, movies: Pack, message: str
) -> None:
    acts = predict(reader, {"text": message, "lang": ""})
    assert json.dumps([act.text for act in acts])
