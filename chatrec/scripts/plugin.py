"""A pytest plugin: collects dialogue scripts as tests, one a dialogue.

Collected are `*.dialogue.yaml`, and every `*.yaml` in a folder `dialogues` below a folder `tests`. Each test
has the marker `dialogue`. This module is loaded in every run of pytest, so the heavy imports wait.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from chatrec.scripts.format import Script
    from chatrec.scripts.talks import Engines

_ENGINES: pytest.StashKey[Engines] = pytest.StashKey()


class DialogueFailedError(Exception):
    """A dialogue did not bring what its script expects; the text says what, where and after which turns."""


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line(
        "markers", "dialogue: a scripted dialogue; it opens a pack and the language model"
    )


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.File | None:
    """Collect a file that is a dialogue script."""
    return DialogueFile.from_parent(parent, path=file_path) if is_script(file_path) else None


def is_script(path: Path) -> bool:
    """Tell by its name and place whether a file is a dialogue script."""
    if path.suffix not in (".yaml", ".yml"):
        return False
    folders = path.parts[:-1]
    return path.stem.endswith(".dialogue") or ("tests", "dialogues") in pairwise(folders)


class DialogueFile(pytest.File):
    """A script."""

    def collect(self) -> Iterator[pytest.Item]:
        """Yield its dialogues. Raises CollectError with the faults of the script."""
        from chatrec.errors import ScriptError
        from chatrec.scripts.format import load

        try:
            script = load(self.path)
        except ScriptError as error:
            raise self.CollectError(str(error)) from error
        for index, dialogue in enumerate(script.dialogues):
            yield DialogueItem.from_parent(self, name=dialogue.name, script=script, index=index)


class DialogueItem(pytest.Item):
    """A dialogue. `engines` answer it: those of this run of pytest, unless a conftest gives it others."""

    def __init__(self, *, script: Script, index: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.script, self.index = script, index
        self.engines = _engines(self.config)
        self.add_marker("dialogue")

    def runtest(self) -> None:
        """Run the dialogue. Raises DialogueFailedError."""
        from chatrec.scripts.report import explain, first_fault
        from chatrec.scripts.runner import run_dialogue

        result = run_dialogue(self.script, self.index, self.engines)
        for turn in result.turns:
            for note in turn.notes:
                self.warn(pytest.PytestWarning(f"line {turn.line}: {note}"))
        if not result.passed:
            raise DialogueFailedError(f"{first_fault(result)}\n{explain(result)}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Write a failed dialogue, or an error that is meant to be read, without a traceback."""
        from chatrec.errors import ChatrecError

        if isinstance(excinfo.value, DialogueFailedError | ChatrecError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return the file, the line (from 0) and the name."""
        return self.path, self.script.line("dialogues", self.index) - 1, self.name


def _engines(config: pytest.Config) -> Engines:
    """Return the engines of this run of pytest: each is opened once."""
    from chatrec.scripts.talks import Engines

    return config.stash.setdefault(_ENGINES, Engines())
