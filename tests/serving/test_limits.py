"""A client may ask often, but not for ever at once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chatrec.serving.limits import Buckets, network


class Clock:
    """A clock that a test moves."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_is_served_and_then_the_steady_pace() -> None:
    clock = Clock()
    buckets = Buckets(per_minute=60, burst=3, clock=clock)
    assert [buckets.take("1.2.3.4") for _ in range(4)] == [0, 0, 0, 1]
    clock.now = 1.0
    assert buckets.take("1.2.3.4") == 0
    assert buckets.take("1.2.3.4") == 1


def test_clients_do_not_use_up_each_others_tokens() -> None:
    buckets = Buckets(per_minute=60, burst=1, clock=Clock())
    assert buckets.take("1.2.3.4") == 0
    assert buckets.take("5.6.7.8") == 0


def test_no_limit_is_a_setting() -> None:
    buckets = Buckets(per_minute=0, burst=1)
    assert not any(buckets.take("1.2.3.4") for _ in range(100))


def test_one_network_is_one_client() -> None:
    assert network("2001:db8::1") == network("2001:db8::ffff")
    assert network("2001:db8::1") != network("2001:db8:0:1::1")
    assert network("1.2.3.4") != network("1.2.3.5")


@given(st.lists(st.floats(0, 10), max_size=200), st.integers(1, 600), st.integers(1, 20))
def test_never_more_than_the_burst_and_the_pace(waits: list[float], per_minute: int, burst: int) -> None:
    clock = Clock()
    buckets, served = Buckets(per_minute, burst, clock), 0
    for wait in waits:
        clock.now += wait
        served += buckets.take("1.2.3.4") == 0
    assert served <= burst + clock.now * per_minute / 60 + 1e-6
