"""The commands that measure speed and memory on this machine."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

bench = typer.Typer(no_args_is_help=True, help="Measure speed and memory on this machine.")

_TITLES = {
    "memory": "embedded, in memory",
    "disk": "embedded, on disk",
    "served": "served by Oxigraph",
    "rdflib": "plain rdflib",
}


@bench.callback()
def about() -> None:
    """Measure speed and memory on this machine."""


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
