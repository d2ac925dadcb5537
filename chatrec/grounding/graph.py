"""A graph that answers SPARQL: rdflib's interface over Oxigraph, and queries read from `knowledge/queries`.

Values never reach a query as text: the templates accept RDF terms only and write them in their N3 form.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyoxigraph
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from oxrdflib import OxigraphStore
from rdflib import Graph as RdfGraph
from rdflib import Literal, URIRef
from rdflib.graph import DATASET_DEFAULT_GRAPH_ID
from rdflib.term import Node

from chatrec.config import knowledge_dir
from chatrec.errors import QueryError

Row = Mapping[str, Node]


class _Digits(int):
    """An integer that numbers a variable; the one thing besides terms that a template may write."""


def _term_only(value: object) -> Markup:
    """Write an RDF term in N3. Raises TypeError for anything else, so that no text slips into a query."""
    if isinstance(value, _Digits):
        return Markup(int(value))
    if isinstance(value, URIRef | Literal):
        return Markup(value.n3())
    if isinstance(value, Markup):
        return value  # what a macro of the template itself returned
    raise TypeError(f"a query takes RDF terms, not {type(value).__name__}: {value!r}")


@lru_cache
def _templates() -> Environment:
    """Return the query templates; `autoescape` marks what macros return, so that `_term_only` can tell it from text."""
    environment = Environment(
        loader=FileSystemLoader(knowledge_dir() / "queries"),
        undefined=StrictUndefined,
        autoescape=True,
        finalize=_term_only,
        trim_blocks=True,
    )
    environment.globals["variable"] = _Digits
    return environment


def render_query(name: str, **values: Any) -> str:
    """Return the query `knowledge/queries/NAME.rq` with RDF terms in its places."""
    return _templates().get_template(f"{name}.rq").render(**values)


def literal(value: str | int) -> Literal:
    """Return a plain RDF literal of a Python value."""
    return Literal(value)


class Graph:
    """A read-only RDF graph in an Oxigraph store.

    Args:
        store: the store; its default graph is read.
    """

    def __init__(self, store: pyoxigraph.Store) -> None:
        self.rdf = RdfGraph(store=OxigraphStore(store=store), identifier=DATASET_DEFAULT_GRAPH_ID)

    @classmethod
    def on_disk(cls, path: Path) -> Graph:
        """Open the store in that folder, read-only: any number of processes may."""
        return cls(pyoxigraph.Store.read_only(str(path)))

    def select(self, query: str) -> list[Row]:
        """Return the rows of a SELECT query. Raises QueryError with the engine's reason."""
        try:
            return [row.asdict() for row in self.rdf.query(query)]  # type: ignore[union-attr]
        except (SyntaxError, ValueError, OSError) as error:
            raise QueryError(f"The graph could not answer a query: {error}", query) from error

    def holds(self, triple: Sequence[str]) -> bool:
        """Tell whether the graph has the triple; the object is given as an IRI or a lexical form."""
        subject, predicate, wanted = triple
        return any(str(found) == wanted for found in self.rdf.objects(URIRef(subject), URIRef(predicate)))

    def __len__(self) -> int:
        return len(self.rdf)
