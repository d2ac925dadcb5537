"""One world and one engine of the real movies pack for all tests of the simulation."""

from __future__ import annotations

import pytest

from chatrec.grounding.pack import Pack
from chatrec.learning.simulation.study import plain_engine
from chatrec.learning.simulation.world import World
from chatrec.turn import Engine


@pytest.fixture(scope="session")
def world(movies: Pack) -> World:
    """What is true of the films."""
    return World.of(movies)


@pytest.fixture(scope="session")
def engine(movies: Pack) -> Engine:
    """The real engine with plain replies."""
    return plain_engine(movies)
