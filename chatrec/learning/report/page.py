"""The page: evaluations as HTML that needs nothing but itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from chatrec.config import prompts_dir, read_yaml
from chatrec.learning.report.bars import Bars
from chatrec.learning.report.parts import Table, parts, text_of
from chatrec.learning.report.reading import Evaluation, value_at

_LANGUAGE = "en"


@dataclass(frozen=True, slots=True)
class Section:
    """What the page shows of one evaluation; `headline` pairs a figure with its name."""

    name: str
    title: str
    about: str
    headline: tuple[tuple[str, str], ...]
    parts: tuple[Table | Bars, ...]


def report_html(evaluations: Sequence[Evaluation]) -> str:
    """Return the page of some evaluations, in the order given. All text of theirs is escaped."""
    texts: dict[str, Any] = read_yaml(prompts_dir() / _LANGUAGE / "report.yaml")
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["label"] = lambda key: texts["labels"].get(key, key.replace("_", " "))
    environment.tests["plot"] = lambda part: isinstance(part, Bars)
    sections = [_section(evaluation, texts) for evaluation in evaluations]
    return environment.get_template("report.html").render(sections=sections, texts=texts, language=_LANGUAGE)


def _section(evaluation: Evaluation, texts: dict[str, Any]) -> Section:
    kind = texts["kinds"][evaluation.kind]
    headline = [(value_at(evaluation.figures, way), name) for way, name in kind["headline"].items()]
    return Section(
        evaluation.name,
        kind["title"],
        kind["about"],
        tuple((text_of(value), name) for value, name in headline if value is not None),
        tuple(parts(evaluation.figures)),
    )
