"""`chatrec test`: dialogue scripts as tests."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from chatrec.errors import InputError


def _print_schema(wanted: bool) -> None:
    if wanted:
        from chatrec.scripts.format import schema_text

        typer.echo(schema_text(), nl=False)
        raise typer.Exit


def _refuse_update(wanted: bool) -> None:
    if wanted:
        raise InputError(
            "There is no --update: a script says what a person wants, not what the bot last did.",
            "Mend the bot, or change the expectation by hand. `chatrec chat --record FILE` writes a new script.",
        )


def run_scripts(
    paths: Annotated[list[Path], typer.Argument(help="Dialogue scripts (YAML), or folders of them.")],
    keyword: Annotated[
        str,
        typer.Option(
            "-k",
            metavar="EXPR",
            help="Run the dialogues that this chooses by name of file or dialogue: words with and, or, not.",
        ),
    ] = "",
    parallel: Annotated[int, typer.Option(min=1, help="How many dialogues run at once.")] = 1,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Seed of all that is drawn; a failure tells which it was.")
    ] = None,
    url: Annotated[str, typer.Option(help="Run against this server instead of in this process.")] = "",
    junit: Annotated[Path | None, typer.Option(help="Write a JUnit report to this file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")] = False,
    schema: Annotated[
        bool,
        typer.Option(
            "--schema",
            callback=_print_schema,
            is_eager=True,
            help="Print the JSON schema of scripts and leave.",
        ),
    ] = False,
    update: Annotated[
        bool, typer.Option("--update", callback=_refuse_update, is_eager=True, hidden=True)
    ] = False,
) -> None:
    """Run dialogue scripts as tests."""
    from chatrec.scripts.remote import Server
    from chatrec.scripts.runner import run_paths

    if url and seed is not None:
        raise InputError("--seed does not reach a server.", "Start the server with CHATREC_SEED instead.")
    report = run_paths(
        paths,
        junit=junit,
        as_json=as_json,
        keyword=keyword,
        parallel=parallel,
        seed=seed,
        partner=Server(url) if url else None,
        tell=typer.echo,
    )
    raise typer.Exit(report.exit_code)
