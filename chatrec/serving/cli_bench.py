"""The commands that measure speed and memory on this machine."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

bench = typer.Typer(help="Measure speed and memory on this machine.")

_TITLES = {
    "memory": "embedded, in memory",
    "disk": "embedded, on disk",
    "served": "served by Oxigraph",
    "rdflib": "plain rdflib",
}


@bench.callback(invoke_without_command=True)
def about(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")] = False,
) -> None:
    """Measure speed and memory on this machine; without a command, the latency of a turn."""
    if context.invoked_subcommand is None:
        measure_turns(as_json=as_json)


@bench.command("turn")
def measure_turns(
    pack: Annotated[str | None, typer.Option(help="Name of a pack, or a path to one.")] = None,
    turns: Annotated[int, typer.Option(min=1, help="How many turns are counted.")] = 200,
    seed: Annotated[int, typer.Option(help="Seed of the messages.")] = 0,
    llama_cpp: Annotated[
        bool, typer.Option("--llama-cpp", help="Also let llama.cpp write as much, in the same run.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")] = False,
) -> None:
    """Measure the latency of a turn by stage, over sessions drawn from the pack in each of its languages."""
    from chatrec.learning.benchmark import bench_turn
    from chatrec.learning.llama import LlamaCpp
    from chatrec.turn import Engine

    figures = bench_turn(Engine.open(pack), turns, seed, peer=LlamaCpp if llama_cpp else None)
    typer.echo(json.dumps(figures) if as_json else "\n".join(f"{k:16} {v}" for k, v in figures.items()))


@bench.command("store")
def measure_stores(
    items: Annotated[int, typer.Option(min=1, help="Size of the synthetic catalogue.")] = 100_000,
    runs: Annotated[int, typer.Option(min=1, help="Queries a store.")] = 200,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")] = False,
) -> None:
    """Measure the constraint query embedded, on disk and served, beside plain rdflib (ten triples an item)."""
    from chatrec.grounding.benchmark import bench_store

    figures = bench_store(items, runs, lambda text: typer.echo(f"{text} …", err=True))
    typer.echo(json.dumps(figures) if as_json else _table(figures))
    if not figures["same_answers"]:
        typer.echo("The stores do not give the same answers.", err=True)
        raise typer.Exit(1)


@bench.command("rank")
def measure_ranking(
    items: Annotated[
        int, typer.Option(min=10, help="Size of the synthetic catalogue, all of it ranked.")
    ] = 5000,
    runs: Annotated[int, typer.Option(min=1, help="How many lists are ranked.")] = 200,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")] = False,
) -> None:
    """Measure how long it takes to rank many candidates, with likes, dislikes and wishes, and to say why."""
    from chatrec.grounding.ranking.benchmark import bench_rank

    figures = bench_rank(items, runs)
    typer.echo(json.dumps(figures) if as_json else "\n".join(f"{k:12} {v}" for k, v in figures.items()))


@bench.command("serve")
def measure_server(
    pack: Annotated[str | None, typer.Option(help="Name of a pack, or a path to one.")] = None,
    url: Annotated[str, typer.Option(help="A running server; without it one is started for the run.")] = "",
    users: Annotated[int, typer.Option(min=1, help="How many people talk at once.")] = 32,
    minutes: Annotated[float, typer.Option(min=0.05, help="How long they talk.")] = 10.0,
    pause: Annotated[float, typer.Option(min=0, help="Seconds between a reply and the next message.")] = 0.0,
    seed: Annotated[int, typer.Option(help="Seed of the messages.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")] = False,
) -> None:
    """Measure a server under many people at once: errors, mixed sessions, latencies, memory over time."""
    from chatrec.serving.load import measure, table

    figures = measure(pack, url, users, 60 * minutes, pause, seed)
    typer.echo(json.dumps(figures) if as_json else table(figures))
    if figures["errors"] or figures["mixed"]:
        raise typer.Exit(1)


def _table(figures: dict[str, Any]) -> str:
    lines = [
        f"{figures['items']:,} items, {figures['triples']:,} triples",
        f"{'store':<20} {'load s':>8} {'RSS MB':>8} {'p50 ms':>9} {'p95 ms':>9} {'runs':>6}",
    ]
    for store, found in figures["stores"].items():
        cells = found.get("skipped") or (
            f"{found['load_s']:>8} {found['rss_mb']:>8,} {found['p50_ms']:>9,} {found['p95_ms']:>9,} {found['runs']:>6}"
        )
        lines.append(f"{_TITLES[store]:<20} {cells}")
    return "\n".join(lines)
