"""`chatrec eval report`: all evaluations on one page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def write_report(
    files: Annotated[
        list[Path], typer.Argument(help="What `chatrec eval … --json` and `chatrec bench … --json` printed.")
    ],
    output: Annotated[Path, typer.Option(help="The page to write.")] = Path("report.html"),
) -> None:
    """Make one HTML page with tables and plots of evaluations; it opens without a network."""
    from chatrec.learning.report.page import report_html
    from chatrec.learning.report.reading import read_evaluation

    page = report_html([read_evaluation(path) for path in files])
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(page, encoding="utf-8", errors="replace")
    typer.echo(f"{output} holds {len(files)} evaluations.")
