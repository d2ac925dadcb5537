"""Conversations as text, to be read by people who look for what went wrong."""

from __future__ import annotations

from chatrec.grounding.pack import Pack
from chatrec.learning.simulation.conversation import Exchange, Outcome


def written(outcome: Outcome, pack: Pack) -> str:
    """Return a conversation as lines: the target first, then every message with its reply and what went wrong."""
    buttons = "buttons" if outcome.pressed else "no buttons"
    head = f"[{_name(outcome.user.target, pack)}] {outcome.user.language}, {buttons}, success {outcome.success or '-'}"
    return "\n".join([head, *(line for exchange in outcome.exchanges for line in _lines(exchange, pack)), ""])


def _lines(exchange: Exchange, pack: Pack) -> list[str]:
    faults = [f"not understood: {wish.slot} {wish.value}" for wish in exchange.missed]
    faults += [f"violates a wish: {_name(item, pack)}" for item in exchange.violating]
    marked = f"  !! {'; '.join(faults)}" if faults else ""
    return [f"  > {exchange.said}", f"  < {exchange.reply}{marked}"]


def _name(iri: str, pack: Pack) -> str:
    item = pack.items((iri,))[0]
    return item.name(pack.schema.name_slot.name, pack.schema.languages[0]).label(pack.schema.languages[0])
