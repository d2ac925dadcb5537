"""The command line. What is slow to import is imported inside the command that needs it."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from chatrec.errors import ChatrecError
from chatrec.serving.cli_bench import bench
from chatrec.serving.cli_describe import describe_items
from chatrec.serving.cli_eval import evaluate
from chatrec.serving.cli_export import export
from chatrec.serving.cli_feedback import feedback
from chatrec.serving.cli_kg import kg
from chatrec.serving.cli_scripts import run_scripts
from chatrec.serving.cli_train import train

PackName = Annotated[str | None, typer.Option(help="Name of a pack, or a path to one.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]


class _Polite(TyperGroup):
    """Says an error that a person is meant to read, instead of a traceback; leaves quietly on Ctrl-C."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except ChatrecError as error:
            typer.echo(f"Error: {error}", err=True)
            raise typer.Exit(1) from error
        except BrokenPipeError:  # the reader of our output (`| head`) has gone
            sys.stderr.close()
            raise typer.Exit(1) from None


app = typer.Typer(
    cls=_Polite,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Recommendations in conversation; a reply states nothing that the knowledge graph does not hold.",
)
app.add_typer(kg, name="kg")
app.add_typer(bench, name="bench")
app.add_typer(feedback, name="feedback")
app.add_typer(train, name="train")
app.add_typer(evaluate, name="eval")
app.add_typer(export, name="export")


def _progress(text: str) -> None:
    typer.echo(f"{text} …", err=True)


@app.command()
def serve(
    pack: Annotated[
        list[str] | None,
        typer.Option(help="Name of a pack, or a path to one; may be given several times."),
    ] = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")
    ] = 7860,
    show: Annotated[bool, typer.Option("--open", help="Open the page in a browser.")] = False,
) -> None:
    """Serve the chat page at / and the REST interface (described at /docs), for one pack or several."""
    from chatrec.serving.packs import open_packs
    from chatrec.serving.server import listen, run

    listener = listen(host, port)
    run(open_packs(pack or (), _progress, keep=True), listener, show)


@app.command()
def chat(
    pack: PackName = None,
    say: Annotated[
        list[str] | None, typer.Option(help="A message; may be given several times, one a turn.")
    ] = None,
    as_json: AsJson = False,
    script: Annotated[
        Path | None,
        typer.Option("--record", help="Write the conversation as a dialogue script to this file."),
    ] = None,
) -> None:
    """Chat in the terminal. With --say, or without a terminal, run the given messages and leave."""
    from chatrec.config import settings
    from chatrec.serving.session import open_service
    from chatrec.serving.terminal import converse, recorder, run_messages

    keep = recorder(script, pack or settings().pack) if script else None
    service = open_service(pack, _progress)
    if not say and sys.stdin.isatty():
        converse(service, as_json, keep)
    else:
        run_messages(service, say or (line.rstrip("\r\n") for line in sys.stdin), as_json, keep)


@app.command("new-pack")
def new_pack(
    name: Annotated[str, typer.Argument(help="Its name: small letters, digits, hyphens.")],
    to: Annotated[Path, typer.Option(help="The folder that it is written into.")] = Path("packs"),
) -> None:
    """Write a commented starter of a pack, which can be talked to at once; then put your own items in."""
    from chatrec.grounding.starter import write_starter

    folder = write_starter(name, to)
    typer.echo(f"pack      {folder}")
    typer.echo(f"check     chatrec kg validate --pack {shlex.quote(str(folder))}")
    typer.echo(f"talk      chatrec chat --pack {shlex.quote(str(folder))}")
    typer.echo(f"test      chatrec test {shlex.quote(str(folder / 'dialogues.yaml'))}")


app.command("test")(run_scripts)


app.command("describe")(describe_items)


if __name__ == "__main__":
    app()
