"""`chatrec eval simulate`: simulated users talk to the bot."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from chatrec.learning.simulation.conversation import Outcome


def evaluate_simulation(
    pack: Annotated[str | None, typer.Option(help="Name of a pack, or a path to one.")] = None,
    users: Annotated[int, typer.Option(min=1, help="How many users talk in each language.")] = 200,
    turns: Annotated[int, typer.Option(min=1, max=20, help="How many turns a conversation has at most.")] = 5,
    attributes: Annotated[
        int, typer.Option(min=1, max=4, help="How many attributes a message after the first tells at most.")
    ] = 1,
    language: Annotated[str, typer.Option(help="en, zh or both.")] = "both",
    popular: Annotated[
        bool, typer.Option(help="Draw well-known targets more often; else all items alike.")
    ] = False,
    seed: Annotated[int, typer.Option(help="Seed of the users and of what they say.")] = 1,
    out: Annotated[
        Path | None, typer.Option(help="Write the conversations to this file, to be read.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as one line of JSON.")] = False,
) -> None:
    """Let simulated users with hidden targets talk to the bot, with and without pressing like and dislike."""
    from rich.console import Console
    from rich.progress import Progress

    from chatrec.grounding.pack import open_pack
    from chatrec.learning.simulation.conversation import Protocol
    from chatrec.learning.simulation.study import Plan, simulate, spoken
    from chatrec.learning.simulation.transcripts import written

    opened = open_pack(pack)
    plan = Plan(
        users,
        spoken(opened, language),
        "popular" if popular else "uniform",
        seed,
        Protocol(turns, attributes),
    )
    kept: list[str] = []
    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task("Talking", total=plan.conversations)

        def report(outcome: Outcome) -> None:
            kept.append(written(outcome, opened))
            progress.advance(task)

        found = simulate(opened, plan, report)
    if out:
        out.write_text("\n".join(kept), encoding="utf-8")
    typer.echo(json.dumps(found)) if as_json else _print(found, turns)


def _print(found: dict[str, Any], turns: int) -> None:
    """Print one table a group of users: a row for each figure, without and with buttons, and what the buttons gain."""
    from rich.console import Console
    from rich.table import Table

    for name, group in found.items():
        if not isinstance(group, dict):
            continue
        table = Table(name, *(way.replace("_", " ") for way in group))
        for turn in range(1, turns + 1):
            figure = f"success@{turn}"
            without, pressed = (
                "{} ({} - {})".format(way[figure], *way["interval"][figure]) for way in _ways(group)
            )
            table.add_row(figure, without, pressed, "{:+} ({} - {})".format(*group["gain"][figure]))
        for figure in (
            "turns_to_success",
            "repeated",
            "violating",
            "missed",
            "likes",
            "dislikes",
            "coverage",
        ):
            table.add_row(figure, *(str(way[figure]) for way in _ways(group)), "")
        Console().print(table)


def _ways(group: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    return group["without_feedback"], group["with_feedback"]
