"""Imports point one way; this walks them and holds it. The README's architecture section says the same in words."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "chatrec"
LEAVES = {"config", "errors"}
MAY_IMPORT = {
    "config": set(),
    "errors": set(),
    "dialogue": LEAVES,
    "grounding": LEAVES | {"dialogue"},
    "generation": LEAVES | {"dialogue"},
    "turn": LEAVES | {"dialogue", "grounding", "generation"},
    "learning": LEAVES | {"dialogue", "grounding", "generation", "turn"},
    "scripts": LEAVES | {"dialogue", "grounding", "generation", "turn", "learning"},
    "serving": LEAVES | {"dialogue", "grounding", "generation", "turn", "learning", "scripts"},
}


def imported(path: Path) -> Iterator[str]:
    """Yield the modules of ours that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("chatrec"):
            yield node.module or ""
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name.startswith("chatrec"))


def part(module: str) -> str:
    """Return the folder or top-level file that a module belongs to."""
    return module.split(".")[1] if "." in module else "chatrec"


FILES = sorted(path for path in PACKAGE.rglob("*.py") if path.name != "__init__.py" or path.parent != PACKAGE)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_one_way(path: Path) -> None:
    own = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    allowed = MAY_IMPORT[own] | {own, "chatrec"}
    assert {part(module) for module in imported(path)} <= allowed


def test_values_import_nothing_of_ours() -> None:
    assert not list(imported(PACKAGE / "dialogue" / "values.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_files_stay_short_enough_to_read(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300
