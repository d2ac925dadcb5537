"""`chatrec feedback`: what is stored is listed, exported and erased from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from chatrec.dialogue.values import State, Turn
from chatrec.learning.store.records import Key
from chatrec.learning.store.store import open_store
from chatrec.serving.cli import app

ANN = "ann-agreed-to-be-remembered"
ARRIVAL, SOLARIS = "urn:film:arrival", "urn:film:solaris"


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["feedback", *arguments])
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def database(tmp_path: Path, configure: Callable[..., None]) -> Path:
    """A database of two sessions: one of Ann, who loved Arrival and saw Solaris; one in which nothing was rated."""
    url = f"sqlite:///{tmp_path / 'data' / 'chatrec.db'}"
    configure(database=url)
    store = open_store(url)
    assert store
    loved = State("en", likes=(ARRIVAL,), shown=((SOLARIS,),), turn=1)
    store.say(Key("s1", "movies", ANN), State(), said("I loved Arrival", loved), first=True)
    seen = State("en", likes=(ARRIVAL,), seen=(SOLARIS,), shown=((SOLARIS,),), turn=1)
    store.press(Key("s1", "movies", ANN), loved, seen, first=False)
    store.say(Key("s2", "movies"), State(), said("又一部", State("zh", turn=1)), first=True)
    store.close()
    return tmp_path / "data"


def said(text: str, state: State) -> Turn:
    return Turn(1, text, state.language, "recommend", (), state, f"Yes: {text}", (), (), "", {})


def test_ratings_are_listed(database: Path) -> None:
    code, out, _ = run("list", "--all")
    assert code == 0
    assert [line.split()[1:] for line in out.splitlines()] == [
        ["s1", "like", ARRIVAL],
        ["s1", "seen", SOLARIS],
    ]
    assert run("list", "--session", "s2") == (0, "", "")


def test_ratings_are_listed_as_json(database: Path) -> None:
    first, second = (json.loads(line) for line in run("list", "--user", ANN, "--json")[1].splitlines())
    assert (first["rating"], first["item"], first["shown"]) == ("like", ARRIVAL, [])
    assert (second["rating"], second["item"], second["shown"]) == ("seen", SOLARIS, [SOLARIS])
    assert (second["session"], second["user"], second["pack"]) == ("s1", ANN, "movies")


def test_a_session_is_exported_whole(database: Path) -> None:
    exported = json.loads(run("export", "--session", "s1", "--json")[1])
    assert [turn["user"] for turn in exported["turns"]] == ["I loved Arrival"]
    assert exported["state"]["seen"] == [SOLARIS]
    assert [rated["rating"] for rated in exported["ratings"]] == ["like", "seen"]
    assert len(run("export", "--all", "--json")[1].splitlines()) == 2
    assert "又一部" in run("export", "--session", "s2")[1]


def test_a_user_is_forgotten_for_good(database: Path) -> None:
    assert run("forget", "--user", ANN) == (0, "Sessions erased: 1.\n", "")
    left = b"".join(file.read_bytes() for file in database.iterdir())
    assert b"Arrival" not in left
    assert ARRIVAL.encode() not in left
    assert run("forget", "--all", "--json")[1] == '{"sessions": 1}\n'
    assert run("export", "--all")[1] == ""


@pytest.mark.parametrize("command", ["list", "export", "forget"])
@pytest.mark.parametrize("chosen", [(), ("--all", "--session", "s1")])
def test_it_has_to_be_clear_which_sessions_are_meant(
    database: Path, command: str, chosen: tuple[str, ...]
) -> None:
    code, _, said = run(command, *chosen)
    assert code == 1
    assert "--session ID, --user ID, --all" in said
    assert len(run("export", "--all", "--json")[1].splitlines()) == 2


def test_where_nothing_is_stored(configure: Callable[..., None]) -> None:
    configure(database="none")
    code, _, said = run("list", "--all")
    assert code == 1
    assert "Nothing is stored" in said
