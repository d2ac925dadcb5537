"""Running scripts: sessions, buttons, reports and what is told when a dialogue fails."""

from __future__ import annotations

import json
import shlex
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from chatrec.config import settings
from chatrec.dialogue.values import Act, Constraint, State, Turn
from chatrec.errors import ModelError, ScriptError
from chatrec.grounding.pack import Pack
from chatrec.scripts.format import load
from chatrec.scripts.report import printable
from chatrec.scripts.runner import find_scripts, run_paths
from chatrec.scripts.talks import Engines

MakeTurn = Callable[..., Turn]
Play = Callable[..., Any]
T = "urn:test:"

SCRIPT = """\
dialogues:
  - name: likes
    turns:
      - say: sci-fi?
        expect: {items: {min: 1}}
      - like: 2
      - say: more
        expect:
          items: {not_repeated: true, all: {genre: science fiction}, none: {title: Zorblax}}
          reply: {contains: Interstellar}
"""


@pytest.fixture
def told() -> list[str]:
    """What a run prints."""
    return []


@pytest.fixture
def run(engines: Callable[..., Engines], told: list[str]) -> Callable[..., Any]:
    """Run paths on an engine that plays turns."""

    def run_on(engine: Any, *paths: Path, **options: Any) -> Any:
        return run_paths(paths, partner=engines(engine), tell=told.append, **options)

    return run_on


def passing(make_turn: MakeTurn) -> list[Turn]:
    """Make the turns that SCRIPT wants."""
    return [
        make_turn("Look.", items=("heat", "arrival")),
        make_turn("Try Interstellar.", items=("interstellar",)),
    ]


def failing(make_turn: MakeTurn) -> list[Turn]:
    """Make turns of which the last repeats a film of the wrong kind."""
    act = Act("inform", "genre", "=", "crime", T + "crime")
    wishes = (Constraint("genre", "=", "crime", T + "crime"),)
    first, last = (
        make_turn("Look.", items=("heat",)),
        make_turn("Heat.", items=("heat",), acts=(act,), wishes=wishes),
    )
    return [first, last]


def test_a_run_that_passes(run: Any, play: Play, make_turn: MakeTurn, write: Any, told: list[str]) -> None:
    report = run(play(*passing(make_turn)), path := write(SCRIPT))
    assert report and report.passed and report.exit_code == 0
    assert told[0].startswith(f"ok     {path}:2  likes (3 turns, ")
    assert told[1] == (
        "    note, line 7: items.none.title checks nothing: the graph knows no title 'Zorblax'"
    )
    assert told[2].startswith("1 dialogues: 1 passed, 0 failed (3 turns in ")


def test_a_button_rates_the_item_of_the_last_list(
    run: Any, play: Play, make_turn: MakeTurn, write: Any
) -> None:
    engine = play(*passing(make_turn))
    run(engine, write(SCRIPT))
    assert engine.states[0] == State()
    assert engine.states[1].likes == (T + "arrival",)
    assert engine.states[1].shown == ((T + "heat", T + "arrival"),)


def test_dialogues_do_not_know_of_each_other(run: Any, play: Play, make_turn: MakeTurn, write: Any) -> None:
    text = "dialogues:\n" + "".join(f"  - {{name: {name}, turns: [{{say: hi}}]}}\n" for name in "ab")
    engine = play(make_turn(items=("heat",)), make_turn())
    assert run(engine, write(text))
    assert engine.states == [State(), State()]


def test_a_failure_tells_expected_got_and_the_transcript(
    run: Any, play: Play, make_turn: MakeTurn, write: Any, told: list[str]
) -> None:
    report = run(play(*failing(make_turn)), path := write(SCRIPT.replace("like: 2", "like: 1")))
    assert not report and report.exit_code == 1
    assert told[0].startswith(f"FAILED {path}:2  likes (3 turns, ")
    assert (
        told[1]
        == """\
    turn 1 (line 4)
      user: sci-fi?
      bot:  Look.
            recommend, en; understood: nothing
            items: 1 Heat
    turn 2 (line 6)
      user: [like 1: Heat]
    turn 3 (line 7)
      user: more
      bot:  Heat.
            recommend, en; understood: inform(genre = crime)
            wishes in force: genre = crime
            items: 1 Heat
      × items.all.genre (line 9)
        expected: every item has genre science fiction
        got:      Heat has genre crime, drama
      × items.not_repeated (line 9)
        expected: no item that an earlier turn showed
        got:      again Heat
      × reply.contains (line 10)
        expected: 'Interstellar'
        got:      'Heat.'"""
    )


