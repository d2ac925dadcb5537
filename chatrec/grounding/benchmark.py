"""How fast the constraint query is: one synthetic catalogue in memory, on disk, served, and in plain rdflib.

Every store is measured in a process of its own, so that its memory is its own too, with the same drawn wishes; the
answers are compared.
"""

from __future__ import annotations

import hashlib
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import psutil
import pyoxigraph
from rdflib.plugins.stores.memory import Memory

from chatrec.dialogue.values import Constraint
from chatrec.grounding.candidates import find
from chatrec.grounding.graph import EmbeddedGraph, Graph, load_turtle
from chatrec.grounding.pack import Pack
from chatrec.grounding.remote import RemoteGraph
from chatrec.grounding.schema import read_schema, weight_path
from chatrec.grounding.served import oxigraph_server, server_binary
from chatrec.grounding.synthetic import NAMESPACE, draw_values, write_catalogue

STORES = ("memory", "disk", "served", "rdflib")
_RDFLIB_ITEMS = 200_000
"""Plain rdflib is not loaded with more items: it takes minutes and gigabytes."""
_COMPARED = 5
"""How many answers of each store are compared: the fewest that are measured."""
_SECONDS_A_STORE = 60.0
"""How long queries to one store may take: fewer are run where they are slow, as with plain rdflib."""
_SECONDS = 120.0
"""Time limit of one query to the server, far above what is measured."""

Report = Callable[[str], None]


@dataclass(frozen=True)
class Opened:
    """A store that is ready: its graph, how long that took, and the process that holds the data."""

    graph: Graph
    load_s: float
    process: psutil.Process


def bench_store(items: int, runs: int, report: Report | None = None) -> dict[str, Any]:
    """Measure every store with a catalogue of that many items; return figures in seconds, milliseconds and megabytes."""
    stores: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="chatrec-bench-") as name:
        folder = write_catalogue(Path(name) / "catalogue", items)
        if report:
            report("Loading the store on disk")
        triples, load_s = _apart(build, folder)
        for store in STORES:
            if reason := _unmeasured(store, items):
                stores[store] = {"skipped": reason}
                continue
            if report:
                report(f"Measuring: {store}")
            stores[store] = _apart(measure, store, folder, items, runs)
    stores["disk"]["load_s"] = load_s
    answers = {figures.pop("answers") for figures in stores.values() if "answers" in figures}
    return {"items": items, "triples": triples, "stores": stores, "same_answers": len(answers) == 1}


def _apart(task: Callable[..., Any], *arguments: Any) -> Any:
    """Run a function in a fresh process and return its result."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(task, *arguments).result()


def _unmeasured(store: str, items: int) -> str:
    """Say why a store is not measured; nothing where it is."""
    if store == "rdflib" and items > _RDFLIB_ITEMS:
        return f"not loaded with more than {_RDFLIB_ITEMS:,} items"
    if store == "served" and server_binary() is None:
        return "the server is not installed: pip install oxigraph"
    return ""


def build(folder: Path) -> tuple[int, float]:
    """Load a catalogue into a store on disk beside its files; return its triples and the seconds that took."""
    start = time.perf_counter()
    store = pyoxigraph.Store(str(folder / "store"))
    for path in sorted(folder.glob("*.ttl")):
        load_turtle(store, path)
    store.optimize()
    store.flush()
    seconds = time.perf_counter() - start
    return len(store), round(seconds, 1)


def measure(store: str, folder: Path, items: int, runs: int) -> dict[str, Any]:
    """Open a store, find candidates for drawn wishes and return the figures."""
    with _opened(store, folder) as opened:
        pack = _pack(folder, opened.graph)
        times, answers = _timed(pack, list(wishes(items, runs)))
        memory = opened.process.memory_info().rss / 2**20
    return {
        "load_s": round(opened.load_s, 1),
        "rss_mb": round(memory),
        **percentiles(times),
        "runs": len(times),
        "answers": hashlib.sha256(repr(answers[:_COMPARED]).encode()).hexdigest(),
    }


def _timed(pack: Pack, drawn: Sequence[Sequence[Constraint]]) -> tuple[list[float], list[tuple[str, ...]]]:
    """Return the milliseconds and the answers of queries, as many as fit into the time there is."""
    find(pack, drawn[0])  # reads the concepts, opens the connection
    end = time.monotonic() + _SECONDS_A_STORE
    times, answers = [], []
    for wish in drawn:
        start = time.perf_counter()
        answers.append(find(pack, wish).items)
        times.append((time.perf_counter() - start) * 1000)
        if len(times) >= _COMPARED and time.monotonic() > end:
            break
    return times, answers


@contextmanager
def _opened(store: str, folder: Path) -> Iterator[Opened]:
    own = psutil.Process()
    start = time.perf_counter()
    if store == "served":
        with oxigraph_server(folder / "store") as server:
            graph = RemoteGraph(server.url, _SECONDS)
            yield Opened(graph, time.perf_counter() - start, psutil.Process(server.process.pid))
        return
    opened = _embedded(store, folder)
    yield Opened(opened, time.perf_counter() - start, own)


def _embedded(store: str, folder: Path) -> Graph:
    files = sorted(folder.glob("*.ttl"))
    if store == "disk":
        return EmbeddedGraph.open(folder / "store")
    if store == "memory":
        return EmbeddedGraph.parse(*files)
    plain = Graph(Memory())
    for path in files:
        plain.rdf.parse(path)
    return plain


def _pack(folder: Path, graph: Graph) -> Pack:
    shapes = EmbeddedGraph.parse(folder / "shapes.ttl")
    return Pack("synthetic", graph, read_schema(shapes, "synthetic"), weight_path(shapes))


def wishes(items: int, count: int, seed: int = 1) -> Iterator[tuple[Constraint, ...]]:
    """Draw wishes as users combine them: two or three of a kind, a theme, a year and a maker to avoid."""
    draw = random.Random(seed)
    for _ in range(count):
        kind, theme, maker, year = draw_values(draw, items)
        after = Constraint("year", draw.choice((">", "<=")), year)
        pool = (_value("theme", theme), after, _value("maker", maker, "dislike"))
        yield (_value("kind", kind), *draw.sample(pool, draw.choice((1, 2))))


def _value(slot: str, name: str, polarity: Any = "like") -> Constraint:
    return Constraint(slot, "=", name, f"{NAMESPACE}{slot}:{name}", polarity)


def percentiles(times: Sequence[float]) -> dict[str, float]:
    """Return the median and the 95th percentile."""
    ordered = sorted(times)
    p95 = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    return {"p50_ms": round(statistics.median(ordered), 2), "p95_ms": round(p95, 2)}
