"""The measurement on two dozen dialogues made here: who likes a genre is recommended films of that genre."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from typer.testing import CliRunner

from chatrec.learning.recommendation.corpus import MISSING, Situation, read_catalogue, read_situations
from chatrec.learning.recommendation.experiment import folds
from chatrec.learning.recommendation.figures import of_ranks, ranks
from chatrec.serving.cli import app

FILMS = 12


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of twelve films in two genres, two dialogues about each to train on, and two to measure on."""
    path = tmp_path_factory.mktemp("corpus")
    names = [f"Film {i}" for i in range(FILMS)] + ["horror", "comedy"]
    write = lambda name, value: (path / name).write_text(json.dumps(value))  # noqa: E731
    write("entity2id.json", {name: i for i, name in enumerate(names)})
    write("item_ids.json", list(range(FILMS)))
    write("relation2id.json", {"genre": 0})
    write("kg.json", {str(i): [[0, FILMS + i % 2]] for i in range(FILMS)})
    lines = [turn(i, ["horror", "comedy"][i % 2], f"Film {i % FILMS}") for i in range(2 * FILMS)]
    (path / "train.jsonl").write_text("\n".join(lines))
    (path / "test.jsonl").write_text(
        "\n".join([turn(40, "horror", "Film 2"), turn(41, "comedy", "No such film")])
    )
    return path


def turn(number: int, genre: str, film: str) -> str:
    return json.dumps(
        {
            "dialog_id": number,
            "turn_id": 1,
            "context": [f"I like {genre} films."],
            "entity": [genre, "never heard of"],
            "rec": [film],
            "resp": f"Try {film}.",
        }
    )


def test_what_the_catalogue_lacks_is_a_target_nobody_can_find(folder: Path) -> None:
    catalogue = read_catalogue(folder)
    known, unknown = read_situations(folder / "test.jsonl", folder, catalogue)
    assert known.targets == (2,)
    assert known.mentions == (FILMS,)
    assert unknown.targets == (MISSING,)


def test_measures_and_says_the_same_twice(folder: Path) -> None:
    command = ["eval", "recommend", "--data", str(folder), "--test", str(folder / "test.jsonl"), "--json"]
    one, two = (json.loads(CliRunner().invoke(app, command).stdout.splitlines()[-1]) for _ in range(2))
    assert one == two
    assert one["all"]["recall@50"] == 0.5  # what the catalogue lacks is never found
    assert one["targets"] == 2


def test_answers_in_the_test_file_change_nothing_but_the_count(folder: Path) -> None:
    catalogue = read_catalogue(folder)
    given_away = folder / "given_away.jsonl"
    given_away.write_text(turn(40, "horror", "Film 2").replace("Try", "You must see"))
    one, two = (read_situations(path, folder, catalogue)[0] for path in (folder / "test.jsonl", given_away))
    assert one == two


@given(arrays(np.int64, st.integers(1, 40), elements=st.integers(1, 200)))
def test_recall_grows_with_the_length_of_the_list(rank: np.ndarray) -> None:
    found = of_ranks(rank)
    assert found["recall@1"] <= found["recall@10"] <= found["recall@50"] <= 1


@given(st.permutations(range(FILMS)))
def test_the_order_of_the_items_does_not_matter(folder: Path, order: list[int]) -> None:
    catalogue = read_catalogue(folder)
    situations = read_situations(folder / "train.jsonl", folder, catalogue)[:FILMS]
    scores = np.random.default_rng(0).random((FILMS, FILMS)).round(1)
    moved = [
        type(one)(one.dialogue, one.context, one.mentions, tuple(order.index(row) for row in one.targets))
        for one in situations
    ]
    assert (ranks(catalogue, situations, scores).rank == ranks(catalogue, moved, scores[:, order]).rank).all()


def measured(folder: Path, *options: str) -> dict[str, Any]:
    """Return what the command prints last, trained briefly."""
    command = ["eval", "recommend", "--data", str(folder), "--epochs", "2", *options, "--json"]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout.splitlines()[-1])
    return found


def test_folds_measure_every_dialogue_once(folder: Path) -> None:
    found = measured(folder, "--folds", "3")
    assert found["targets"] == 2 * FILMS
    assert found["unseen_dialogues"] == found["all"]
    assert len(found["parts"]) == 3


def test_the_validation_file_chooses_the_epochs(folder: Path) -> None:
    test = str(folder / "test.jsonl")
    found = measured(folder, "--test", test, "--valid", test, "--even", "0.5")
    assert found["all"]["recall@10"] == 0.5
    assert found["evened"]["amount"] == 0.5


def test_something_has_to_be_measured_on(folder: Path) -> None:
    result = CliRunner().invoke(app, ["eval", "recommend", "--data", str(folder)])
    assert result.exit_code == 1
    assert "--folds" in result.output or "--folds" in str(result.exception)


@given(st.lists(st.integers(0, 8), min_size=1, max_size=40), st.integers(2, 5))
def test_all_turns_of_a_dialogue_fall_into_one_fold(dialogues: list[int], count: int) -> None:
    situations = [Situation(str(name), (), (), (0,)) for name in dialogues]
    fold = folds(situations, count, seed=0)
    assert len({(one.dialogue, part) for one, part in zip(situations, fold.tolist(), strict=True)}) == len(
        set(dialogues)
    )


def test_titles_tell_the_year_where_the_graph_does_not(folder: Path, tmp_path: Path) -> None:
    for path in folder.glob("*.json"):
        (tmp_path / path.name).write_text(path.read_text().replace('"Film 3"', '"Film 3 (1999)"'))
    catalogue = read_catalogue(tmp_path)
    assert [catalogue.names[tail] for tail in catalogue.links["year"][[3]].indices] == ["1999"]
    assert catalogue.links["year"].nnz == 1
