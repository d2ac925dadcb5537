"""Figures and exports of a graph: coverage by slot, language and mention; nodes and relationships as CSV."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from chatrec.errors import InputError
from chatrec.grounding.coverage import mention_coverage
from chatrec.grounding.pack import Pack
from chatrec.grounding.property_graph import write_property_graph
from chatrec.grounding.stats import count


def test_stats_say_what_is_filled_in(wines: Pack) -> None:
    figures = count(wines)
    assert figures["items"] == 3
    assert figures["slot_coverage"] == {"name": 1.0, "grape": 1.0, "price": 1.0}
    assert figures["item_names"] == {"en": 1.0, "zh": 1.0}


def test_mentions_are_held_by_title_and_year(movies: Pack, tmp_path: Path) -> None:
    dialogue = {
        "movieMentions": {
            "1": "Interstellar  (2014)",
            "2": "Amelie (2001)",
            "3": "Interstellar (1950)",
            "4": "No Such Film",
        },
        "messages": [{"text": "@1 and @2, not @3"}, {"text": "@4 or @1"}],
    }
    path = tmp_path / "dialogues.jsonl"
    path.write_text(json.dumps(dialogue) + "\n")
    assert mention_coverage(movies, path) == {"mentions": 5, "held": 0.6}
    path.write_text("{}\n")
    with pytest.raises(InputError, match="line 1 is no dialogue"):
        mention_coverage(movies, path)


def test_the_property_graph_has_every_node_and_link(wines: Pack, tmp_path: Path) -> None:
    write_property_graph(wines.graph, tmp_path)
    nodes = {row[":ID"]: row for row in csv.DictReader((tmp_path / "nodes.csv").open(encoding="utf-8"))}
    links = [tuple(row) for row in csv.reader((tmp_path / "relationships.csv").open(encoding="utf-8"))]
    assert nodes["urn:wines:old-oak"][":LABEL"] == "Wine"
    assert nodes["urn:wines:old-oak"]["name_zh"] == "老橡树"
    assert nodes["urn:wines:old-oak"]["price"] == "12"
    assert ("urn:wines:old-oak", "urn:wines:merlot", "madeOf") in links
    assert all(start in nodes and end in nodes for start, end, _ in links[1:])
