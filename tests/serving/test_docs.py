"""The docs say what the program does: docs/cli.md is its generated help (after a change run `make docs`)."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from chatrec.config import Settings
from chatrec.serving.rest import create_app
from chatrec.serving.session import Service
from tests.serving.conftest import served

DOCS = Path(__file__).parents[2] / "docs" / "cli.md"


def test_the_help_in_the_docs_is_the_help_of_the_commands(tmp_path: Path) -> None:
    made = tmp_path / "cli.md"
    command = ["typer", "chatrec.serving.cli", "utils", "docs", "--name", "chatrec", "--output", str(made)]
    subprocess.run([sys.executable, "-m", *command], check=True, capture_output=True)
    assert made.read_text(encoding="utf-8") == DOCS.read_text(encoding="utf-8"), "run `make docs`"


def test_every_setting_of_the_server_in_the_docs_has_its_default() -> None:
    lines = (DOCS.parent / "api.md").read_text(encoding="utf-8").splitlines()
    rows = [line.strip("| ").split(" | ") for line in lines if line.startswith("| `CHATREC_")]
    assert len(rows) >= 7
    for variables, defaults, _ in rows:
        for variable, told in zip(variables.split(", "), defaults.split(", "), strict=True):
            default = Settings.model_fields[variable.strip("`").removeprefix("CHATREC_").lower()].default
            plain = str(default).removesuffix(".0").replace("False", "false")
            assert told == ("none" if default == () else plain or "empty")


def test_every_time_in_the_privacy_statement_is_the_setting_s() -> None:
    text = (DOCS.parents[1] / "PRIVACY.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"`CHATREC_(\w+)` \((\d+)\)", text))
    assert set(told) == {"RETENTION_DAYS", "SESSION_MINUTES"}
    for name, number in told.items():
        assert Settings.model_fields[name.lower()].default == int(number)


def test_the_agent_in_the_docs_runs(plain_service: Service) -> None:
    text = (DOCS.parent / "api.md").read_text(encoding="utf-8")
    code = text.split("```python\n")[1].split("```")[0]
    with served(create_app(plain_service, page=False)) as address:
        code = code.replace("http://127.0.0.1:7860", address)
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert "Denis Villeneuve" in done.stdout, done.stderr


def test_the_line_in_the_docs_is_the_one_of_the_contract() -> None:
    line = '<script src="https://HOST/widget.js" data-pack="movies" data-lang="auto" async></script>'
    assert line in (DOCS.parent / "widget.md").read_text(encoding="utf-8")
