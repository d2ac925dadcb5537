"""The commands that evaluate."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from chatrec.serving.cli_recommend import evaluate_recommendation
from chatrec.serving.cli_report import write_report
from chatrec.serving.cli_simulate import evaluate_simulation

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


@evaluate.command("fusion")
def evaluate_fusion(
    replies: Annotated[int, typer.Option(min=16, help="How many replies each variant learns from.")] = 1200,
    triples: Annotated[
        int, typer.Option(min=16, help="How many items' descriptions are read first, where they are.")
    ] = 600,
    count: Annotated[int, typer.Option(min=2, help="How many situations each answers.")] = 60,
    seed: Annotated[int, typer.Option(help="Seed of everything that is drawn at random.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print each row as JSON.")] = False,
) -> None:
    """Train the language model with and without triples and graph vectors, and write with and without the constraint.

    Four variants learn alike from scratch, each answers the same situations three times (two hours on two cores).
    """
    from rich.console import Console
    from rich.progress import Progress

    from chatrec.grounding.pack import open_pack
    from chatrec.learning.fusion.table import fusion_table
    from chatrec.learning.training import Recipe

    recipe = Recipe(epochs=1, most=replies, seed=seed, packs=("movies",))
    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task("Opening", total=None)

        def say(doing: str, done: int, of: int) -> None:
            progress.update(task, description=doing, completed=done, total=of)

        for row in fusion_table(open_pack("movies"), recipe, triples, count, say, seed + 5):
            typer.echo(json.dumps(row) if as_json else "  ".join(f"{k}: {v}" for k, v in row.items()))


@evaluate.command("understanding")
def evaluate_understanding(
    data: Annotated[
        Path | None, typer.Option(help="JSON Lines of messages; without it our held-out ones.")
    ] = None,
    pack: Annotated[str | None, typer.Option(help="Name of a pack, or a path to one.")] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the acts of each line, then the figures.")
    ] = False,
) -> None:
    """Read the acts of messages; where they are labelled, say how many are right."""
    import time

    from chatrec.grounding.pack import open_pack
    from chatrec.grounding.reader import open_reader
    from chatrec.learning.understanding import HELD_OUT, act_json, figures, predict, read_lines

    opened = open_pack(pack)
    reader = open_reader(opened)
    labelled, spent = [], []
    for record in read_lines([data] if data else sorted(HELD_OUT.glob("test_*.jsonl"))):
        start = time.perf_counter()
        acts = predict(reader, record)
        spent.append(1000 * (time.perf_counter() - start) / (1 + len(record.get("history") or ())))
        if as_json:
            line = {"id": record.get("id"), "text": record["text"], "acts": [act_json(act) for act in acts]}
            typer.echo(json.dumps(line, ensure_ascii=False))
        if "acts" in record:
            labelled.append((record, acts))
    if labelled:
        found = {**figures(labelled), "p95_ms": round(sorted(spent)[int(0.95 * len(spent))], 2)}
        typer.echo(json.dumps({"figures": found})) if as_json else print_reading(labelled, found)


def print_reading(labelled: Any, found: dict[str, Any]) -> None:
    """Print the figures of understanding as tables: by act, by slot, and which act was read for which."""
    from rich.console import Console
    from rich.table import Table

    from chatrec.learning.understanding import by_name, confusion

    console = Console()
    for what, scores in by_name(labelled).items():
        table = Table(what, "precision", "recall", "F1")
        for name, row in scores.items():
            table.add_row(name, *(f"{score:.3f}" for score in row))
        console.print(table)
    mixed = Table("label", "read as", "messages")
    for (one, other), count in confusion(labelled).most_common():
        if one != other:
            mixed.add_row(one, other, str(count))
    console.print(mixed)
    console.print("\n".join(f"{name:16} {value}" for name, value in found.items()))


@evaluate.command("linking")
def evaluate_linking(
    data: Annotated[Path, typer.Option(help="A folder with valid_dialogues.jsonl in ReDial's form.")],
    pack: Annotated[str | None, typer.Option(help="Name of a pack, or a path to one.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of which titles are in lower case.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as one line of JSON.")] = False,
) -> None:
    """Link the titles in recorded dialogues, and read what is felt about them."""
    from chatrec.grounding.pack import open_pack
    from chatrec.learning.linking import figures, read_all

    found = figures(list(read_all(open_pack(pack), data, seed)))
    typer.echo(json.dumps(found) if as_json else "\n".join(f"{k:16} {v}" for k, v in found.items()))


evaluate.command("recommend")(evaluate_recommendation)
evaluate.command("report")(write_report)
evaluate.command("simulate")(evaluate_simulation)
