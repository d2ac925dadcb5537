"""The commands that train."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from chatrec.grounding.pack import Pack
    from chatrec.learning.recommendation.transfer import Told

train = typer.Typer(no_args_is_help=True, help="Train the parts that learn.")


@train.callback()
def about() -> None:
    """Train the parts that learn."""


@train.command("lm")
def train_language_model(
    out: Annotated[Path, typer.Option(help="Folder of the adapter.")] = Path("runs/adapter"),
    epochs: Annotated[int, typer.Option(min=1, help="How often every reply is seen.")] = 4,
    adapter: Annotated[
        Path | None, typer.Option("--from", help="Folder of an adapter to go on from; without it, a new one.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of everything that is drawn at random.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Fine-tune the language model on the hand-written replies in prompts/ (about an hour on two cores).

    A run that was broken off goes on where it was when it is started again with the same options.
    """
    from rich.console import Console
    from rich.progress import Progress

    from chatrec.learning.training import Recipe, train_lm

    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task("Training", total=None)

        def report(step: int, steps: int, loss: float) -> None:
            progress.update(task, total=steps, completed=step, description=f"Training, loss {loss:.3f}")

        recipe = Recipe(epochs=epochs, seed=seed, adapter=str(adapter or ""))
        figures = train_lm(out, recipe, report)
    plot_losses(figures["losses"], out / "loss.png")
    shown = {key: value for key, value in figures.items() if key != "losses"}
    typer.echo(
        json.dumps(shown)
        if as_json
        else f"The adapter is in {out}. Held-out perplexity: {shown['held_out_perplexity']}"
    )


@train.command("understanding")
def train_understanding(
    out: Annotated[
        Path | None, typer.Option(help="File of the weights; without it the one that chatrec reads.")
    ] = None,
    pack: Annotated[str | None, typer.Option(help="Name of a pack, or a path to one.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of everything that is drawn at random.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was learnt as JSON.")] = False,
) -> None:
    """Train the models that mend what the rules read, on the project's labelled messages (a few minutes)."""
    from chatrec.dialogue.network import WEIGHTS, save
    from chatrec.grounding.pack import open_pack
    from chatrec.grounding.reader import open_reader
    from chatrec.learning.judging import train_judge
    from chatrec.learning.understanding import HELD_OUT, read_lines

    opened, path = open_pack(pack), out or WEIGHTS
    reader = open_reader(opened)
    records = list(read_lines(sorted(HELD_OUT.glob("train_*.jsonl"))))
    models = train_judge(reader, records, seed)
    save(path, opened.schema.pack, models)
    found = {"messages": len(records), "bytes": path.stat().st_size}
    learnt = {name: list(model.labels) for name, model in models.items()}
    typer.echo(json.dumps({**found, **learnt}) if as_json else f"The weights are in {path}. {found} {learnt}")


@train.command("ranker")
def train_the_ranker(
    output: Annotated[Path, typer.Option(help="File of the weights.")],
    data: Annotated[
        Path | None,
        typer.Option(
            help="Folder with entities, graph and dialogues; without it situations are drawn from the pack."
        ),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option("--train", help="JSON Lines to train on; without it valid.jsonl of the folder."),
    ] = None,
    from_feedback: Annotated[
        bool, typer.Option("--from-feedback", help="Train on the stored likes of the pack's users instead.")
    ] = False,
    pack: Annotated[str | None, typer.Option(help="Name of a pack, or a path to one.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of everything that is drawn at random.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Train the network that ranks in the chat on dialogues about the items of a pack (a few minutes).

    One dialogue in five is held out first, to compare the network with the formula that ranked before; with
    --from-feedback, with the ranker in use. One that is no better is refused. CHATREC_RANKER puts the file in use.
    """
    from dataclasses import replace

    from rich.console import Console
    from rich.progress import Progress

    from chatrec.grounding.pack import open_pack
    from chatrec.learning.recommendation.monotone import RECIPE
    from chatrec.learning.recommendation.shipped import FORMULA, ranker_in_use, train_ranker

    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task("Reading", total=None)

        def report(step: int, steps: int, loss: float) -> None:
            progress.update(task, total=steps, completed=step, description=f"Training, loss {loss:.2f}")

        opened = open_pack(pack)
        told = _told_by_users(opened) if from_feedback else _told(opened, data, file)
        rival = ranker_in_use() if from_feedback else FORMULA
        found = train_ranker(opened, told, output, replace(RECIPE, seed=seed), report, rival)
    typer.echo(json.dumps(found) if as_json else _compared(found, rival.name))


def _told(pack: Pack, data: Path | None, file: Path | None) -> Sequence[Told]:
    from chatrec.learning.recommendation.transfer import tell

    return tell(pack, data, file or data / "valid.jsonl") if data else ()


def _told_by_users(pack: Pack) -> Sequence[Told]:
    from chatrec.config import settings
    from chatrec.learning.recommendation.from_feedback import told_by
    from chatrec.learning.store.records import Selection
    from chatrec.learning.store.store import open_store

    store = open_store(settings().database)
    return told_by(pack, store.events(Selection(pack=pack.name)) if store else ())


def _compared(found: dict[str, Any], rival: str) -> str:
    """Write the figures of the network beside those of its rival."""
    lines = [f"{found['situations']} situations, {found['bytes']} bytes of weights"]
    for kind, network in found["network"].items():
        for name, figures in (("network", network), (rival, found[rival][kind])):
            cells = " ".join(f"{key} {value:.3f}" for key, value in figures.items())
            lines.append(f"{kind:10} {name:13} {cells}")
    return "\n".join(lines)


def plot_losses(losses: list[float], path: Path) -> None:
    """Draw the loss of every step, and its running mean, to a PNG."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    import numpy as np

    width = max(1, len(losses) // 40)
    mean = np.convolve(losses, np.ones(width) / width, "valid")
    figure, axes = plt.subplots(figsize=(7, 3.5), layout="constrained")
    axes.plot(losses, alpha=0.3, linewidth=0.8)
    axes.plot(np.arange(len(mean)) + width // 2, mean)
    axes.set(xlabel="step", ylabel="loss (nats a unit)", title="Training of the language model")
    figure.savefig(path, dpi=110)
    plt.close(figure)
