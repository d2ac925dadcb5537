"""Choosing dialogues by name: words of it joined with `and`, `or`, `not` and brackets, as pytest's -k does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyparsing as pp

from chatrec.errors import ScriptError

Choice = Callable[[str], bool]
"""Tells whether a name is chosen."""

_AND, _OR, _NOT = (pp.CaselessKeyword(word) for word in ("and", "or", "not"))
_WORD = ~(_AND | _OR | _NOT) + pp.Regex(r"[^\s()\"'][^\s()\"]*")
_QUOTED = pp.MatchFirst(
    pp.QuotedString(mark, esc_char="\\", multiline=True, convert_whitespace_escapes=False) for mark in "\"'"
)
_PHRASE = pp.OneOrMore(_WORD).set_parse_action(" ".join) | _QUOTED


def _holds(tokens: Any) -> Choice:
    phrase = tokens[0].casefold()
    return lambda name: phrase in name.casefold()


def _negated(tokens: Any) -> Choice:
    choice = tokens[0][1]
    return lambda name: not choice(name)


def _joined(join: Callable[..., bool]) -> Callable[[Any], Choice]:
    def act(tokens: Any) -> Choice:
        choices = tokens[0][::2]
        return lambda name: join(choice(name) for choice in choices)

    return act


_EXPRESSION = pp.infix_notation(  # type: ignore[no-untyped-call]
    _PHRASE.copy().add_parse_action(_holds),
    [
        (_NOT, 1, pp.OpAssoc.RIGHT, _negated),
        (_AND, 2, pp.OpAssoc.LEFT, _joined(all)),
        (_OR, 2, pp.OpAssoc.LEFT, _joined(any)),
    ],
).parse_with_tabs()


def choice(expression: str) -> Choice:
    """Return what an expression chooses; an empty one chooses all. Raises ScriptError that shows the place.

    Neighbouring words are one phrase; quote a phrase with `and`, `or`, `not` or brackets in it.
    """
    if not expression.strip():
        return lambda name: True
    try:
        found: Choice = _EXPRESSION.parse_string(expression, parse_all=True)[0]
    except pp.ParseException as error:
        raise ScriptError(
            f"-k cannot be read at character {error.column}: {expression!r}.",
            "Join words with and, or, not and brackets; quote a phrase that holds one of these: "
            "-k 'zh and not (likes or \"now or never\")'.",
        ) from error
    return found


def phrase(name: str) -> str:
    """Return the expression that chooses the dialogues whose name holds this one."""
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
