"""States and turns as JSON text and back: all of them, so that `decode_turn(encode_turn(turn)) == turn`.

Fields that are unknown are passed over and missing ones take their defaults, so that a database outlives small changes.
"""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from chatrec.dialogue.values import State, Turn

_STATE, _TURN = TypeAdapter(State), TypeAdapter(Turn)


def encode_state(state: State) -> str:
    """Write a state as JSON."""
    return _STATE.dump_json(state).decode()


def decode_state(text: str) -> State:
    """Read a state. Raises pydantic.ValidationError (a ValueError)."""
    return _STATE.validate_json(text)


def encode_turn(turn: Turn) -> str:
    """Write a turn as JSON, with all facts of its items (about 30 kB for a list of three films)."""
    return _TURN.dump_json(turn).decode()


def decode_turn(text: str) -> Turn:
    """Read a turn. Raises pydantic.ValidationError (a ValueError)."""
    return _TURN.validate_json(text)


def plain_state(state: State) -> dict[str, Any]:
    """Return a state as the values that JSON has."""
    return dict(_STATE.dump_python(state, mode="json"))


def plain_turn(turn: Turn) -> dict[str, Any]:
    """Return a turn as the values that JSON has."""
    return dict(_TURN.dump_python(turn, mode="json"))
