"""What is judged (a turn and what came before it) and how a judgement that fails reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from chatrec.dialogue.values import Act, Constraint, Item, Turn
from chatrec.grounding.pack import Pack
from chatrec.scripts.labels import Labels, labels_of


@dataclass(frozen=True, slots=True)
class Failure:
    """An expectation that was not met. `check` is its key in the script, e.g. `items.all.genre`, `line` where it stands."""

    check: str
    expected: str
    got: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Moment:
    """A turn (with the state after it), the earlier turns of its dialogue, and the pack."""

    turn: Turn
    earlier: tuple[Turn, ...]
    pack: Pack

    @property
    def labels(self) -> Labels:
        """The labels of the pack."""
        return labels_of(self.pack)

    @property
    def items(self) -> tuple[Item, ...]:
        """The items that the turn shows, as the graph (not the turn) describes them."""
        return self.pack.items(tuple(candidate.item.iri for candidate in self.turn.candidates))

    def name(self, item: Item) -> str:
        """Return what an item is called in the language of the reply."""
        return item.name(self.pack.schema.name_slot.name, self.turn.language).label(self.turn.language)


def act_text(act: Act) -> str:
    """Write an act: `inform(year > 2014)`, `ask(director ?)`, `inform(genre = horror, dislike)`."""
    if act.slot is None:
        return act.act if act.value is None else f"{act.act}({act.value})"
    return f"{act.act}({_wish_text(act)})"


def _wish_text(wish: Act | Constraint) -> str:
    value = "" if wish.value is None else f" {wish.value}"
    return f"{wish.slot} {wish.op}{value}{'' if wish.polarity == 'like' else f', {wish.polarity}'}"


def acts_text(acts: Iterable[Act]) -> str:
    """Write the acts of a turn on one line."""
    return " · ".join(map(act_text, acts)) or "nothing"


def wishes_text(constraints: Iterable[Constraint]) -> str:
    """Write the wishes in force on one line."""
    return " · ".join(map(_wish_text, constraints)) or "none"
