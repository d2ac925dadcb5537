"""Turtle: triples grouped by subject, in a fixed order, so that the same catalogue gives the same bytes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from rdflib import RDF, XSD
from rdflib.term import Literal, Node, URIRef

from chatrec.grounding.schema import VOCABULARY

Triple = tuple[URIRef, URIRef, Node]

PREFIXES = {
    "chatrec": VOCABULARY,
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": str(RDF),
    "schema": "https://schema.org/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": str(XSD),
}
_LOCAL = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})


def quoted(text: str) -> str:
    """Return a text as a Turtle string."""
    return f'"{text.translate(_ESCAPES)}"'


def head(comment: str) -> str:
    """Return the beginning of a file: a comment and the prefixes."""
    lines = [f"# {line}" for line in comment.splitlines()]
    return "\n".join([*lines, "", *(f"@prefix {name}: <{iri}> ." for name, iri in PREFIXES.items()), "\n"])


def write(triples: Iterable[Triple]) -> Iterator[str]:
    """Yield the triples as Turtle, one subject a block; those of a subject must follow one another."""
    current: URIRef | None = None
    for subject, predicate, object_ in triples:
        statement = "a" if predicate == RDF.type else _term(predicate)
        if subject == current:
            yield f" ;\n    {statement} {_term(object_)}"
        else:
            yield f"{'' if current is None else ' .'}\n\n{_term(subject)} {statement} {_term(object_)}"
        current = subject
    if current is not None:
        yield " .\n"


def _term(term: Node) -> str:
    if isinstance(term, Literal):
        return _literal(term)
    text = str(term)
    for prefix, namespace in PREFIXES.items():
        if text.startswith(namespace) and _LOCAL.fullmatch(text, len(namespace)):
            return f"{prefix}:{text[len(namespace) :]}"
    return f"<{text}>"


def _literal(term: Literal) -> str:
    if term.language:
        return f"{quoted(str(term))}@{term.language}"
    if term.datatype == XSD.integer:
        return str(term)
    return quoted(str(term)) + (
        f"^^{_term(term.datatype)}" if term.datatype not in (None, XSD.string) else ""
    )
