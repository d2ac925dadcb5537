"""A knowledge pack: a folder of RDF. Its shapes are the schema; the rest is read from the graph.

A pack is compiled once (parsed, validated by its own shapes with pyshacl, loaded into an Oxigraph store) and kept in
the cache under the hash of its files, so that a second start only opens the store. Where the setting `endpoint` names a
SPARQL endpoint the data is there; the schema is read from the folder's shapes all the same.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pyoxigraph
from filelock import FileLock
from rdflib import Graph as RdfGraph
from rdflib import URIRef

from chatrec.config import knowledge_dir, settings
from chatrec.dialogue.context import Occasion
from chatrec.dialogue.slots import Schema
from chatrec.dialogue.values import Entry, Item
from chatrec.errors import PackError
from chatrec.grounding.graph import EmbeddedGraph, Graph, load_turtle, render_query
from chatrec.grounding.occasions import read_occasions
from chatrec.grounding.schema import (
    read_broader,
    read_entries,
    read_items,
    read_schema,
    read_weights,
    weight_path,
)
from chatrec.grounding.welcome import Welcome, read_welcome

_FORMAT = "1"
"""Part of every cache key: raise it when the compiled form changes."""
_KEPT_ITEMS = 10_000
"""Of so many items the facts are kept at most."""

Progress = Callable[[str], None]


def pack_dir(name: str) -> Path:
    """Return the folder of a pack, given by its name or a path. Raises PackError, naming the packs there are."""
    for path in (knowledge_dir() / name, Path(name)):
        if (path / "shapes.ttl").is_file():
            return path
    known = sorted(p.parent.name for p in knowledge_dir().glob("*/shapes.ttl"))
    raise PackError(
        f"There is no pack {name!r}.",
        f"A pack is a folder with a shapes.ttl. Known by name: {', '.join(known)}.",
    )


def _content_hash(folder: Path) -> str:
    digest = hashlib.sha256(_FORMAT.encode())
    for path in sorted(folder.glob("*.ttl")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:24]


def validate(folder: Path) -> None:
    """Check a pack against its own shapes with pyshacl. Raises PackError that lists node, property, value and rule."""
    from pyshacl import validate as shacl  # slow to import and needed only when a pack has changed

    data, shapes = RdfGraph(), RdfGraph()
    shapes.parse(folder / "shapes.ttl")
    for path in sorted(folder.glob("*.ttl")):
        if path.name != "shapes.ttl":
            data.parse(path)
    conforms, report, _ = shacl(data, shacl_graph=shapes, inference="none", advanced=False)
    if not conforms:
        raise PackError(
            f"The pack {folder.name} breaks its own shapes:\n{_violations(report)}",
            f"Mend the named nodes in {folder} (or the rule in shapes.ttl) and start again.",
        )


def _violations(report: RdfGraph, limit: int = 10) -> str:
    """Write the violations of a SHACL report, one a line, at most `limit` of them."""
    sh = "http://www.w3.org/ns/shacl#"
    lines = []
    for result in report.objects(predicate=URIRef(f"{sh}result")):
        node, path, value, text = (
            report.value(result, URIRef(f"{sh}{key}"))
            for key in ("focusNode", "resultPath", "value", "resultMessage")
        )
        found = "" if value is None else f", value {value}"
        lines.append(f"  {node}, property {path}{found}: {text}")
    lines.sort()
    more = [f"  … and {len(lines) - limit} more"] if len(lines) > limit else []
    return "\n".join(lines[:limit] + more)


def compile_pack(folder: Path, progress: Progress | None = None) -> Path:
    """Validate and load a pack unless that was done before; return the folder of its store.

    Two processes may start at once: one compiles, the other waits. The store appears whole or not at all.
    """
    cache = settings().cache_dir / "packs"
    target = cache / f"{folder.name}-{_content_hash(folder)}"
    if target.is_dir():
        return target
    cache.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{target}.lock"):
        if not target.is_dir():
            if progress:
                progress(f"Compiling the knowledge pack {folder.name} (once)")
            _compile(folder, target)
    return target


def _compile(folder: Path, target: Path) -> None:
    partial = Path(tempfile.mkdtemp(prefix=f"{target.name}.", dir=target.parent))
    try:
        store = pyoxigraph.Store(str(partial / "store"))
        for path in sorted(folder.glob("*.ttl")):
            load_turtle(store, path)
        validate(folder)
        store.optimize()
        store.flush()
        del store
        (partial / "store").replace(target)
    except OSError as error:
        raise PackError(
            f"The pack {folder.name} could not be compiled: {error}",
            f"Make room in {target.parent}, or set CHATREC_CACHE_DIR to a folder with room.",
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


@dataclass(frozen=True, eq=False)
class Pack:
    """A pack in use: its graph and what was read from it."""

    name: str
    graph: Graph
    schema: Schema
    weight: URIRef
    welcome: Welcome = field(default_factory=Welcome)

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """Every label that a user may type, in every language."""
        return read_entries(self.graph, self.schema, self.weights)

    @cached_property
    def weights(self) -> dict[str, float]:
        """How well known each item and each value is."""
        return read_weights(self.graph, self.schema, self.weight)

    @cached_property
    def occasions(self) -> tuple[Occasion, ...]:
        """The occasions that some value of the pack fits."""
        return read_occasions(self.graph, self.entries)

    @cached_property
    def broader(self) -> dict[str, set[str]]:
        """All concepts that are broader than a concept, however far."""
        return read_broader(self.graph)

    @cached_property
    def _narrower(self) -> dict[str, set[str]]:
        narrower: dict[str, set[str]] = defaultdict(set)
        for concept, above in self.broader.items():
            for other in above:
                narrower[other].add(concept)
        return dict(narrower)

    def with_narrower(self, iri: str) -> tuple[str, ...]:
        """Return a concept and all that are narrower, however far."""
        return (iri, *sorted(self._narrower.get(iri, set()) - {iri}))

    def items(self, iris: tuple[str, ...]) -> tuple[Item, ...]:
        """Return the items with all their facts, in the order given; unknown ones are left out."""
        kept = {iri: item for iri in iris if (item := self._read.get(iri))}
        missing = tuple(iri for iri in iris if iri not in kept)
        read = {item.iri: item for item in read_items(self.graph, self.schema, self.weights, missing)}
        if len(self._read) > _KEPT_ITEMS:
            self._read.clear()
        self._read.update(read)
        found = kept | read
        return tuple(found[iri] for iri in dict.fromkeys(iris) if iri in found)

    @cached_property
    def _read(self) -> dict[str, Item]:
        """The items that were read lately: a turn asks for the same ones several times."""
        return {}


def open_pack(name: str | None = None, progress: Progress | None = None) -> Pack:
    """Open a pack by name or path (the setting `pack` where none is given), compiling it if it is new or changed.

    With the setting `endpoint` the data is asked for there, and nothing is compiled.
    """
    folder = pack_dir(name or settings().pack)
    if settings().endpoint:
        return _open_remote(folder, settings().endpoint)
    graph = EmbeddedGraph.open(compile_pack(folder, progress), settings().memory_triples)
    return Pack(folder.name, graph, read_schema(graph, folder.name), weight_path(graph), read_welcome(graph))


def _open_remote(folder: Path, endpoint: str) -> Pack:
    """Open a pack whose data an endpoint holds. Raises PackError where it holds no item of the pack."""
    from chatrec.grounding.remote import RemoteGraph  # its client is slow to import and seldom needed

    shapes = EmbeddedGraph.parse(folder / "shapes.ttl")
    graph = RemoteGraph(endpoint, settings().query_seconds)
    schema = read_schema(shapes, folder.name)
    if not graph.select(render_query("any_item", item_class=URIRef(schema.item_class))):
        raise PackError(
            f"The SPARQL endpoint {graph.address} holds no {schema.item_class}.",
            f"Load the data of the pack {folder.name} there, or mend CHATREC_ENDPOINT (see docs/stores.md).",
        )
    return Pack(folder.name, graph, schema, weight_path(shapes), read_welcome(shapes))
