"""The page of all evaluations: every kind is known by its keys, no figure is lost, nothing comes from elsewhere."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatrec.errors import InputError
from chatrec.learning.report.bars import Bars
from chatrec.learning.report.page import report_html
from chatrec.learning.report.parts import Table, parts, text_of
from chatrec.learning.report.reading import Evaluation, kind_of, read_evaluation

RECALL = {"recall@1": 0.5, "recall@10": 0.8, "mrr": 0.6}
RECOMMEND = {
    "all": RECALL,
    "novel": {**RECALL, "recall@1": 0.4},
    "repeated": {},
    "coverage": 0.3,
    "interval": {"recall@1": [0.45, 0.55]},
}
SIMULATE = {
    "pack": "movies",
    "all": {
        "without_feedback": {"success@1": 0.4, "success@2": 0.7, "turns_to_success": None},
        "with_feedback": {"success@1": 0.5, "success@2": 0.8, "turns_to_success": 2.1},
        "gain": {"success@1": [0.1, 0.05, 0.15], "success@2": [0.1, 0.02, 0.2]},
    },
}
BENCH = {
    "turns": 9,
    "first_token_ms": {"p50": 60.0, "p95": 481.2},
    "stages_ms": {"rank": {"p50": 1, "p95": 2}},
}

nested = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def shown(figures: dict[str, Any]) -> list[Table | Bars]:
    return list(parts(figures))


@pytest.mark.parametrize(
    ("figures", "kind"),
    [
        (RECOMMEND, "recommend"),
        (SIMULATE, "simulate"),
        ({"success": {"1": 0.4, "3": 0.8}, "turns": 2.0}, "simulate"),
        ({"act_macro_f1": 0.8}, "understanding"),
        ({"precision": 0.9, "precision_marked": 0.9}, "linking"),
        ({"replies": 10, "unsupported": 0}, "generate"),
        (BENCH, "turn"),
        ({"stores": {}}, "store"),
        ({"users": 3, "latency_s": {}}, "serve"),
        ({"all": 3, "success": None}, "other"),
    ],
)
def test_the_keys_tell_the_kind(figures: dict[str, Any], kind: str) -> None:
    assert kind_of(figures) == kind


def test_the_last_line_holds_the_figures(tmp_path: Path) -> None:
    path = tmp_path / "understanding.jsonl"
    path.write_text('{"id": 1, "acts": []}\n{"figures": {"act_macro_f1": 0.8}}\n')
    assert read_evaluation(path) == Evaluation("understanding", "understanding", {"act_macro_f1": 0.8})


def test_the_intervals_on_top_go_to_the_figures_of_all(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    path.write_text(json.dumps(RECOMMEND, indent=1))
    assert read_evaluation(path).figures["all"] == {**RECALL, "interval": {"recall@1": [0.45, 0.55]}}


@pytest.mark.parametrize("text", ["", "[]", "Error: no", '{"a": 1', "{}"])
def test_a_file_without_figures_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(InputError, match="holds no figures"):
        read_evaluation(tmp_path / "x.json")


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_evaluation(tmp_path / "none.json")


def test_groups_with_the_same_figures_are_one_table_and_one_plot() -> None:
    group = SIMULATE["all"]
    table, plot = shown(group)  # type: ignore[arg-type]
    assert isinstance(table, Table) and isinstance(plot, Bars)
    assert table.columns == ("without_feedback", "with_feedback", "gain")
    assert table.rows[0] == ("success@1", "0.400", "0.500", "+0.100 (0.050 – 0.150)")
    assert table.rows[2] == ("turns_to_success", "–", "2.100", "–")
    assert plot.series == ("without_feedback", "with_feedback")
    assert [row.name for row in plot.rows] == ["success@1", "success@2"]


def test_intervals_are_written_and_drawn_beside_their_figure() -> None:
    table, plot = shown({**RECALL, "interval": {"recall@1": [0.45, 0.55]}})
    assert isinstance(table, Table) and isinstance(plot, Bars)
    assert table.rows[0] == ("recall@1", "0.500 (0.450 – 0.550)")
    low, high = plot.rows[0].bars[0].whisker or (0, 0)
    assert low < plot.rows[0].bars[0].length < high


def test_a_longer_bar_is_a_greater_figure() -> None:
    (plot,) = shown({"1": 900, "120": 920, "600": 930})
    assert isinstance(plot, Bars)
    lengths = [row.bars[0].length for row in plot.rows]
    assert lengths == sorted(lengths) and lengths[-1] <= 80


def test_what_has_different_units_shares_no_table() -> None:
    tables = shown({"latency_s": {"p50": 1.0, "p95": 2.0}, "ahead": {"p50": 3, "p95": 4}})
    assert [part.way for part in tables] == [("latency_s",), ("ahead",)]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.57123, "0.571"),
        (0.0012, "0.0012"),
        (1234567, "1,234,567"),
        (69.04, "69.0"),
        (True, "yes"),
        (None, "–"),
    ],
)
def test_figures_are_written_for_people(value: Any, text: str) -> None:
    assert text_of(value) == text


def numbers(figures: Any) -> list[str]:
    """Return every number in nested figures, as the page writes it."""
    if isinstance(figures, dict):
        return [text for value in figures.values() for text in numbers(value)]
    if isinstance(figures, list):
        return [text for value in figures for text in numbers(value)] if len(figures) != 3 else []
    return [text_of(figures)] if isinstance(figures, int | float) else []


@pytest.mark.parametrize("figures", [RECOMMEND, SIMULATE, BENCH])
def test_no_figure_is_lost(figures: dict[str, Any]) -> None:
    page = report_html([Evaluation("x", kind_of(figures), figures)])
    assert all(text in page for text in numbers(figures))


@given(st.dictionaries(st.text(), nested, max_size=5))
def test_any_figures_make_a_page(figures: dict[str, Any]) -> None:
    page = report_html([Evaluation("<b>name", kind_of(figures), figures)])
    assert "<b>name" not in page


def test_the_page_asks_for_nothing_and_escapes_all() -> None:
    page = report_html([Evaluation("x", "other", {"<script>alert(1)</script>": "<img src=x onerror=y>"})])
    assert "<script" not in page and "<img" not in page
    assert not re.search(r"(src|href)=\"(?!#)|url\(|@import", page)
