"""How fast a list is ranked: all items of a synthetic catalogue are candidates, after drawn likes, dislikes and wishes."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from chatrec.dialogue.values import State
from chatrec.grounding.benchmark import percentiles, wishes
from chatrec.grounding.graph import EmbeddedGraph
from chatrec.grounding.pack import Pack
from chatrec.grounding.ranking.listing import rank
from chatrec.grounding.ranking.of_pack import pack_space
from chatrec.grounding.schema import read_schema, weight_path
from chatrec.grounding.synthetic import write_catalogue

_WARM = 5
_SIZE = 5


def bench_rank(items: int, runs: int, seed: int = 0) -> dict[str, float]:
    """Return the seconds to make a catalogue ready, and percentiles of ranking all of its items, in milliseconds.

    The time of a run holds all that `rank` does: features, network, diversity, and the reasons with their facts. `cpu_p95_ms`
    counts this process alone, however busy the machine is.
    """
    with tempfile.TemporaryDirectory(prefix="chatrec-bench-") as name:
        pack = _pack(write_catalogue(Path(name) / "catalogue", items))
    start = time.perf_counter()
    found = list(map(pack_space(pack).catalogue.name, range(items)))
    ready_s = time.perf_counter() - start
    wall, cpu = [], []
    for state in _states(found, runs + _WARM, seed):
        clocks = time.perf_counter(), time.process_time()
        rank(pack, found, state, _SIZE)
        wall.append(1000 * (time.perf_counter() - clocks[0]))
        cpu.append(1000 * (time.process_time() - clocks[1]))
    figures = percentiles(wall[_WARM:])
    cpu_p95 = percentiles(cpu[_WARM:])["p95_ms"]
    return {"items": items, "runs": runs, "ready_s": round(ready_s, 1), **figures, "cpu_p95_ms": cpu_p95}


def _pack(folder: Path) -> Pack:
    graph = EmbeddedGraph.parse(*sorted(folder.glob("*.ttl")))
    return Pack("synthetic", graph, read_schema(graph, "synthetic"), weight_path(graph))


def _states(found: list[str], count: int, seed: int) -> Iterator[State]:
    """Draw what was said: up to three likes, two dislikes, and two or three wishes."""
    draw = random.Random(seed)
    for wished in wishes(len(found), count, seed):
        likes, dislikes = (tuple(draw.sample(found, draw.randint(0, most))) for most in (3, 2))
        yield State(constraints=wished, likes=likes, dislikes=dislikes)
