"""Linking in recorded dialogues: what is counted, and what the graph's titles look like in people's messages."""

import json

import pytest

from chatrec.dialogue.language import detect
from chatrec.dialogue.understanding import Understanding
from chatrec.dialogue.values import State
from chatrec.errors import InputError
from chatrec.grounding.pack import open_pack
from chatrec.learning.linking import figures, read_all

DIALOGUE = {
    "movieMentions": {"1": "The Matrix (1999)", "2": "Zzyzx Road (2006)", "3": "Psycho  (1960)"},
    "initiatorWorkerId": 7,
    "initiatorQuestions": {"1": {"liked": 1}, "3": {"liked": 0}},
    "messages": [
        {"senderWorkerId": 7, "text": "I loved @1 and I hated @3"},
        {"senderWorkerId": 8, "text": "Have you seen @2 ?"},
        {"senderWorkerId": 8, "text": "What about @3"},
    ],
}


@pytest.fixture(scope="module")
def movies():
    return open_pack("movies")


def test_mentions_of_held_films_are_counted_and_what_is_felt_is_compared_with_the_form(movies, tmp_path):
    (tmp_path / "valid_dialogues.jsonl").write_text(json.dumps(DIALOGUE))
    found = figures(list(read_all(movies, tmp_path)))
    assert found["messages"] == 3
    assert found["mentions"] == 3
    assert found["precision"] == found["recall"] == found["polarity"] == 1.0
    assert found["polarity_judged"] == 2


def test_the_seed_decides_which_titles_are_in_lower_case(movies, tmp_path):
    (tmp_path / "valid_dialogues.jsonl").write_text(json.dumps(DIALOGUE))
    texts = [[read.message.text for read in read_all(movies, tmp_path, seed)] for seed in (1, 1, 2)]
    assert texts[0] == texts[1]
    assert texts[2] != texts[0]


def test_a_folder_without_dialogues_is_an_error_that_names_the_file(movies, tmp_path):
    with pytest.raises(InputError, match="no dialogues at"):
        list(read_all(movies, tmp_path))


@pytest.fixture(scope="module")
def reader(movies):
    return Understanding(movies.schema, movies.entries, movies.items)


@pytest.mark.parametrize(
    ("message", "titles"),
    [
        ("I like heat, the town and fargo", {"Heat", "The Town", "Fargo"}),
        ("however It was better than that", set()),
        ("what about psycho", {"Psycho"}),
        ("something like rambo or commando", {"First Blood", "Commando"}),
        ("have you tried ghostbusters", {"Ghostbusters"}),
        ("we were frozen and ate a big cake", set()),
    ],
)
def test_titles_in_lower_case_are_meant_where_the_sentence_means_them(reader, message, titles):
    acts = reader.read(
        message, detect(message, "en", reader.schema.languages, reader.mask(message)), State(language="en")
    )
    assert {act.value for act in acts if act.slot == "title"} == titles
