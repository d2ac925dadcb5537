"""The pytest plugin, in runs of pytest within pytest."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest

from chatrec.dialogue.values import Turn
from chatrec.scripts import talks
from chatrec.scripts.plugin import is_script

pytest_plugins = ("pytester",)

_INSTALLED = any(point.name == "chatrec" for point in entry_points(group="pytest11"))
_PLUGIN = () if _INSTALLED else ("-p", "chatrec.scripts.plugin")

TALK = """\
dialogues:
  - name: greets
    turns: [{say: hi, expect: {intent: greet}}]
  - name: lists
    turns:
      - say: a film
        expect: {items: {min: 1}}
"""


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch, play: Any, make_turn: Callable[..., Turn]) -> list[str]:
    """Play two turns instead of opening the real engine; return the packs that were opened."""
    names: list[str] = []

    def open_played(pack: str) -> Any:
        names.append(pack)
        return play(make_turn("Hi!", intent="greet"), make_turn("Nothing."))

    monkeypatch.setattr(talks, "open_engine", open_played)
    return names


def test_one_item_a_dialogue_on_one_engine(pytester: pytest.Pytester, opened: list[str]) -> None:
    pytester.makefile(".dialogue.yaml", talk=TALK)
    result = pytester.runpytest_inprocess(*_PLUGIN, "-v", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "*talk.dialogue.yaml::greets PASSED*",
            "*talk.dialogue.yaml::lists FAILED*",
            "turn 1, items.min: expected at least 1 shown; got none",
            "    turn 1 (line 6)",
            "      user: a film",
            "      bot:  Nothing.",
            "      × items.min (line 7)",
            "        expected: at least 1 shown",
            "        got:      none",
            "FAILED talk.dialogue.yaml::lists - turn 1, items.min: expected at least 1 *",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")
    assert opened == ["movies"]


def test_dialogues_are_chosen_by_name_and_marker(pytester: pytest.Pytester, opened: list[str]) -> None:
    pytester.makefile(".dialogue.yaml", talk=TALK)
    pytester.runpytest_inprocess(*_PLUGIN, "-k", "greets").assert_outcomes(passed=1, deselected=1)
    result = pytester.runpytest_inprocess(*_PLUGIN, "--strict-markers", "-m", "not dialogue")
    result.assert_outcomes(deselected=2)


def test_a_bad_script_is_an_error_of_collection(pytester: pytest.Pytester, opened: list[str]) -> None:
    pytester.makefile(".dialogue.yaml", talk=TALK.replace("items", "itmes"))
    result = pytester.runpytest_inprocess(*_PLUGIN)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*line 7, *unknown key 'itmes'. Did you mean 'items'?*"])
    assert opened == []


def test_notes_are_warnings(pytester: pytest.Pytester, opened: list[str]) -> None:
    pytester.makefile(
        ".dialogue.yaml", talk=TALK.replace("{intent: greet}", "{items: {none: {genre: horor}}}")
    )
    result = pytester.runpytest_inprocess(*_PLUGIN, "-k", "greets")
    result.assert_outcomes(passed=1, deselected=1, warnings=1)
    result.stdout.fnmatch_lines(["*the graph knows no genre 'horor'; nearest: 'horror'*"])


@pytest.mark.parametrize(
    ("path", "collected"),
    [
        ("a.dialogue.yaml", True),
        ("a.dialogue.yml", True),
        ("tests/dialogues/a.yaml", True),
        ("tests/dialogues/deep/a.yaml", True),
        ("dialogues/a.yaml", False),
        ("tests/a.yaml", False),
        ("tests/dialogues/a.txt", False),
    ],
)
def test_what_is_a_script(path: str, collected: bool) -> None:
    assert is_script(Path(path)) is collected


def test_the_plugin_is_light() -> None:
    heavy = "{'torch', 'transformers', 'rdflib', 'pydantic', 'yaml', 'numpy', 'gradio'} & sys.modules.keys()"
    code = f"import sys, chatrec.scripts.plugin; print(sorted({heavy}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
