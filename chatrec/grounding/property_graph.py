"""A graph as two CSV files that Neo4j imports (`neo4j-admin database import`): nodes with properties, and relationships."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

from rdflib import RDF, Literal, URIRef

from chatrec.grounding.graph import Graph

NODES, RELATIONSHIPS = "nodes.csv", "relationships.csv"


def write_property_graph(graph: Graph, folder: Path) -> dict[str, int]:
    """Write `nodes.csv` and `relationships.csv` into a folder (made where absent); return how many rows each has.

    A class becomes a label, a literal a property (`name:zh` for one with a language; several values are joined with `;`),
    an IRI a relationship whose type is the local name of the predicate.
    """
    nodes: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    links: list[tuple[str, str, str]] = []
    for subject, predicate, value in graph.rdf:
        if not isinstance(subject, URIRef):
            continue
        if predicate == RDF.type:
            nodes[str(subject)][":LABEL"].append(_local(str(value)))
        elif isinstance(value, Literal):
            key = _local(str(predicate)) + (f"_{value.language}" if value.language else "")
            nodes[str(subject)][key].append(str(value))
        elif isinstance(value, URIRef):
            links.append((str(subject), str(value), _local(str(predicate))))
    for _, end, _ in links:
        nodes[end]  # a node that is only pointed at exists as well
    folder.mkdir(parents=True, exist_ok=True)
    _write_nodes(folder / NODES, nodes)
    with (folder / RELATIONSHIPS).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([(":START_ID", ":END_ID", ":TYPE"), *sorted(links)])
    return {"nodes": len(nodes), "relationships": len(links)}


def _write_nodes(path: Path, nodes: dict[str, dict[str, list[str]]]) -> None:
    keys = sorted({key for properties in nodes.values() for key in properties} - {":LABEL"})
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([":ID", ":LABEL", *keys])
        for iri, properties in sorted(nodes.items()):
            writer.writerow([iri, *(";".join(sorted(properties.get(key, ()))) for key in (":LABEL", *keys))])


def _local(iri: str) -> str:
    """Return the last part of an IRI."""
    return iri.rstrip("/#").replace("#", "/").replace(":", "/").rsplit("/", 1)[-1]
