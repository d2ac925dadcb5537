"""docs/your-catalogue.md is followed word for word, as a new user would: its files are saved and its commands run."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from chatrec.config import settings
from chatrec.serving.cli import app

DOCS = Path(__file__).parents[2] / "docs"
TEXT = (DOCS / "your-catalogue.md").read_text(encoding="utf-8")
SAVED = re.compile(r"[Ss]ave this as `([^`]+)`:\n\n```\w+\n(.*?)```", re.DOTALL)
COMMAND = [sys.executable, "-m", "chatrec.serving.cli"]


@pytest.fixture(scope="module")
def beginner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], str]]:
    """Run the commands of a section in a folder of the reader's own, with its files saved; return what they print.

    All but the server run in this process: what is loaded for one command need not be loaded for the next.
    """
    folder = tmp_path_factory.mktemp("morning")
    shutil.copy(DOCS / "camping.csv", folder)

    def follow(heading: str) -> str:
        section = TEXT.split(f"## {heading}\n")[1].split("\n## ")[0]
        for name, content in SAVED.findall(section):
            (folder / name).write_text(content, encoding="utf-8")
        shown = ""
        for line in re.findall(r"^\$ chatrec (.*)$", section, re.MULTILINE):
            if line.startswith("serve"):
                return served(line)
            done = CliRunner().invoke(app, shlex.split(line))
            assert done.exit_code == 0, f"chatrec {line}\n{done.output}"
            shown += done.output
        return shown

    def served(line: str) -> str:
        started = [*COMMAND, *shlex.split(line), "--port", "0"]
        with subprocess.Popen(started, stdout=subprocess.PIPE, text=True) as server:
            try:
                assert server.stdout is not None
                address = server.stdout.readline().split("ready: ")[1].strip()
                return "\n".join(
                    httpx.get(address + path).text for path in ("/healthz", "/widget?pack=camping", "/demo")
                )
            finally:
                server.terminate()

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("CHATREC_GENERATE", "false")
        patch.setenv("CHATREC_CACHE_DIR", str(folder / "cache"))
        patch.setenv("COLUMNS", "160")
        patch.setenv("PYTHONPATH", str(DOCS.parent))
        settings.cache_clear()
        yield follow
    settings.cache_clear()


def test_a_morning(beginner: Callable[[str], str]) -> None:
    imported = beginner("1. Import")
    assert "Nothing was written" in imported
    assert "items imported            │ 40" in imported
    assert "valid\n" in imported
    talked = beginner("2. Talk")
    assert "Drift 2, Drift 1 and Harbour Dome." in talked
    assert "It weighs 1450 grams." in talked
    assert "余烬十度" in talked
    assert "Trail 25" in beginner("3. Say it in your own words")
    assert "2 passed" in beginner("4. Write down what must not break")
    page = beginner("5. Serve")
    assert '"packs":["camping"]' in page
    assert "A light tent for two" in page
    assert 'data-pack="camping"' in page


def test_every_file_that_is_linked_is_there() -> None:
    for name in re.findall(r"\]\(([\w.-]+)\)", TEXT):
        assert (DOCS / name).is_file(), name
