"""The templates under `page/` and `widget/`. They escape all text: nothing from a user or the graph is markup."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

PAGE = Path(__file__).parent / "page"
"""The folder of the page's templates, style, script and icon."""
WIDGET = Path(__file__).parent / "widget"
"""The folder of the widget's."""


@lru_cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader([PAGE, WIDGET]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(template: str, **values: Any) -> str:
    """Fill a template of the page or the widget."""
    return _environment().get_template(template).render(**values)


def script(name: str) -> str:
    """Return a script of the page."""
    return (PAGE / name).read_text(encoding="utf-8")
