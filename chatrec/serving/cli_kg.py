"""`chatrec kg`: the knowledge graph of a pack on the command line."""

from __future__ import annotations

import json
import re
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from chatrec.errors import PackError, QueryError

if TYPE_CHECKING:
    from rdflib.query import Result

    from chatrec.grounding.graph import Graph

PackName = Annotated[str | None, typer.Option(help="Name of a pack, or a path to one.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]


class Format(StrEnum):
    """The forms in which a graph can be exported."""

    turtle = "turtle"
    json_ld = "json-ld"
    nt = "nt"
    csv = "csv"


kg = typer.Typer(
    no_args_is_help=True, help="Compile, check, count, query or export the knowledge graph of a pack."
)


def _folder(pack: str | None) -> Path:
    from chatrec.config import settings
    from chatrec.grounding.pack import pack_dir

    return pack_dir(pack or settings().pack)


@kg.command()
def build(pack: PackName = None, as_json: AsJson = False) -> None:
    """Compile a pack: check it and load it into a store (done by itself on first use)."""
    from chatrec.grounding.pack import compile_pack

    folder = _folder(pack)
    store = compile_pack(folder, lambda text: typer.echo(f"{text} …", err=True))
    typer.echo(
        json.dumps({"pack": folder.name, "store": str(store)}) if as_json else f"{folder.name}: {store}"
    )


@kg.command()
def validate(pack: PackName = None, as_json: AsJson = False) -> None:
    """Check a pack against its own SHACL shapes; list what breaks them."""
    from chatrec.grounding.pack import validate as check

    folder = _folder(pack)
    try:
        check(folder)
    except PackError as error:
        if not as_json:
            raise
        typer.echo(
            json.dumps({"pack": folder.name, "valid": False, "violations": error.message.splitlines()[1:]})
        )
        raise typer.Exit(1) from error
    typer.echo(json.dumps({"pack": folder.name, "valid": True, "violations": []}) if as_json else "valid")


@kg.command()
def stats(
    pack: PackName = None,
    mentions: Annotated[
        Path | None, typer.Option(help="Dialogues in ReDial's form: how many of their mentions are held.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Count items, people, concepts and triples, and how much is labelled and filled in."""
    from chatrec.grounding.coverage import mention_coverage
    from chatrec.grounding.pack import open_pack
    from chatrec.grounding.stats import count

    opened = open_pack(pack)
    figures = count(opened)
    if mentions:
        figures["mention_coverage"] = mention_coverage(opened, mentions)
    if as_json:
        typer.echo(json.dumps(figures))
        return
    for name, value in figures.items():
        shown = (
            value
            if not isinstance(value, dict)
            else "  ".join(
                f"{key} {part:.1%}" if isinstance(part, float) else f"{key} {part}"
                for key, part in value.items()
            )
        )
        typer.echo(f"{name:<16} {shown}")


@kg.command()
def query(
    sparql: Annotated[
        str, typer.Argument(help="A SPARQL query (SELECT, ASK, CONSTRUCT), or a file that holds one.")
    ],
    pack: PackName = None,
    as_json: AsJson = False,
) -> None:
    """Ask the graph. It is opened read-only; an update is refused."""
    from chatrec.grounding.pack import open_pack

    text = Path(sparql).read_text(encoding="utf-8") if _is_file(sparql) else sparql
    result = _ask(open_pack(pack).graph, text)
    typer.echo(_as_json(result) if as_json else _as_text(result), nl=False)


def _is_file(text: str) -> bool:
    try:
        return Path(text).is_file()
    except (OSError, ValueError):  # too long for a path, or not one at all
        return False


def _ask(graph: Graph, text: str) -> Result:
    try:
        return graph.rdf.query(text)
    except (SyntaxError, ValueError, OSError) as error:
        raise QueryError(
            f"The query was not answered: {error}", "SELECT, ASK, DESCRIBE and CONSTRUCT are."
        ) from error


def _as_json(result: Result) -> str:
    kind = "json-ld" if result.type in ("CONSTRUCT", "DESCRIBE") else "json"
    return _text(result.serialize(format=kind))


def _as_text(result: Result) -> str:
    """Write rows as CSV, a graph as Turtle, an answer as yes or no."""
    if result.type == "ASK":
        return "yes\n" if result.askAnswer else "no\n"
    return _text(result.serialize(format="turtle" if result.type in ("CONSTRUCT", "DESCRIBE") else "csv"))


def _text(serialised: bytes | None) -> str:
    return (serialised or b"").decode("utf-8").replace("\r\n", "\n").rstrip("\n") + "\n"


@kg.command()
def export(
    pack: PackName = None,
    format_: Annotated[Format, typer.Option("--format", help="How to write it.")] = Format.turtle,
    output: Annotated[Path | None, typer.Option(help="Write to this file instead of the screen.")] = None,
) -> None:
    """Write the whole graph; `csv` makes a folder with nodes and relationships as Neo4j imports them."""
    from chatrec.grounding.pack import open_pack
    from chatrec.grounding.property_graph import write_property_graph

    if format_ is Format.csv:
        folder = output or Path("neo4j")
        typer.echo(f"{folder}: {write_property_graph(open_pack(pack).graph, folder)}")
        return
    graph = open_pack(pack).graph.rdf
    for prefix, namespace in _prefixes(_folder(pack)).items():
        graph.bind(prefix, namespace)
    text = graph.serialize(format=format_.value, encoding="utf-8")
    if output is None:
        typer.echo(text, nl=False)
    else:
        output.write_bytes(text)


@kg.command("import")
def import_catalogue(
    pack: Annotated[str, typer.Option(help="The pack: a name (then it lies in packs/), or a path.")],
    file: Annotated[
        Path | None,
        typer.Argument(help="CSV, TSV, JSON Lines, JSON-LD or HTML; a folder of them; a benchmark folder."),
    ] = None,
    endpoint: Annotated[
        str | None, typer.Option(help="Address of a SPARQL endpoint, instead of a file.")
    ] = None,
    query: Annotated[Path | None, typer.Option(help="The SELECT query for the endpoint, with ?item.")] = None,
    mapping: Annotated[Path | None, typer.Option(help="What becomes of the columns (YAML).")] = None,
    rejects: Annotated[Path | None, typer.Option(help="Where the rejects go; else beside the pack.")] = None,
    extract: Annotated[
        bool, typer.Option("--extract", help="Look for known entities in descriptions.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what becomes of the columns.")
    ] = False,
    into_shipped: Annotated[
        bool,
        typer.Option("--into-shipped", help="Let a pack that ships with chatrec be added to by its name."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make a pack of a catalogue, or add one to a pack. Headers are guessed and shown; no row is dropped silently."""
    from chatrec.grounding.importing.pipeline import Options
    from chatrec.serving.cli_import import run_import, source_of

    options = Options(mapping, rejects, extract, dry_run, into_shipped)
    run_import(source_of(file, endpoint, query), pack, options, as_json)


def _prefixes(folder: Path) -> dict[str, str]:
    """Return the prefixes that the files of a pack declare."""
    declared = re.compile(r"^@prefix\s+(\S+):\s+<([^>]+)>", re.MULTILINE)
    texts = (path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.ttl")))
    return {prefix: namespace for text in texts for prefix, namespace in declared.findall(text)}
