"""The commands that train."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

train = typer.Typer(no_args_is_help=True, help="Train the parts that learn.")


@train.callback()
def about() -> None:
    """Train the parts that learn."""


@train.command("lm")
def train_language_model(
    out: Annotated[Path, typer.Option(help="Folder of the adapter.")] = Path("runs/adapter"),
    epochs: Annotated[int, typer.Option(min=1, help="How often every reply is seen.")] = 5,
    seed: Annotated[int, typer.Option(help="Seed of everything that is drawn at random.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Fine-tune the language model on the hand-written replies in prompts/ (about 20 minutes on two cores)."""
    from rich.console import Console
    from rich.progress import Progress

    from chatrec.learning.training import Recipe, train_lm

    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task("Training", total=None)

        def report(step: int, steps: int, loss: float) -> None:
            progress.update(task, total=steps, completed=step, description=f"Training, loss {loss:.3f}")

        figures = train_lm(out, Recipe(epochs=epochs, seed=seed), report)
    plot_losses(figures["losses"], out / "loss.png")
    shown = {key: value for key, value in figures.items() if key != "losses"}
    typer.echo(
        json.dumps(shown)
        if as_json
        else f"The adapter is in {out}. Held-out perplexity: {shown['held_out_perplexity']}"
    )


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
