"""Slips: of what a speaker takes back in the same breath only the repair is wished for."""

from __future__ import annotations

import pytest

from chatrec.dialogue.understanding import Understanding
from chatrec.dialogue.values import State
from chatrec.grounding.pack import Pack


@pytest.fixture(scope="module")
def reader(movies: Pack) -> Understanding:
    return Understanding(movies.schema, movies.entries, movies.items)


def wished(reader: Understanding, text: str) -> list[object]:
    acts = reader.read(text, reader.detect(text, State()), State())
    return [act.value for act in acts if act.act == "inform" and act.polarity == "like"]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("horror, no wait, thriller", ["thriller"]),
        ("a comedy, I mean a western", ["western"]),
        ("something from the eighties... sorry, nineties", [1990, 1999]),
        ("French. Oh no, sorry: German", ["Germany"]),
        ("法国的，错了错了，意大利", ["Italy"]),
        ("要德语，对不起，荷兰语", ["Dutch"]),
        ("七十年代，啊呸，六十年代", [1960, 1969]),
        ("恐怖片，不对，是悬疑片", ["mystery"]),
    ],
)
def test_the_repair_alone_counts(reader: Understanding, text: str, meant: list[object]) -> None:
    assert wished(reader, text) == meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("horror and thriller", ["horror", "thriller"]),
        ("a comedy, a western", ["comedy", "western"]),
        ("a comedy, no horror", ["comedy"]),
        ("a thriller. Sorry, from the nineties", ["thriller", 1990, 1999]),
        ("喜剧，不要恐怖", ["comedy"]),
    ],
)
def test_what_is_no_slip_stands(reader: Understanding, text: str, meant: list[object]) -> None:
    assert wished(reader, text) == meant
