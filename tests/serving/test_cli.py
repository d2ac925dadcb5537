"""The command line: what it prints, how it fails, and that asking for help is quick."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from rdflib import Graph
from typer.testing import CliRunner

from chatrec.errors import ChatrecError
from chatrec.serving.cli import app
from chatrec.serving.server import listen

PLAIN = {**os.environ, "CHATREC_GENERATE": "false"}
CHAT = [sys.executable, "-m", "chatrec.serving.cli", "chat"]
SMALL = ("--pack", "shop")
COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, list(arguments))
    return result.exit_code, result.stdout, result.stderr


def chat(*arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*CHAT, *arguments], input=typed, env=PLAIN, capture_output=True, text=True, timeout=120, check=False
    )


def test_help_lists_the_commands() -> None:
    code, out, _ = run("--help")
    assert code == 0
    for command in ("serve", "chat", "test", "kg"):
        assert command in out
    assert all(name in run("kg", "--help")[1] for name in ("build", "validate", "stats", "query", "export"))


def test_help_loads_nothing_heavy() -> None:
    heavy = ["torch", "transformers", "gradio", "fastapi", "rdflib", "numpy", "rich.console"]
    script = f"import sys, chatrec.serving.cli; print([name for name in {heavy} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_the_pack_is_valid() -> None:
    assert run("kg", "validate", "--pack", "shop")[:2] == (0, "valid\n")
    assert json.loads(run("kg", "validate", "--json")[1]) == {
        "pack": "movies",
        "valid": True,
        "violations": [],
    }


@pytest.fixture
def broken_pack(tmp_path: Path) -> Path:
    """Five films, and one more that has no year."""
    from chatrec.grounding.pack import pack_dir

    for path in (pack_dir("movies") / "shapes.ttl", Path(__file__).parents[1] / "scripts" / "films.ttl"):
        (tmp_path / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    film = '<urn:x:film> a <https://schema.org/Movie> ; <https://schema.org/name> "X"@en .'
    (tmp_path / "more.ttl").write_text(film)
    return tmp_path


def test_a_broken_pack_is_told_with_its_violations(broken_pack: Path) -> None:
    code, _, err = run("kg", "validate", "--pack", str(broken_pack))
    assert code == 1
    assert "urn:x:film" in err
    assert "Traceback" not in err
    code, out, _ = run("kg", "validate", "--pack", str(broken_pack), "--json")
    assert code == 1
    assert any("urn:x:film" in line for line in json.loads(out)["violations"])


def test_stats_count() -> None:
    figures = json.loads(run("kg", "stats", "--json")[1])
    assert figures["items"] > 100
    assert figures["triples"] > figures["people"] > figures["items"] / 2
    assert figures["concepts"] > 0
    assert figures["label_coverage"]["en"] == 1.0
    assert "items" in run("kg", "stats")[1]


def test_queries_are_answered(tmp_path: Path) -> None:
    triples = json.loads(run("kg", "stats", *SMALL, "--json")[1])["triples"]
    (tmp_path / "count.rq").write_text(COUNT)
    assert run("kg", "query", *SMALL, COUNT)[:2] == (0, f"n\n{triples}\n")
    assert run("kg", "query", *SMALL, str(tmp_path / "count.rq"))[1] == f"n\n{triples}\n"
    assert run("kg", "query", *SMALL, "ASK { ?s ?p ?o }")[1] == "yes\n"
    assert json.loads(run("kg", "query", *SMALL, "ASK { ?s ?p ?o }", "--json")[1])["boolean"] is True
    assert json.loads(
        run("kg", "query", *SMALL, "CONSTRUCT WHERE { ?s schema:name ?o } LIMIT 1", "--json")[1]
    )


@pytest.mark.parametrize("text", ["DELETE WHERE { ?s ?p ?o }", "nonsense", "x" * 5000])
def test_a_query_that_is_none_is_refused(text: str) -> None:
    code, out, err = run("kg", "query", *SMALL, text)
    assert (code, out) == (1, "")
    assert err.startswith("Error: ")
    assert "Traceback" not in err


def test_an_export_is_the_whole_graph(tmp_path: Path) -> None:
    from rdflib import Graph

    triples = json.loads(run("kg", "stats", *SMALL, "--json")[1])["triples"]
    target = tmp_path / "all.nt"
    assert run("kg", "export", *SMALL, "--format", "nt", "--output", str(target))[0] == 0
    assert len(Graph().parse(target)) == triples
    assert "@prefix shop:" in run("kg", "export", *SMALL)[1]
    assert json.loads(run("kg", "export", *SMALL, "--format", "json-ld")[1])


def test_an_unknown_pack_is_told_with_the_known_ones() -> None:
    for command in (["kg", "stats"], ["chat", "--say", "hi"]):
        code, _, err = run(*command, "--pack", "nope")
        assert code == 1
        assert "Known by name: articles, health, movies, shop." in err


def test_a_port_in_use_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(ChatrecError, match="cannot be used"):
        listen("127.0.0.1", taken.getsockname()[1])


def test_an_address_that_is_none_is_told() -> None:
    with pytest.raises(ChatrecError, match="cannot be used"):
        listen("no.such.host.invalid", 0)


def test_chat_runs_the_turns_of_one_session() -> None:
    ran = chat("--json", "--say", "I loved Interstellar", "--say", "换成中文，再推荐一部")
    turns = [json.loads(line) for line in ran.stdout.splitlines()]
    assert ran.returncode == 0
    assert [turn["turn"] for turn in turns] == [1, 2]
    assert len({turn["session"] for turn in turns}) == 1
    assert [turn["language"] for turn in turns] == ["en", "zh"]


def test_chat_reads_one_message_a_line() -> None:
    ran = chat(*SMALL, "--json", typed="headphones please\n\nsomething else\n")
    assert [json.loads(line)["user"] for line in ran.stdout.splitlines()] == [
        "headphones please",
        "",
        "something else",
    ]


def test_chat_prints_replies_and_items() -> None:
    ran = chat(*SMALL, "--say", "a lamp [bold]please[/bold]")
    assert "a lamp [bold]please[/bold]" in ran.stdout
    assert "1. " in ran.stdout


def test_describe_writes_turtle_that_the_pack_can_take(tmp_path: Path) -> None:
    written = tmp_path / "descriptions.ttl"
    code, out, _ = run("describe", "--pack", "shop", "kestora iris", "--output", str(written))
    assert code == 0
    assert "Kestora Iris (329 euros, out of stock)" in out
    assert {text.language for text in Graph().parse(written).objects()} == {"en", "zh"}


def test_describe_names_what_is_missing() -> None:
    code, _, err = run("describe", "--pack", "shop", "no such lamp")
    assert code == 1
    assert "has no item 'no such lamp'" in err


def test_a_recorded_chat_is_a_script_that_passes(tmp_path: Path) -> None:
    script = tmp_path / "recorded.dialogue.yaml"
    typed = (
        "I loved Interstellar. Something like it, but newer?\n别太长，不要恐怖片\n\nyes\n12:30\n"
        '- not # a comment: "quoted"\nwho made the second one\ncompare the first two\n算了，不要科幻了\n'
    )
    assert chat("--record", str(script), typed=typed).returncode == 0
    assert [step["say"] for step in yaml.safe_load(script.read_text())["dialogues"][0]["turns"]] == (
        typed.splitlines()
    )
    command = [sys.executable, "-m", "chatrec.serving.cli", "test", str(script)]
    ran = subprocess.run(command, env=PLAIN, capture_output=True, text=True, timeout=300, check=False)
    assert ran.returncode == 0, ran.stdout


def test_a_recording_without_a_folder_is_refused_before_anything_is_loaded(tmp_path: Path) -> None:
    code, _, err = run("chat", "--record", str(tmp_path / "no" / "x.yaml"), "--say", "hi")
    assert code == 1
    assert "There is no folder" in err


def test_an_update_of_scripts_is_refused_with_the_reason() -> None:
    code, _, err = run("test", "tests/dialogues", "--update")
    assert code == 1
    assert "There is no --update" in err


def test_a_seed_does_not_reach_a_server() -> None:
    code, _, err = run("test", "tests/dialogues", "--url", "http://127.0.0.1:1", "--seed", "3")
    assert code == 1
    assert "CHATREC_SEED" in err


def test_evaluations_become_a_page(tmp_path: Path) -> None:
    figures, page = tmp_path / "replies.json", tmp_path / "out" / "report.html"
    figures.write_text('{"replies": 40, "unsupported": 0}')
    assert run("eval", "report", str(figures), "--output", str(page))[0] == 0
    assert "unsupported statements" in page.read_text(encoding="utf-8")
    code, _, err = run("eval", "report", str(tmp_path / "none.json"))
    assert code == 1
    assert "cannot be read" in err
