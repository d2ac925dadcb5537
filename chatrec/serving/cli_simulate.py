"""`chatrec eval simulate`: simulated users talk to the bot."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from chatrec.learning.simulation.conversation import Outcome

_OTHERS = ("turns_to_success", "repeated", "violating", "missed", "likes", "dislikes", "coverage")


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
    crowd: Annotated[
        int,
        typer.Option(
            min=0,
            help="Let so many users of one taste talk first, and measure what their ratings change for other users.",
        ),
    ] = 0,
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
    from chatrec.learning.simulation.crowd import CROWD_WAYS, after_a_crowd
    from chatrec.learning.simulation.study import WAYS, Plan, simulate, spoken
    from chatrec.learning.simulation.transcripts import written

    opened = open_pack(pack)
    plan = Plan(users, spoken(opened, language), popular, seed, Protocol(turns, attributes))
    total = plan.conversations * (2 * len(CROWD_WAYS) if crowd else len(WAYS)) + crowd * len(plan.languages)
    kept: list[str] = []
    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task("Talking", total=total)

        def report(outcome: Outcome) -> None:
            kept.append(written(outcome, opened))
            progress.advance(task)

        found = after_a_crowd(opened, plan, crowd, report) if crowd else simulate(opened, plan, report)
    if out:
        out.write_text("\n".join(kept), encoding="utf-8")
    typer.echo(json.dumps(found)) if as_json else _print(found, turns)


def _print(found: dict[str, Any], turns: int) -> None:
    """Print one table a group of users: a row for each figure, a column for each way, then what each way gains."""
    from rich.console import Console
    from rich.table import Table

    for name, group in found.items():
        if not isinstance(group, dict):
            continue
        gains = group.pop("gain")
        table = Table(name, *(way.replace("_", " ") for way in group), *(f"gain {way}" for way in gains))
        for figure in (f"success@{turn}" for turn in range(1, turns + 1)):
            shares = ("{} ({} - {})".format(way[figure], *way["interval"][figure]) for way in group.values())
            table.add_row(
                figure, *shares, *("{:+} ({} - {})".format(*gain[figure]) for gain in gains.values())
            )
        for figure in _OTHERS:
            table.add_row(figure, *(str(way[figure]) for way in group.values()))
        Console().print(table)