@pytest.mark.parametrize(("turns", "got"), [((), "no list so far"), (("heat",), "a list of 1")])
def test_a_button_without_its_item(
    run: Any, play: Play, make_turn: MakeTurn, write: Any, told: list[str], turns: tuple[str, ...], got: str
) -> None:
    script = "dialogues:\n  - name: x\n    turns: [{say: hi}, {seen: 2}]\n"
    assert not run(play(make_turn(items=turns)), write(script))
    assert f"× seen\n        expected: a list with an item 2\n        got:      {got}" in told[1]


@pytest.mark.parametrize(
    ("error", "tells"),
    [
        (ModelError("The model is gone.", "Fetch it."), "      ! The model is gone.\n      !   Fetch it."),
        (ZeroDivisionError("by zero"), "      ! ZeroDivisionError: by zero"),
    ],
)
def test_an_engine_that_breaks_ends_the_dialogue_not_the_run(
    run: Any, play: Play, make_turn: MakeTurn, write: Any, told: list[str], error: Exception, tells: str
) -> None:
    text = "dialogues:\n" + "".join(
        f"  - {{name: {name}, turns: [{{say: hi}}, {{say: ho}}]}}\n" for name in "ab"
    )
    report = run(play(error, make_turn(), make_turn()), write(text))
    assert [dialogue.passed for dialogue in report.dialogues] == [False, True]
    assert [len(dialogue.turns) for dialogue in report.dialogues] == [1, 2]
    assert told[0].startswith("ERROR ")
    assert tells in told[1]


def test_json(run: Any, play: Play, make_turn: MakeTurn, write: Any, told: list[str]) -> None:
    run(play(*failing(make_turn)), path := write(SCRIPT), as_json=True)
    (line,) = told
    data = json.loads(line)
    assert data["passed"] is False
    assert data["counts"] == {"dialogues": 1, "passed": 0, "failed": 1, "turns": 3}
    (dialogue,) = data["dialogues"]
    assert (dialogue["file"], dialogue["line"], dialogue["name"], dialogue["passed"]) == (
        str(path),
        2,
        "likes",
        False,
    )
    first, button, last = dialogue["turns"]
    assert first["passed"] and first["items"] == [{"iri": T + "heat", "label": "Heat"}]
    assert button["failures"][0]["check"] == "like"
    assert (last["turn"], last["line"], last["user"], last["reply"]) == (3, 7, "more", "Heat.")
    assert last["failures"][0] == {
        "check": "items.all.genre",
        "expected": "every item has genre science fiction",
        "got": "Heat has genre crime, drama",
        "line": 9,
    }
    assert data["seed"] == 0
    assert last["notes"] and last["error"] is None


def test_junit(run: Any, play: Play, make_turn: MakeTurn, write: Any, tmp_path: Path) -> None:
    good = write("dialogues:\n  - {name: good, turns: [{say: hi}]}\n", "good.yaml")
    bad = write(SCRIPT.replace("likes", '"bad \\e[1m"'), "bad.yaml")
    turns = [*failing(make_turn), make_turn(), RuntimeError("boom \x00")]
    broken = write("dialogues:\n  - {name: broken, turns: [{say: hi}]}\n", "broken.yaml")
    run(play(*turns), bad, good, broken, junit=tmp_path / "out" / "report.xml")
    root = ET.parse(tmp_path / "out" / "report.xml").getroot()
    outcomes = [(s.get("tests"), s.get("failures"), s.get("errors")) for s in root.findall("testsuite")]
    assert outcomes == [("1", "1", "0"), ("1", "0", "0"), ("1", "0", "1")]
    case = root.find(".//testcase")
    failure = root.find(".//failure")
    error = root.find(".//error")
    assert case is not None and failure is not None and error is not None
    assert (case.get("name"), case.get("classname"), case.get("line")) == ("bad \\x1b[1m", "bad", "2")
    assert failure.get("message") == "turn 2, like: expected a list with an item 2; got a list of 1"
    assert "× items.all.genre" in (failure.text or "")
    assert error.get("message") == "turn 1: RuntimeError: boom \\x00"


