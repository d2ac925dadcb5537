"""`chatrec eval recommend`: the ranking measured on a corpus of dialogues."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from chatrec.errors import InputError

if TYPE_CHECKING:
    from rich.progress import Progress

    from chatrec.learning.recommendation.experiment import Prepared, Ranked
    from chatrec.learning.recommendation.ranker import Recipe

_EPOCHS = 8
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
    test: Annotated[
        Path | None, typer.Option(help="JSON Lines to measure on; needed without --folds.")
    ] = None,
    train: Annotated[
        Path | None, typer.Option(help="JSON Lines to train on; without it train.jsonl of the folder.")
    ] = None,
    valid: Annotated[
        Path | None, typer.Option(help="JSON Lines that choose how many of the epochs are used.")
    ] = None,
    folds: Annotated[
        int,
        typer.Option(
            min=0,
            help="Cut the training file into so many parts by dialogue; measure on each, trained on the others.",
        ),
    ] = 0,
    seed: Annotated[int, typer.Option(help="Seed of everything that is drawn at random.")] = 0,
    epochs: Annotated[int, typer.Option(min=1, help="How often every situation is seen, at most.")] = _EPOCHS,
    even: Annotated[
        float,
        typer.Option(
            min=0,
            max=1,
            help="Also even out the exposure of groups: 1 gives each its share of the catalogue.",
        ),
    ] = 0.0,
    ablate: Annotated[
        bool, typer.Option(help="Also measure without each group of features, with one network.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as one line of JSON.")] = False,
) -> None:
    """Train the ranker on a corpus of dialogues and measure what it recommends in held-out ones."""
    from rich.console import Console
    from rich.progress import Progress

    from chatrec.learning.recommendation.ranker import Recipe

    paths = Paths(data, train or data / "train.jsonl", test, valid)
    _check(paths, folds)
    with Progress(console=Console(stderr=True)) as progress:
        found = _measured(paths, folds, Recipe(epochs=epochs, seed=seed), even, ablate, progress)
    found["published"] = MARKS.get(data.name, {})
    if as_json:
        typer.echo(json.dumps(found))
    else:
        _print(found)


@dataclass(frozen=True)
class Paths:
    """The folder of the corpus and its files."""

    folder: Path
    train: Path
    test: Path | None
    valid: Path | None


def _check(paths: Paths, folds: int) -> None:
    if folds == 1 or bool(folds) == bool(paths.test):
        raise InputError(
            "Nothing says what to measure on.", "Give either --test FILE, or --folds of 2 or more."
        )
    for path in filter(None, (paths.train, paths.test, paths.valid)):
        if not path.is_file():
            raise InputError(
                f"{path} is missing.", "Give JSON Lines of the benchmark with --train and --test."
            )


def _measured(
    paths: Paths, folds: int, recipe: Recipe, even: float, ablate: bool, progress: Progress
) -> dict[str, Any]:
    """Return the figures; of several parts each is described, ranked and let go before the next."""
    from chatrec.learning.recommendation.experiment import figures_of, joined

    ranked: dict[str, list[Ranked]] = {}
    for prepared in _parts(paths, folds, recipe.seed, progress):
        for name, one in _variants(prepared, recipe, ablate, progress):
            ranked.setdefault(name, []).append(one)
    task = progress.add_task("Counting", total=None)
    figures = {name: joined(parts) for name, parts in ranked.items()}
    found = figures_of(figures.pop(""), recipe.seed, even)
    if folds:
        found["parts"] = [figures_of(part, recipe.seed)["all"] for part in ranked[""]]
    if ablate:
        found["ablation"] = {name: figures_of(one, recipe.seed)["all"] for name, one in figures.items()}
    progress.remove_task(task)
    return found


def _parts(paths: Paths, folds: int, seed: int, progress: Progress) -> Iterator[Prepared]:
    """Yield the one measurement of a test file, or one a fold."""
    from chatrec.learning.recommendation.corpus import read_situations
    from chatrec.learning.recommendation.experiment import prepare, read_corpus, splits

    task = progress.add_task("Reading", total=None)

    def report(words: str) -> None:
        progress.update(task, description=words)

    corpus = read_corpus(paths.folder, seed, report)
    training, test, valid = (
        read_situations(path, paths.folder, corpus.catalogue) if path else ()
        for path in (paths.train, paths.test, paths.valid)
    )
    pairs = splits(training, folds, seed) if folds else [(training, test)]
    for number, (learnt, measured) in enumerate(pairs, 1):
        named = partial(_numbered, report, f"{number}/{len(pairs)}")
        yield prepare(corpus, learnt, measured, valid, seed, named)
    progress.remove_task(task)


def _numbered(report: Callable[[str], None], number: str, words: str) -> None:
    report(f"{number} {words}")


def _variants(
    prepared: Prepared, recipe: Recipe, ablate: bool, progress: Progress
) -> Iterator[tuple[str, Ranked]]:
    """Yield the ranking under no name and, to ablate, those of one network with and without each group of features."""
    from chatrec.learning.recommendation.experiment import GROUPS, without

    yield "", _ranked(prepared, recipe, progress)
    if ablate:
        brief = replace(recipe, members=1)
        yield "one network", _ranked(prepared, brief, progress)
        for group in GROUPS:
            yield f"without {group}", _ranked(without(prepared, group), brief, progress)


def _ranked(prepared: Prepared, recipe: Recipe, progress: Progress) -> Ranked:
    from chatrec.learning.recommendation.experiment import rank

    steps = recipe.epochs * (len(prepared.training.situations) // recipe.batch + 1)
    task = progress.add_task("Training", total=steps)

    def report(loss: float) -> None:
        progress.update(task, advance=1, description=f"Training, loss {loss:.2f}")

    ranked = rank(prepared, recipe, report)
    progress.remove_task(task)
    return ranked


def _print(found: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("", "R@1", "R@10", "R@50", "NDCG@10", "MRR")
    for kind in ("all", "novel", "repeated", "unseen_dialogues"):
        table.add_row(kind, *(f"{value:.3f}" for value in found[kind].values()))
    if "evened" in found:
        table.add_row("evened", *(f"{value:.3f}" for value in found["evened"]["all"].values()))
    for kind, figures in found.get("ablation", {}).items():
        table.add_row(kind, *(f"{value:.3f}" for value in figures.values()))
    for system, marks in found["published"].items():
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
        "unevenness",
        "situations",
        "targets",
    ):
        typer.echo(f"{name:16} {found[name]}")
