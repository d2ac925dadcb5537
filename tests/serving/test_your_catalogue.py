"""docs/your-catalogue.md is followed word for word, as a new user would: its files are saved and its commands run."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

DOCS = Path(__file__).parents[2] / "docs"
TEXT = (DOCS / "your-catalogue.md").read_text(encoding="utf-8")
SAVED = re.compile(r"[Ss]ave this as `([^`]+)`:\n\n```\w+\n(.*?)```", re.DOTALL)
COMMAND = [sys.executable, "-m", "chatrec.serving.cli"]


@pytest.fixture(scope="module")
def beginner(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """Run the commands of a section in a folder of the reader's own, with its files saved; return what they print."""
    folder = tmp_path_factory.mktemp("morning")
    shutil.copy(DOCS / "camping.csv", folder)
    env = {
        **os.environ,
        "CHATREC_GENERATE": "false",
        "CHATREC_CACHE_DIR": str(folder / "cache"),
        "COLUMNS": "160",
    }
    env["PYTHONPATH"] = str(DOCS.parent)

    def follow(heading: str) -> str:
        section = TEXT.split(f"## {heading}\n")[1].split("\n## ")[0]
        for name, content in SAVED.findall(section):
            (folder / name).write_text(content, encoding="utf-8")
        shown = ""
        for line in re.findall(r"^\$ chatrec (.*)$", section, re.MULTILINE):
            if line.startswith("serve"):
                return served(line)
            done = subprocess.run(
                [*COMMAND, *shlex.split(line)],
                cwd=folder,
                env=env,
                capture_output=True,
                text=True,
                timeout=300,
                check=False,
            )
            assert done.returncode == 0, f"chatrec {line}\n{done.stdout}{done.stderr}"
            shown += done.stdout + done.stderr
        return shown

    def served(line: str) -> str:
        started = [*COMMAND, *shlex.split(line), "--port", "0"]
        with subprocess.Popen(started, cwd=folder, env=env, stdout=subprocess.PIPE, text=True) as server:
            try:
                assert server.stdout is not None
                address = server.stdout.readline().split("ready: ")[1].strip()
                return "\n".join(
                    httpx.get(address + path).text for path in ("/healthz", "/widget?pack=camping", "/demo")
                )
            finally:
                server.terminate()

    return follow


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
