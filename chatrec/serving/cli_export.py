"""The commands that write the model for other engines."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

export = typer.Typer(no_args_is_help=True, help="Write the language model for other engines.")


@export.callback()
def about() -> None:
    """Write the language model for other engines."""


@export.command("gguf")
def to_gguf(
    out: Annotated[Path, typer.Argument(help="The file to write.")],
    adapter: Annotated[
        Path | None, typer.Option(help="Folder of an adapter; without it the one of the settings.")
    ] = None,
    weights: Annotated[str, typer.Option(help="How weights are stored: f32, f16, bf16 or q8_0.")] = "q8_0",
) -> None:
    """Merge base and adapter, with the pointers as tokens, into one GGUF file (llama.cpp; about two minutes).

    Serve it with any server that takes a grammar, and set CHATREC_ENGINE_URL to its address.
    """
    from chatrec.config import settings
    from chatrec.generation.files import adapter_dir, base_model_dir
    from chatrec.learning.export import export_gguf

    def tell(text: str) -> None:
        typer.echo(f"{text} …", err=True)

    chosen = settings()
    folder = adapter_dir(str(adapter or chosen.adapter))
    export_gguf(base_model_dir(chosen.model, tell), folder, out, weights, tell)
    typer.echo(f"The model is in {out} ({out.stat().st_size / 1e6:.0f} MB).")
