"""`chatrec describe`: descriptions written from facts alone, for catalogues that have none."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from chatrec.errors import InputError

if TYPE_CHECKING:
    from chatrec.dialogue.values import Item
    from chatrec.grounding.pack import Pack


def describe_items(
    items: Annotated[list[str] | None, typer.Argument(help="Names or IRIs of items.")] = None,
    pack: Annotated[str | None, typer.Option(help="Name of a pack, or a path to one.")] = None,
    language: Annotated[
        str, typer.Option(help="One language only; without it all that the pack speaks.")
    ] = "",
    missing: Annotated[
        bool, typer.Option("--missing", help="All items without a text of their own.")
    ] = False,
    output: Annotated[
        Path | None, typer.Option(help="Also write the descriptions as Turtle, ready for the pack.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object a line, with the claims.")
    ] = False,
) -> None:
    """Describe items from their facts alone; nothing is said that the graph does not hold."""
    from chatrec.grounding.pack import open_pack

    opened = open_pack(pack)
    spoken = opened.schema.languages
    if language and language not in spoken:
        raise InputError(f"The pack does not speak {language!r}.", f"It speaks {', '.join(spoken)}.")
    chosen = _missing(opened) if missing else [_named(opened, name) for name in items or ()]
    if not chosen and not missing:
        raise InputError("No item is named.", "Give names or IRIs, or --missing.")
    written = list(_describe(opened, chosen, (language,) if language else spoken))
    for one in written:
        typer.echo(json.dumps(one, ensure_ascii=False) if as_json else f"{one['label']}: {one['text']}")
    if output:
        _write(opened, written, output)


def _named(pack: Pack, name: str) -> Item:
    """Return the item of a name (in any language, any case) or of an IRI. Raises InputError."""
    slot, wanted = pack.schema.name_slot.name, name.casefold()
    titles = (entry for entry in pack.entries if slot in entry.slots)
    iris = [e.iri for e in titles if wanted in (e.surface.casefold(), e.iri.casefold())]
    found = pack.items(tuple(iris[:1]))
    if not found:
        raise InputError(f"The pack {pack.name} has no item {name!r}.", "Give its name or its IRI.")
    return found[0]


def _missing(pack: Pack) -> list[Item]:
    slot = pack.schema.name_slot.name
    texts = [slot.name for slot in pack.schema.slots if slot.kind == "text"]
    iris = dict.fromkeys(entry.iri for entry in pack.entries if slot in entry.slots)
    return [item for item in pack.items(tuple(iris)) if not any(item.facts.get(text) for text in texts)]


def _describe(pack: Pack, items: Sequence[Item], languages: Sequence[str]) -> Iterator[dict[str, Any]]:
    from dataclasses import asdict

    from chatrec.generation.describe import describe
    from chatrec.generation.surface import join

    for item in items:
        for language in languages:
            text, claims = join(describe(pack.schema, item, language))
            label = item.name(pack.schema.name_slot.name, language).label(language)
            yield {
                "iri": item.iri,
                "label": label,
                "language": language,
                "text": text,
                "claims": [asdict(claim) for claim in claims],
            }


def _write(pack: Pack, written: Sequence[dict[str, Any]], output: Path) -> None:
    """Write the descriptions under the pack's property for texts, schema:description where it has none."""
    from rdflib import Graph, Literal, URIRef

    paths = [slot.path for slot in pack.schema.slots if slot.kind == "text"]
    path = URIRef(paths[0] if paths else "https://schema.org/description")
    graph = Graph()
    for one in written:
        graph.add((URIRef(one["iri"]), path, Literal(one["text"], lang=one["language"])))
    graph.serialize(output, format="turtle")
