"""The commands that evaluate."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

evaluate = typer.Typer(no_args_is_help=True, help="Evaluate the parts, one table each.")


@evaluate.callback()
def about() -> None:
    """Evaluate the parts, one table each."""


@evaluate.command("generate")
def evaluate_generation(
    pack: Annotated[str | None, typer.Option(help="Name of a pack, or a path to one.")] = None,
    count: Annotated[int, typer.Option(min=2, help="How many situations to write replies for.")] = 1000,
    seed: Annotated[int, typer.Option(help="Seed of the situations.")] = 1,
    out: Annotated[Path | None, typer.Option(help="Write the replies to this file, to be read.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as one line of JSON.")] = False,
) -> None:
    """Write replies to situations drawn from the graph and have an independent checker read each one."""
    from rich.console import Console
    from rich.progress import Progress

    from chatrec.generation.reply import open_replier
    from chatrec.grounding.pack import open_pack
    from chatrec.learning.evaluation import Written, evaluate_replies

    opened = open_pack(pack)
    lines: list[str] = []
    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task("Writing replies", total=count)

        def report(reply: Written) -> None:
            faults = f"  !! {'; '.join(reply.faults)}" if reply.faults else ""
            lines.append(f"[{reply.plan.section}] {reply.plan.user.text}\n    {reply.text}{faults}\n")
            progress.advance(task)

        figures = evaluate_replies(opened, open_replier(opened), count, seed, report)
    if out:
        out.write_text("\n".join(lines), encoding="utf-8")
    typer.echo(json.dumps(figures) if as_json else "\n".join(f"{k:20} {v}" for k, v in figures.items()))
    raise typer.Exit(1 if figures["unsupported"] else 0)
