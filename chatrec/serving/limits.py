"""How much one client may ask: a token bucket for each address."""

from __future__ import annotations

import time
from collections.abc import Callable
from ipaddress import ip_address

_MOST_CLIENTS = 10_000


class Buckets:
    """A bucket of tokens for each client: a request takes one, and they come back at a steady pace.

    Args:
        per_minute: tokens that come back in a minute; 0 means no limit.
        burst: tokens that a full bucket holds.
        clock: returns seconds; a test may move it.
    """

    def __init__(self, per_minute: int, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._pace, self._burst, self._clock = per_minute / 60, burst, clock
        self._buckets: dict[str, tuple[float, float]] = {}  # tokens and when they were counted, oldest first

    def take(self, client: str) -> float:
        """Take a token; return 0, or in how many seconds there will be one."""
        if not self._pace:
            return 0.0
        key, now = network(client), self._clock()
        tokens, counted = self._buckets.pop(key, (float(self._burst), now))
        tokens = min(self._burst, tokens + self._pace * (now - counted))
        allowed = tokens >= 1
        self._buckets[key] = (tokens - allowed, now)
        if len(self._buckets) > _MOST_CLIENTS:
            del self._buckets[next(iter(self._buckets))]
        return 0.0 if allowed else (1 - tokens) / self._pace


def network(client: str) -> str:
    """Return what one client is known by: an IPv4 address, or the first half of an IPv6 one."""
    try:
        address = ip_address(client)
    except ValueError:
        return client
    return client if address.version == 4 else address.exploded[:19]
