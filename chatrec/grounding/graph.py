"""A graph that answers SPARQL, behind rdflib's interface, and queries read from `knowledge/queries`.

Values never reach a query as text: the templates accept RDF terms only and write them in their N3 form.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import pyoxigraph
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from oxrdflib import OxigraphStore
from rdflib import XSD, BNode, Literal, URIRef
from rdflib import Graph as RdfGraph
from rdflib.graph import DATASET_DEFAULT_GRAPH_ID
from rdflib.store import Store
from rdflib.term import Node

from chatrec.config import knowledge_dir
from chatrec.errors import PackError, QueryError

Row = Mapping[str, Node]
TextRow = Mapping[str, tuple[str, str]]
"""A row of texts, each with its language, which is empty for what has none."""
T = TypeVar("T")

_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|\\^`]*")


def _is_iri(text: str) -> bool:
    """Tell whether the text is an absolute IRI as SPARQL writes it (grammar rule 139)."""
    return _IRI.fullmatch(text) is not None


class _Digits(int):
    """An integer that numbers a variable; the one thing besides terms that a template may write."""


def _term_only(value: object) -> Markup:
    """Write an RDF term in N3. Raises TypeError for anything else, so that no text slips into a query."""
    if isinstance(value, _Digits):
        return Markup(int(value))
    if isinstance(value, URIRef) and not _is_iri(value):
        raise TypeError(f"a query takes absolute IRIs, not {str(value)!r}")
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


class Graph:
    """A read-only RDF graph.

    Args:
        store: an rdflib store; its default graph is read.
    """

    def __init__(self, store: Store) -> None:
        self.rdf = RdfGraph(store=store, identifier=DATASET_DEFAULT_GRAPH_ID)

    def select(self, query: str) -> list[Row]:
        """Return the rows of a SELECT query. Raises QueryError with the engine's reason."""
        try:
            return [row.asdict() for row in self.rdf.query(query)]  # type: ignore[union-attr]
        except (SyntaxError, ValueError, OSError) as error:
            raise QueryError(f"The graph could not answer a query: {error}", query) from error

    def texts(self, query: str) -> list[TextRow]:
        """Return the rows of a SELECT query as mere texts, for queries that all of a catalogue answers. Raises QueryError."""
        return [
            {name: (str(node), getattr(node, "language", None) or "") for name, node in row.items()}
            for row in self.select(query)
        ]

    def holds(self, triple: Sequence[str]) -> bool:
        """Tell whether the graph has the triple; the object is given as an IRI or a lexical form."""
        subject, predicate, wanted = triple
        if not (_is_iri(subject) and _is_iri(predicate)):
            return False
        rows = self.select(render_query("objects", subject=URIRef(subject), predicate=URIRef(predicate)))
        return any(str(row["object"]) == wanted for row in rows)

    def __len__(self) -> int:
        (row,) = self.select(render_query("size"))
        return int(str(row["triples"]))


class EmbeddedGraph(Graph):
    """A graph in this process: an Oxigraph store, in memory or on disk."""

    def __init__(self, store: pyoxigraph.Store, in_memory: bool) -> None:
        super().__init__(OxigraphStore(store=store))
        self.in_memory = in_memory
        self._store = store

    def select(self, query: str) -> list[Row]:
        """Return the rows of a SELECT query; the engine is asked directly, and a term made once however often it comes."""
        made: dict[Any, Node] = {}

        def term(value: Any) -> Node:
            return made[value] if value in made else made.setdefault(value, _term(value))

        return [*self._rows(query, term)]

    def texts(self, query: str) -> list[TextRow]:
        """Return the rows of a SELECT query as mere texts, in a third of the time: no terms of rdflib are made."""
        return [*self._rows(query, lambda value: (value.value, getattr(value, "language", None) or ""))]

    def _rows(self, query: str, made: Callable[[Any], T]) -> list[dict[str, T]]:
        try:
            found = self._store.query(query)
            names = [variable.value for variable in found.variables]  # type: ignore[union-attr]
            return [
                {name: made(value) for name, value in zip(names, row, strict=True) if value is not None}
                for row in found  # type: ignore[union-attr]
            ]
        except (SyntaxError, ValueError, OSError) as error:
            raise QueryError(f"The graph could not answer a query: {error}", query) from error

    @classmethod
    def open(cls, path: Path, at_most: int = 0) -> EmbeddedGraph:
        """Open the compiled store in that folder, read-only: any number of processes may.

        A store of at most `at_most` triples is copied into memory, where queries run two to seven times as fast.
        """
        on_disk = pyoxigraph.Store.read_only(str(path))
        if len(on_disk) > at_most:
            return cls(on_disk, in_memory=False)
        copy = pyoxigraph.Store()
        copy.bulk_extend(on_disk)
        return cls(copy, in_memory=True)

    @classmethod
    def parse(cls, *files: Path) -> EmbeddedGraph:
        """Read Turtle files into memory. Raises PackError with the file and the line of the first fault."""
        store = pyoxigraph.Store()
        for path in files:
            load_turtle(store, path)
        return cls(store, in_memory=True)


def _term(value: Any) -> Node:
    """Return a term of the engine as one of rdflib's."""
    if isinstance(value, pyoxigraph.NamedNode):
        return URIRef(value.value)
    if isinstance(value, pyoxigraph.BlankNode):
        return BNode(value.value)
    datatype = None if value.language else URIRef(value.datatype.value)
    return Literal(value.value, lang=value.language, datatype=None if datatype == XSD.string else datatype)


def load_turtle(store: pyoxigraph.Store, path: Path) -> None:
    """Load a Turtle file into a store. Raises PackError with the file and the line of the first fault."""
    try:
        store.bulk_load(path=str(path), format=pyoxigraph.RdfFormat.TURTLE)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        where = f"{path.name}, line {line}" if line else path.name
        raise PackError(
            f"{where}: this is no valid Turtle: {error}", f"Mend {path} and start again."
        ) from error
