"""What a replier needs of whoever writes: a draft that grows by a sentence, and that can be taken back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from chatrec.generation.plan import Plan


@dataclass(frozen=True, slots=True)
class Draught:
    """A sentence as it was written: free words and pointers in turn (pointers at odd places), and its worst unit.

    `worst` is the lowest log-probability (nats) that the model gives one of its units among all units that replies use: the
    constraint allows wordings that the model finds absurd, and this tells; 0 where it is not known or cannot tell.
    `after` is the place behind it.
    """

    parts: tuple[str, ...]
    worst: float
    after: Any


class Drafting(Protocol):
    """A reply in the making."""

    @property
    def ended(self) -> bool:
        """Tell whether nothing can follow."""
        ...

    def mark(self) -> Any:
        """Remember this place; its `first` tells whether nothing stands before it."""
        ...

    def back(self, mark: Any) -> None:
        """Return to a place; what was written since is forgotten."""
        ...

    def sentence(self) -> Draught:
        """Write to the end of a sentence."""
        ...


class Drafter(Protocol):
    """Starts replies."""

    def draft(self, plan: Plan) -> Drafting | None:
        """Start the reply to a plan; None where none can be written under its licence."""
        ...

    def tokens(self, text: str) -> int:
        """Return how many tokens of the base a text has."""
        ...