def test_a_failure_tells_how_to_run_it_again(
    run: Any, play: Play, make_turn: MakeTurn, write: Any, told: list[str]
) -> None:
    path = write(SCRIPT.replace("likes", "likes (or not)"))
    run(play(*failing(make_turn)), path, seed=7)
    command = shlex.split(told[-2].removeprefix("    again: "))
    assert command == ["chatrec", "test", str(path), "-k", '"likes (or not)"', "--seed", "7"]
    assert run(play(*passing(make_turn)), path, keyword=command[4])


def test_the_seed_holds_while_the_scripts_run_and_no_longer(
    play: Play, make_turn: MakeTurn, write: Any
) -> None:
    drawn: list[int] = []

    def opening(pack: str) -> Any:
        drawn.append(settings().seed)
        return play(make_turn())

    script = write("dialogues: [{name: x, turns: [{say: hi}]}]")
    report = run_paths([script], seed=11, partner=Engines(opening), tell=lambda line: None)
    assert (drawn, report.seed, settings().seed) == ([11], 11, 0)


@dataclass(eq=False)
class PatientEngine:
    """Answers each message after as many hundredths of a second as it says, and notes in which order."""

    pack: Pack
    reply: Turn
    done: list[str] = field(default_factory=list)

    def turn(self, message: str, state: State) -> Iterator[Turn]:
        """Wait, then yield the turn."""
        time.sleep(int(message) / 100)
        self.done.append(message)
        yield replace(self.reply, user=message)


def test_dialogues_run_at_once_are_told_in_order(
    run: Any, pack: Pack, make_turn: MakeTurn, write: Any, told: list[str]
) -> None:
    waits = (40, 1, 20, 2)
    text = "dialogues:\n" + "".join(f"  - {{name: d{n}, turns: [{{say: {n}}}]}}\n" for n in waits)
    engine = PatientEngine(pack, make_turn())
    report = run(engine, write(text), parallel=4)
    assert [dialogue.name for dialogue in report.dialogues] == ["d40", "d1", "d20", "d2"]
    assert [f"d{n} " in line for n, line in zip(waits, told, strict=False)] == [True] * 4
    assert engine.done.index("1") < engine.done.index("40")


def test_the_keyword_chooses_by_name(run: Any, play: Play, make_turn: MakeTurn, write: Any) -> None:
    text = "dialogues:\n" + "".join(
        f"  - {{name: {name}, turns: [{{say: hi}}]}}\n" for name in ("One", "two")
    )
    report = run(play(make_turn()), path := write(text), keyword="ONE")
    assert [dialogue.name for dialogue in report.dialogues] == ["One"]
    by_file = run(play(make_turn(), make_turn()), path, keyword="talk.dialogue and not three")
    assert len(by_file.dialogues) == 2
    with pytest.raises(ScriptError, match="-k 'three' chooses no dialogue"):
        run(play(), path, keyword="three")


def test_scripts_are_found_in_folders(write: Any, tmp_path: Path) -> None:
    a, b, c = (write("x", name) for name in ("b/a.yaml", "b/c/b.dialogue.yaml", "c.yml"))
    write("x", "b/readme.md")
    assert find_scripts([tmp_path]) == [a, b, c]
    assert find_scripts([b, tmp_path / "b"]) == [b, a]


def test_nothing_to_run_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ScriptError, match="There is no file or folder"):
        find_scripts([tmp_path / "none"])
    with pytest.raises(ScriptError, match="holds no script"):
        find_scripts([tmp_path])


def test_no_dialogue_is_run_before_all_scripts_are_sound(
    run: Any, play: Play, write: Any, told: list[str]
) -> None:
    good = write("dialogues:\n  - {name: good, turns: [{say: hi}]}\n", "a.yaml")
    bad = write("dialogues:\n  - {name: bad, turns: [{say: hi, expect: {language: fr}}]}\n", "b.yaml")
    with pytest.raises(ScriptError, match="unknown language 'fr'"):
        run(play(), good, bad)
    assert told == []


def test_a_pack_is_opened_once_and_may_lie_beside_its_script(write: Any, play: Play, tmp_path: Path) -> None:
    opened: list[str] = []
    engines = Engines(lambda name: opened.append(name) or play())
    text = "pack: {}\ndialogues: [{{name: x, turns: [{{say: hi}}]}}]\n"
    write("", "cheese/shapes.ttl")
    for pack in ("cheese", "cheese", "movies"):
        engines.engine(load(write(text.format(pack))))
    assert opened == [str(tmp_path / "cheese"), "movies"]


def test_control_characters_are_shown_not_sent() -> None:
    assert printable("a\x1b[31m\n🙂 中文") == "a\\x1b[31m\\n🙂 中文"
