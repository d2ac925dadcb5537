"""What came of running scripts: results by turn, by dialogue, and of the whole run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from chatrec.dialogue.values import Turn
from chatrec.scripts.moment import Failure


@dataclass(frozen=True, slots=True)
class TurnResult:
    """One turn of a script as it ran.

    Attributes:
        user: what was said, or which button of which item was pressed.
        turn: what the engine made of it; None for a button.
        items: IRI and name of each item that was shown.
        failures: the expectations that were not met.
        notes: what the writer of the script should know although nothing failed.
        error: what went wrong in the engine, if it broke.
        number: its place in the dialogue, from 1.
        line: where it stands in the file.
    """

    user: str
    turn: Turn | None = None
    items: tuple[tuple[str, str], ...] = ()
    failures: tuple[Failure, ...] = ()
    notes: tuple[str, ...] = ()
    error: str = ""
    number: int = 0
    line: int = 0

    @property
    def passed(self) -> bool:
        """Whether it ran and met all expectations."""
        return not (self.failures or self.error)


@dataclass(frozen=True, slots=True)
class DialogueResult:
    """One dialogue as it ran; after an error its later turns are not run."""

    path: Path
    line: int
    name: str
    turns: tuple[TurnResult, ...]
    seconds: float

    @property
    def passed(self) -> bool:
        """Whether all turns passed."""
        return all(turn.passed for turn in self.turns)

    @property
    def error(self) -> str:
        """What broke in the engine, if anything did."""
        return next((turn.error for turn in self.turns if turn.error), "")


@dataclass(frozen=True, slots=True)
class Report:
    """A whole run, and the seed of what was drawn in it. It is true when every dialogue passed."""

    dialogues: tuple[DialogueResult, ...]
    seed: int = 0

    @property
    def passed(self) -> bool:
        """Whether every dialogue passed."""
        return all(dialogue.passed for dialogue in self.dialogues)

    def __bool__(self) -> bool:
        return self.passed

    @property
    def exit_code(self) -> int:
        """0 when every dialogue passed, else 1."""
        return 0 if self.passed else 1

    @property
    def seconds(self) -> float:
        """How long the dialogues took."""
        return sum(dialogue.seconds for dialogue in self.dialogues)
