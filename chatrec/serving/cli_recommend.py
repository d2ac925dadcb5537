"""`chatrec eval recommend`: the ranking measured on a corpus of dialogues."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from chatrec.errors import InputError

if TYPE_CHECKING:
    from rich.progress import Progress

    from chatrec.learning.recommendation.experiment import Prepared
    from chatrec.learning.recommendation.ranker import Recipe

MARKS = {
    "redial": {
        "KBRD": (0.028, 0.169, 0.366),
        "BARCOR": (0.031, 0.170, 0.372),
        "UniCRS": (0.050, 0.215, 0.413),
        "ChatGPT": (0.037, 0.174, None),
    },
    "opendialkg": {
        "KBRD": (0.231, 0.423, 0.492),
        "BARCOR": (0.312, 0.453, 0.510),
        "UniCRS": (0.308, 0.513, 0.574),
        "ChatGPT": (0.310, 0.539, None),
    },
}
"""Recall at 1, 10 and 50 on the test splits, from the table of the iEvaLM-CRS repository (Wang et al. 2023)."""


def evaluate_recommendation(
    data: Annotated[Path, typer.Option(help="Folder with the entities, the graph and the dialogues.")],
    test: Annotated[Path, typer.Option(help="JSON Lines to measure on.")],
    train: Annotated[
        Path | None, typer.Option(help="JSON Lines to train on; without it train.jsonl of the folder.")
    ] = None,
    valid: Annotated[
        Path | None,
        typer.Option(help="JSON Lines to tune on; not used so far: --epochs is fixed beforehand."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of everything that is drawn at random.")] = 0,
    epochs: Annotated[int, typer.Option(min=1, help="How often every situation is seen.")] = 5,
    ablate: Annotated[
        bool, typer.Option(help="Also measure without each group of features, one group at a time.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as one line of JSON.")] = False,
) -> None:
    """Train the ranker on a corpus of dialogues and measure what it recommends in held-out ones."""
    from rich.console import Console
    from rich.progress import Progress

    from chatrec.learning.recommendation.experiment import prepare
    from chatrec.learning.recommendation.ranker import Recipe

    train = train or data / "train.jsonl"
    for path in (train, test, *([valid] if valid else [])):
        if not path.is_file():
            raise InputError(
                f"{path} is missing.", "Give JSON Lines of the benchmark with --train and --test."
            )
    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task("Reading", total=None)
        prepared = prepare(data, train, test, seed, lambda words: progress.update(task, description=words))
        progress.remove_task(task)
        recipe = Recipe(epochs=epochs, seed=seed)
        found = _measured(prepared, recipe, progress)
        if ablate:
            found["ablation"] = _ablation(prepared, recipe, progress)
    if as_json:
        typer.echo(json.dumps(found))
    else:
        _print(found, data.name)


def _measured(prepared: Prepared, recipe: Recipe, progress: Progress) -> dict[str, Any]:
    from chatrec.learning.recommendation.experiment import measure

    steps = recipe.epochs * (len(prepared.training.situations) // recipe.batch + 1)
    task = progress.add_task("Training", total=steps)

    def report(loss: float) -> None:
        progress.update(task, advance=1, description=f"Training, loss {loss:.2f}")

    return measure(prepared, recipe, report)


def _ablation(prepared: Prepared, recipe: Recipe, progress: Progress) -> dict[str, dict[str, float]]:
    """Measure with one network each: all features, then without each group of them."""
    from dataclasses import replace

    from chatrec.learning.recommendation.experiment import GROUPS, without

    brief = replace(recipe, members=1)
    table = {"everything": _measured(prepared, brief, progress)["all"]}
    for group in GROUPS:
        table[f"without {group}"] = _measured(without(prepared, group), brief, progress)["all"]
    return table


def _print(found: dict[str, Any], corpus: str) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("", "R@1", "R@10", "R@50", "NDCG@10", "MRR")
    for kind in ("all", "novel", "repeated", "unseen_dialogues"):
        table.add_row(kind, *(f"{value:.3f}" for value in found[kind].values()))
    for kind, figures in found.get("ablation", {}).items():
        table.add_row(kind, *(f"{value:.3f}" for value in figures.values()))
    for system, marks in MARKS.get(corpus, {}).items():
        table.add_row(
            f"{system}, test split, published", *("-" if mark is None else f"{mark:.3f}" for mark in marks)
        )
    Console().print(table)
    for name in (
        "interval",
        "coverage",
        "diversity",
        "popularity_bias",
        "gini",
        "diversified",
        "situations",
        "targets",
    ):
        typer.echo(f"{name:16} {found[name]}")
