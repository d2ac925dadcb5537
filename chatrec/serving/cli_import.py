"""`chatrec kg import`: what it shows before, while and after a catalogue becomes a pack."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from chatrec.errors import InputError

if TYPE_CHECKING:
    from rich.console import Console

    from chatrec.grounding.importing.pipeline import Options, Proposal, Watch
    from chatrec.grounding.importing.sources import Source
    from chatrec.grounding.importing.values import Summary


def run_import(source: Source, pack: str, options: Options, as_json: bool) -> None:
    """Import a source, with a progress bar and a table on stderr or, as the last line of stdout, JSON."""
    from rich.console import Console

    from chatrec.grounding.importing.pipeline import run

    console = Console(stderr=True)
    with _bar(console) as watch:
        summary = run(source, pack, options, watch, lambda proposal: _show(console, proposal))
    if as_json:
        typer.echo(json.dumps(summary.as_dict(), ensure_ascii=False))
    elif options.dry:
        typer.echo("Nothing was written (--dry-run).")
    else:
        _report(console, summary)
        _next(summary)


def source_of(file: Path | None, endpoint: str | None, query: Path | None) -> Source:
    """Return the source that the arguments name. Raises InputError where they name none or two."""
    from chatrec.grounding.importing.endpoint import EndpointSource
    from chatrec.grounding.importing.sources import open_source

    if endpoint is None and file is not None and query is None:
        return open_source(file)
    if endpoint is None or query is None or file is not None:
        raise InputError(
            "One source is needed.", "Give a file or folder, or --endpoint URL with --query FILE."
        )
    try:
        return EndpointSource(endpoint, query.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{query} cannot be read: {error}", "It must hold a SPARQL SELECT query.") from error


@contextmanager
def _bar(console: Console) -> Iterator[Watch]:
    """Show a bar a stage, with the rows done and how many a second."""
    from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

    texts = (
        TextColumn("{task.description:<22}"),
        TextColumn("{task.fields[rows]:>9,} rows {task.fields[speed]:>7,.0f}/s"),
    )
    with Progress(texts[0], BarColumn(), texts[1], TimeElapsedColumn(), console=console) as progress:
        tasks: dict[str, TaskID] = {}

        def watch(stage: str, rows: int, share: float | None) -> None:
            if stage not in tasks:
                for earlier in tasks.values():
                    progress.update(earlier, total=1.0, completed=1.0)
                tasks[stage] = progress.add_task(stage, total=None, rows=0, speed=0.0)
            elapsed = progress.tasks[tasks[stage]].elapsed or 0.0
            speed = rows / max(elapsed, 0.1)
            progress.update(tasks[stage], total=share and 1.0, completed=share or 0, rows=rows, speed=speed)

        yield watch
        for task in tasks.values():
            progress.update(task, total=1.0, completed=1.0)


def _show(console: Console, proposal: Proposal) -> None:
    """Show what becomes of each column."""
    from rich.markup import escape
    from rich.table import Table

    table = Table(
        title=f"{'New pack' if proposal.new else 'Pack'} {proposal.pack}: what becomes of the columns"
    )
    for heading in ("column", "becomes", "kind", "values", "different", "for example"):
        table.add_column(heading, overflow="ellipsis")
    kinds = {slot.name: slot.kind for slot in proposal.plan.slots}
    for header, profile in proposal.profiles.columns.items():
        rule = proposal.plan.columns[header]
        becomes = rule.slot or ("identifier" if rule.identifies else f"– ({rule.why})")
        kind = f"{kinds.get(rule.slot, '')} {rule.language}{f' split at {rule.separator!r}' if rule.separator else ''}"
        example = profile.sample[0][:40] if profile.sample else ""
        table.add_row(
            *map(
                escape,
                (header, becomes, kind.strip(), str(profile.count), str(len(profile.distinct)), example),
            )
        )
    console.print(table)


def _report(console: Console, summary: Summary) -> None:
    from rich.markup import escape
    from rich.table import Table

    tally = summary.tally
    table = Table(title=f"Imported into {summary.pack}", show_header=False)
    rows: list[tuple[str, int]] = [
        ("rows read", tally.rows),
        ("items imported", tally.items),
        ("rows merged as duplicates", tally.merged),
        ("held by the pack already", tally.held),
        ("rows rejected", tally.rejected_rows),
        ("single values rejected", tally.rejected_values),
        *((f"   {reason}", count) for reason, count in tally.reasons.most_common(15)),
        *((f"missing: {slot}", count) for slot, count in tally.missing.most_common()),
        ("facts found in texts", tally.extracted),
        ("triples", tally.triples),
    ]
    for name, figure in rows:
        table.add_row(escape(name), f"{figure:,}")
    console.print(table)
    for note in tally.notes:
        console.print(escape(note))


def _next(summary: Summary) -> None:
    """Say where everything is, and how to go on."""
    typer.echo(f"pack      {summary.pack}")
    typer.echo(f"rejects   {summary.rejects}")
    typer.echo(f"mapping   {summary.mapping}")
    typer.echo(f"next      chatrec chat --pack {shlex.quote(str(summary.pack))}")
