"""schema.org JSON-LD: a file, a folder of files, or an HTML page that carries it; also a plain JSON list of objects.

The documents are read as RDF by rdflib. No context is fetched: a remote one is taken to be schema.org's, whose terms all lie in
one vocabulary.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from rdflib import RDF, Graph, URIRef
from rdflib.term import Identifier, Literal, Node

from chatrec.errors import InputError
from chatrec.grounding.importing.jsonlines import flatten
from chatrec.grounding.importing.sources import Source
from chatrec.grounding.importing.text import clean
from chatrec.grounding.importing.values import Record, Reject

_SCHEMA = "https://schema.org/"
_SCHEMAS = (_SCHEMA, "http://schema.org/")
_FRAMED = """ItemList ListItem BreadcrumbList WebSite WebPage CollectionPage SearchAction ReadAction Organization
ImageObject Offer AggregateOffer AggregateRating Rating Review Person Brand Country OfferCatalog DataFeed DataFeedItem"""
_FRAMES = frozenset(_FRAMED.split())
"""Classes whose nodes frame or describe items."""
_SUFFIXES = (".json", ".jsonld", ".html", ".htm")
_DEEPEST = 3


class JsonLdSource(Source):
    """JSON-LD documents."""

    def __init__(self, path: Path) -> None:
        files = (
            sorted(p for p in path.rglob("*") if p.suffix.lower() in _SUFFIXES) if path.is_dir() else [path]
        )
        super().__init__(path.resolve().name if path.is_dir() else path.stem, len(files))
        self.path, self.files = path, files

    def stream(self) -> Iterator[Record | Reject]:
        """Yield one record an item; its line counts the items. Raises InputError where there is no document."""
        if not self.files:
            raise InputError(f"{self.path} holds no JSON-LD.", f"Looked for: {', '.join(_SUFFIXES)}.")
        count = 0
        for file in self.files:
            self.position += 1
            for found in self._of_file(file):
                count += 1
                yield found if isinstance(found, Reject) else Record(count, found)

    def _of_file(self, file: Path) -> Iterator[dict[str, tuple[str, ...]] | Reject]:
        text = file.read_bytes().decode("utf-8-sig", "replace")
        documents = scripts(text) if file.suffix.lower() in (".html", ".htm") else [text]
        for document in documents:
            try:
                data = json.loads(document)
                fields = [flatten(entry) for entry in data] if _is_plain(data) else self._items(data)
            except Exception as error:  # rdflib raises many kinds for what is no JSON-LD
                reason = f"no valid JSON-LD: {type(error).__name__}"
                yield Reject(0, file.name, clean(document[:200]), reason)
                continue
            yield from fields

    def _items(self, data: Any) -> list[dict[str, tuple[str, ...]]]:
        graph = Graph()
        graph.parse(data=json.dumps(_localised(_based(data))), format="json-ld")
        classes = Counter(name for node in _roots(graph) for name in _classes(graph, node))
        if classes and not self.item_class:
            self.item_class = min(classes, key=lambda name: (-classes[name], name))
        return [fields for node in _roots(graph) if (fields := _fields(graph, node, 0))]


class _Scripts(HTMLParser):
    """Collects the scripts of the type application/ld+json."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        kind = (dict(attrs).get("type") or "").split(";")[0].strip().lower()
        if tag == "script" and kind == "application/ld+json":
            self._open = True
            self.found.append("")

    def handle_endtag(self, tag: str) -> None:
        self._open = self._open and tag != "script"

    def handle_data(self, data: str) -> None:
        if self._open:
            self.found[-1] += data


def scripts(html: str) -> list[str]:
    """Return the JSON-LD documents of an HTML page."""
    parser = _Scripts()
    parser.feed(html)
    return [text for text in parser.found if text.strip()]


def _is_plain(data: Any) -> bool:
    """Say whether this is a list of objects without anything of JSON-LD."""
    return isinstance(data, list) and all(
        isinstance(entry, dict) and not any(key.startswith("@") for key in entry) for entry in data
    )


def _based(data: Any) -> Any:
    """Give a document without a context that of schema.org."""
    if isinstance(data, list):
        return [_based(entry) for entry in data]
    return (
        {"@context": {"@vocab": _SCHEMA}, **data}
        if isinstance(data, dict) and "@context" not in data
        else data
    )


def _localised(data: Any) -> Any:
    """Replace every remote context by the vocabulary of schema.org, so that nothing is fetched."""
    if isinstance(data, list):
        return [_localised(entry) for entry in data]
    if not isinstance(data, dict):
        return data
    return {
        key: _context(value) if key == "@context" else _localised(value)
        for key, value in data.items()
        if key != "@import"
    }


def _context(value: Any) -> Any:
    if isinstance(value, list):
        return [_context(entry) for entry in value]
    if isinstance(value, dict):
        return {key: _localised(entry) for key, entry in value.items() if key != "@import"}
    return {"@vocab": _SCHEMA, "schema": _SCHEMA} if isinstance(value, str) else value


def _local(iri: Node) -> str:
    text = str(iri)
    return next((text.removeprefix(base) for base in _SCHEMAS if text.startswith(base)), text)


def _classes(graph: Graph, node: Node) -> list[str]:
    return [_local(kind) for kind in graph.objects(node, RDF.type)]


def _roots(graph: Graph) -> list[Node]:
    """Return the nodes that are items: typed, no frame, and not part of another such node."""
    typed = {node for node in graph.subjects(RDF.type) if not _FRAMES.intersection(_classes(graph, node))}
    parts = {value for node in typed for value in graph.objects(node) if value in typed and value != node}
    return sorted(typed - parts or typed, key=lambda node: _sort_key(graph, node))


def _sort_key(graph: Graph, node: Node) -> tuple[str, str]:
    """Order nodes by name, since blank nodes are numbered at random."""
    described = sorted(f"{p} {o}" for p, o in graph.predicate_objects(node) if isinstance(o, Literal))
    return str(graph.value(node, URIRef(f"{_SCHEMA}name")) or ""), "\n".join(described)


def _fields(graph: Graph, node: Node, depth: int) -> dict[str, tuple[str, ...]]:
    """Return the values of a node by header; a node that has a name stands for it, others become `offers.price`."""
    found: dict[str, set[str]] = defaultdict(set)
    for property_, value in graph.predicate_objects(node):
        for header, text in _values(graph, _local(property_), value, depth):
            if property_ != RDF.type and (text := clean(text)):
                found[header].add(text)
    return {header: tuple(sorted(values)) for header, values in sorted(found.items())}


def _values(graph: Graph, header: str, value: Node, depth: int) -> Iterable[tuple[str, str]]:
    if isinstance(value, Literal):
        suffix = f":{value.language[:2]}" if value.language else ""
        return [(f"{header}{suffix}", str(value))]
    named = list(graph.objects(value, URIRef(f"{_SCHEMA}name")))
    if named:
        return [pair for name in named for pair in _values(graph, header, name, depth)]
    if depth < _DEEPEST and (value, None, None) in graph:
        inner = _fields(graph, value, depth + 1)
        return [(f"{header}.{name}", text) for name, texts in inner.items() for text in texts]
    return [(header, str(value))] if isinstance(value, Identifier) and isinstance(value, URIRef) else []
