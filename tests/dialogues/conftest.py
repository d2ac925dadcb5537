"""Every sixth dialogue is answered by the language model, the others plainly: what is expected holds for both."""

from __future__ import annotations

import zlib
from dataclasses import replace
from pathlib import Path

import pytest

from chatrec.generation.reply import Replier
from chatrec.scripts.format import Script
from chatrec.scripts.plugin import DialogueItem
from chatrec.scripts.talks import Engines
from chatrec.turn import Engine

WRITTEN = 6
"""Of so many dialogues the model answers one."""


class PlainEngines(Engines):
    """The engines of a run, with plain replies."""

    def __init__(self, engines: Engines) -> None:
        super().__init__()
        self.engines = engines

    def engine(self, script: Script) -> Engine:
        """Return the engine of a script's pack; all but the replies is shared."""
        engine = self.engines.engine(script)
        assert isinstance(engine, Engine)
        return replace(engine, replier=Replier(engine.replier.guard))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Choose the dialogues of this folder that are answered plainly: always the same ones, by their names."""
    for item in items:
        if isinstance(item, DialogueItem) and item.path.parent == Path(__file__).parent:
            name = f"{item.path.name}::{item.name}"
            if zlib.crc32(name.encode()) % WRITTEN:
                item.engines = PlainEngines(item.engines)
