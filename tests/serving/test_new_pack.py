"""`chatrec new-pack`: the starter is valid, passes its own script, and is talked to at once in both languages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.serving.test_cli import chat, run


@pytest.fixture
def starter(tmp_path: Path, cache: Path) -> Path:
    code, out, _ = run("new-pack", "garden-shop", "--to", str(tmp_path))
    assert (code, out.splitlines()[0]) == (0, f"pack      {tmp_path / 'garden-shop'}")
    return tmp_path / "garden-shop"


def test_a_starter_is_valid_and_passes_its_script(starter: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHATREC_GENERATE", "false")
    assert run("kg", "validate", "--pack", str(starter))[:2] == (0, "valid\n")
    code, out, _ = run("test", str(starter / "dialogues.yaml"))
    assert (code, "3 passed" in out) == (0, True), out
    assert "urn:garden-shop:" in (starter / "items.ttl").read_text(encoding="utf-8")
    assert "{{" not in "".join(path.read_text(encoding="utf-8") for path in starter.iterdir())


def test_a_starter_is_talked_to_at_once_in_both_languages(starter: Path) -> None:
    said = chat(
        "--pack",
        str(starter),
        "--json",
        "--say",
        "an edible herb, please",
        "--say",
        "多肉植物有吗？",
    )
    first, second = (json.loads(line) for line in said.stdout.splitlines())
    assert [item["label"] for item in first["items"]] == ["Genovese Basil"]
    assert (second["language"], [item["label"] for item in second["items"]]) == ("zh", ["库拉索芦荟"])
    assert "《" not in second["reply"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Garden Shop", "small Latin letters"),
        ("movies", "uses the name movies itself"),
        ("../x", "small Latin letters"),
    ],
)
def test_a_name_that_cannot_be_is_refused(name: str, said: str, tmp_path: Path) -> None:
    code, _, err = run("new-pack", name, "--to", str(tmp_path))
    assert code == 1
    assert said in err
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten(starter: Path) -> None:
    code, _, err = run("new-pack", "garden-shop", "--to", str(starter.parent))
    assert (code, "is there already" in err) == (1, True)
