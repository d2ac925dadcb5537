"""Figures for Prometheus: turns, latencies, sessions, the line, requests and errors. No text, no ids."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

from chatrec.dialogue.values import Turn

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """The figures of one service.

    Args:
        sessions: returns how many sessions are kept.
        waiting: returns how many messages are being answered or wait for it.
    """

    def __init__(self, sessions: Callable[[], int], waiting: Callable[[], int]) -> None:
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self._turns = Counter("chatrec_turns", "Turns answered.", ["intent", "language"], registry=registry)
        self._stages = Histogram(
            "chatrec_stage_seconds",
            "Time of a turn by stage.",
            ["stage"],
            buckets=_SECONDS,
            registry=registry,
        )
        self._requests = Counter(
            "chatrec_requests", "Requests by route.", ["method", "route", "status"], registry=registry
        )
        self._seconds = Histogram(
            "chatrec_request_seconds", "Time of a request.", ["route"], buckets=_SECONDS, registry=registry
        )
        self.errors = Counter("chatrec_errors", "Replies that failed.", registry=registry)
        self._gauge("chatrec_sessions", "Sessions in memory.", sessions)
        self._gauge("chatrec_queue_length", "Messages being answered or waiting for it.", waiting)

    def _gauge(self, name: str, about: str, value: Callable[[], int]) -> None:
        Gauge(name, about, registry=self.registry).set_function(value)

    def turn(self, turn: Turn) -> None:
        """Count a turn and book its stages."""
        self._turns.labels(turn.intent, turn.language).inc()
        for stage, ms in turn.timings_ms.items():
            self._stages.labels(stage).observe(ms / 1000)

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request. `route` is the pattern of the path, so that the number of series is bounded."""
        self._requests.labels(method, route, status).inc()
        self._seconds.labels(route).observe(seconds)

    def text(self) -> bytes:
        """Return all figures in Prometheus' text format."""
        return generate_latest(self.registry)
