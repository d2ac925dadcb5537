"""The JSON schema of the format: the file in docs/ is the code's, and it takes what the runner takes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from chatrec.errors import ScriptError
from chatrec.scripts.format import load, schema_text
from chatrec.scripts.reading import read_document

ROOT = Path(__file__).parents[2]
SCHEMA = ROOT / "docs" / "dialogue.schema.json"
SCRIPTS = sorted((ROOT / "tests" / "dialogues").glob("*.yaml"))


@pytest.fixture(scope="module")
def validator() -> Any:
    """The validator of the schema."""
    return jsonschema.Draft202012Validator(json.loads(schema_text()))


def test_the_file_is_what_the_code_says() -> None:
    assert SCHEMA.read_text(encoding="utf-8") == schema_text(), "run `make docs`"


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(schema_text()))


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_every_script_of_ours_follows_it(path: Path, validator: Any) -> None:
    assert not [error.message for error in validator.iter_errors(read_document(path).data)]


def test_every_key_is_described() -> None:
    for name, part in json.loads(schema_text())["$defs"].items():
        assert all("description" in field for field in part["properties"].values()), name


@pytest.mark.parametrize(
    ("turn", "sound"),
    [
        ("{say: hi}", True),
        ("{say: 300}", True),
        ("{like: 2}", True),
        ("{say: hi, expect: {intent: [greet, thank], language: en, within_ms: 2.5}}", True),
        ("{say: hi, expect: {items: {all: {year: {op: '>', value: 1999}, genre: [war, drama]}}}}", True),
        ("{say: hi, expect: {understood: {like: Heat}}}", True),
        ("{}", False),
        ("{say: hi, like: 1}", False),
        ("{like: 0}", False),
        ("{like: 1, expect: {intent: greet}}", False),
        ("{say: hi, expect: {intent: sing}}", False),
        ("{say: hi, expect: {items: {least: 1}}}", False),
        ("{say: hi, expect: {items: {all: {year: {op: '~', value: 1999}}}}}", False),
        ("{say: hi, expect: {facts_only: maybe}}", False),
    ],
)
def test_it_takes_what_the_runner_takes(turn: str, sound: bool, validator: Any, write: Any) -> None:
    path = write(f"dialogues: [{{name: x, turns: [{turn}]}}]")
    assert validator.is_valid(read_document(path).data) is sound
    if sound:
        load(path)
    else:
        with pytest.raises(ScriptError):
            load(path)
