"""docs/scripts.md: every script in it can be run, every key of the format is in it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from chatrec.scripts.annotating import INTENTS
from chatrec.scripts.fields import Intent
from chatrec.scripts.format import load, schema_text

TEXT = (Path(__file__).parents[2] / "docs" / "scripts.md").read_text(encoding="utf-8")
SCRIPTS = [block for block in re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL) if "dialogues:" in block]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda text: text.split("name: ")[1].splitlines()[0])
def test_the_scripts_are_sound(script: str, write: Any, movies: Any) -> None:
    load(write(script)).check(movies.schema)


def test_every_key_is_told() -> None:
    parts = json.loads(schema_text())["$defs"]
    keys = {key for part in parts.values() for key in part["properties"]}
    assert len(SCRIPTS) == 3
    assert not [key for key in keys if not re.search(rf"\b{key}\b", TEXT)]


def test_every_intent_is_told() -> None:
    assert all(f"`{intent}`" in TEXT for intent in Intent.__args__)  # type: ignore[attr-defined]
    assert all(f"`{INTENTS[intent]}`" in TEXT for intent in ("recommend", "relax", "ask"))
