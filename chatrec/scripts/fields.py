"""What a person may write in a field of a dialogue script, and the shorter forms of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from chatrec.dialogue.values import Value

Intent = Literal[
    "recommend",
    "ask",
    "answer",
    "explain",
    "compare",
    "relax",
    "greet",
    "thank",
    "close",
    "refuse",
    "chitchat",
]
Comparison = Literal["=", ">", ">=", "<", "<="]


def listed(value: Any) -> Any:
    """Take a single value for a list of one."""
    return value if value is None or isinstance(value, list | tuple) else [value]


def some(value: Any) -> Any:
    """Refuse what is no list, or an empty one."""
    if not isinstance(value, list) or not value:
        raise PydanticCustomError("some", "a list with at least one entry is wanted here")
    return value


def _text(value: Any) -> Any:
    """Take a number for the text that was written: a film may be called 300."""
    return str(value) if type(value) is int else value


def _scalar(value: Any) -> Any:
    if type(value) not in (str, int):
        raise PydanticCustomError("scalar", "a label or a whole number is wanted here")
    return value


def _compared(value: Any) -> Any:
    """Take a bare label or number for `{op: "=", value: …}`, and one such value for a list of one."""
    return [one if isinstance(one, dict | Compared) else {"value": one} for one in listed(value)]


class Part(BaseModel):
    """A part of a script: no key but the known ones, no change once it is read."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True)


Text = Annotated[str, BeforeValidator(_text, json_schema_input_type=str | int)]
Texts = Annotated[
    tuple[Text, ...],
    BeforeValidator(listed, json_schema_input_type=Text | list[Text]),
    Field(strict=False),
]
Scalar = Annotated[Value, BeforeValidator(_scalar, json_schema_input_type=Value)]
Count = Annotated[int, Field(ge=0)]
Position = Annotated[int, Field(ge=1)]


class Compared(Part):
    """A value to compare a slot with."""

    value: Scalar
    """A label in any language of the pack, a code or a number."""
    op: Comparison = "="
    """How to compare; anything but `=` is for numbers."""

    def __str__(self) -> str:
        return str(self.value) if self.op == "=" else f"{self.op} {self.value}"


Pairs = dict[
    str,
    Annotated[
        tuple[Compared, ...],
        BeforeValidator(_compared, json_schema_input_type=Scalar | Compared | list[Scalar | Compared]),
        Field(strict=False),
    ],
]


def pairs(expected: Pairs) -> Iterator[tuple[str, Compared]]:
    """Yield each slot with each value to compare it with."""
    return ((slot, wanted) for slot, values in expected.items() for wanted in values)
