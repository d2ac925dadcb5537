"""docs/cli.md is the generated help of the command line; after a change run `make docs`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs" / "cli.md"


def test_the_help_in_the_docs_is_the_help_of_the_commands(tmp_path: Path) -> None:
    made = tmp_path / "cli.md"
    command = ["typer", "chatrec.serving.cli", "utils", "docs", "--name", "chatrec", "--output", str(made)]
    subprocess.run([sys.executable, "-m", *command], check=True, capture_output=True)
    assert made.read_text(encoding="utf-8") == DOCS.read_text(encoding="utf-8"), "run `make docs`"
