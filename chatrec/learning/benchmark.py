"""How fast a turn is: latency by stage over sessions drawn from the pack, on the machine it runs on."""

from __future__ import annotations

import random
import resource
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import psutil

from chatrec.dialogue.values import State, Turn
from chatrec.learning.llama import LlamaCpp
from chatrec.learning.messages import Messages
from chatrec.turn import Engine

_TURNS = 4
"""Turns a session."""


def bench_turn(
    engine: Engine,
    count: int,
    seed: int = 0,
    report: Callable[[int], None] | None = None,
    peer: Callable[[], LlamaCpp] | None = None,
) -> dict[str, Any]:
    """Run `count` turns, half of them in each language, after a warm-up; return latencies in milliseconds.

    `start_s` is the time from the start of this process to the first reply. With a peer, `llama_cpp_ratio` is the time
    that our replies took to write, by that of llama.cpp for as many tokens after the same message, turn about.
    """
    schema = engine.pack.schema
    messages = Messages(schema, engine.pack.entries)
    rng = random.Random(seed)
    _answered(engine, next(messages.session(schema.languages[0], 1, rng)), State())
    start_s = time.time() - psutil.Process().create_time()
    rival = peer() if peer else None
    turns: list[Turn] = []
    theirs: list[float | None] = []
    warm = 2 * _TURNS
    while len(turns) < count + warm:
        language = schema.languages[len(turns) // _TURNS % len(schema.languages)]
        state = State()
        for message in messages.session(language, _TURNS, rng):
            turn = _answered(engine, message, state)
            state = turn.state
            turns.append(turn)
            theirs.append(_by_peer(engine, turn, rival))
            if report:
                report(min(len(turns), count))
    counted = turns[warm : warm + count]
    return {
        **_figures(counted),
        "tokens_per_s": _tokens_per_s(engine, counted),
        "llama_cpp_ratio": _ratio(counted, theirs[warm : warm + count]),
        "start_s": round(start_s, 1),
    }


def _by_peer(engine: Engine, turn: Turn, peer: LlamaCpp | None) -> float | None:
    """Return how long the peer takes to write as much, in seconds; None without a peer or where no model wrote."""
    if peer is None or engine.replier.writer is None:
        return None
    tokens = engine.replier.writer.tokens(turn.reply)
    return peer.seconds(f"{turn.language} {turn.intent}\n{turn.user}\n", tokens)


def _ratio(turns: Sequence[Turn], theirs: Sequence[float | None]) -> float | None:
    pairs = [
        (turn.timings_ms["generate"] / 1000, other)
        for turn, other in zip(turns, theirs, strict=True)
        if other is not None
    ]
    return round(sum(ours for ours, _ in pairs) / sum(other for _, other in pairs), 3) if pairs else None


def _answered(engine: Engine, message: str, state: State) -> Turn:
    *_, last = engine.turn(message, state)
    if not isinstance(last, Turn):
        raise TypeError("the last piece of a turn is the turn")
    return last


def _figures(turns: Sequence[Turn]) -> dict[str, Any]:
    stages: dict[str, list[float]] = defaultdict(list)
    for turn in turns:
        for stage, ms in turn.timings_ms.items():
            stages[stage].append(ms)
    return {
        "turns": len(turns),
        "first_token_ms": percentiles(stages.pop("first_token")),
        "reply_ms": percentiles(stages.pop("total")),
        "stages_ms": {stage: percentiles(values) for stage, values in stages.items()},
        "rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def _tokens_per_s(engine: Engine, turns: Sequence[Turn]) -> float | None:
    """Return how many tokens of the base's tokenizer the replies hold for each second of writing them."""
    if engine.replier.writer is None:
        return None
    seconds = sum(turn.timings_ms["generate"] for turn in turns) / 1000
    return round(sum(engine.replier.writer.tokens(turn.reply) for turn in turns) / max(seconds, 1e-9), 1)


def percentiles(values: Sequence[float]) -> dict[str, float]:
    """Return the median and the 95th percentile."""
    ordered = sorted(values)
    return {
        "p50": round(ordered[len(ordered) // 2], 1),
        "p95": round(ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))], 1),
    }
