"""The format of a dialogue script, as typed values. An unknown key is an error that names the known ones.

pack: movies
dialogues:
  - name: a like moves the next list
    turns:
      - say: I loved Interstellar. Something like it, but newer?
        expect:
          language: en
          intent: recommend
          understood: [{like: Interstellar}, {slot: year, op: ">", value: 2014}]
          items: {min: 1, max: 5, all: {genre: science fiction}, none: {title: Interstellar}}
          facts_only: true
          reply: {contains: [Interstellar], lacks: [Inception], max_chars: 600}
          within_ms: 5000
      - like: 1
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
    model_validator,
)
from pydantic_core import PydanticCustomError

from chatrec.dialogue.feedback import RATINGS, Rating
from chatrec.dialogue.values import Operator, Polarity, Schema, Value
from chatrec.scripts.faults import Fault, faults_of, refusal, unknown
from chatrec.scripts.reading import Document, Place, read_document

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


def _listed(value: Any) -> Any:
    """Take a single value for a list of one."""
    return value if value is None or isinstance(value, list | tuple) else [value]


def _some(value: Any) -> Any:
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
    return [one if isinstance(one, dict | Compared) else {"value": one} for one in _listed(value)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


Text = Annotated[str, BeforeValidator(_text)]
Texts = Annotated[tuple[Text, ...], BeforeValidator(_listed), Field(strict=False)]
Scalar = Annotated[Value, BeforeValidator(_scalar)]
Count = Annotated[int, Field(ge=0)]
Position = Annotated[int, Field(ge=1)]


class Compared(_Part):
    """A value to compare a slot with: a label in any language, a code or a number."""

    value: Scalar
    op: Comparison = "="

    def __str__(self) -> str:
        return str(self.value) if self.op == "=" else f"{self.op} {self.value}"


Pairs = dict[str, Annotated[tuple[Compared, ...], BeforeValidator(_compared), Field(strict=False)]]


class Understood(_Part):
    """What an act or a constraint must say; only the keys given are compared.

    `polarity` is `like` when left out, but for a question or a wish dropped, which have none to speak of.
    """

    like: Text | None = None
    dislike: Text | None = None
    act: str | None = None
    slot: str | None = None
    op: Operator | None = None
    value: Scalar | None = None
    polarity: Polarity | None = None

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        given = self.model_fields_set
        if len(given & {"like", "dislike"}) > (1 if len(given) == 1 else 0):
            raise PydanticCustomError(
                "form", "`like` or `dislike` stands alone: neither with the other nor with slot, op …"
            )
        if not given - {"polarity"}:
            raise PydanticCustomError("form", "an entry needs like, dislike, slot, op, value or act")
        return self

    @property
    def wanted_polarity(self) -> Polarity | None:
        """The polarity to compare; None where any will do."""
        if self.like is not None or self.dislike is not None:
            return "dislike" if self.like is None else "like"
        aside = self.op in ("?", "-") or self.act in ("ask", "forget")
        return self.polarity or (None if aside else "like")

    def __str__(self) -> str:
        return ", ".join(
            f"{key}: {getattr(self, key)}" for key in type(self).model_fields if key in self.model_fields_set
        )


def pairs(expected: Pairs) -> Iterator[tuple[str, Compared]]:
    """Yield each slot with each value to compare it with."""
    return ((slot, wanted) for slot, values in expected.items() for wanted in values)


class ExpectedItems(_Part):
    """What the list must hold. Every pair is judged by itself, against the graph.

    A list of values is as many pairs: `none: {title: [Heat, Casino]}` is neither the one nor the other.
    """

    min: Count | None = None
    max: Count | None = None
    all: Pairs = {}
    any: Pairs = {}
    none: Pairs = {}
    not_repeated: bool = False


class ExpectedReply(_Part):
    """What the text of the reply must and must not hold, whatever the case."""

    contains: Texts = ()
    lacks: Texts = ()
    max_chars: Count | None = None


class Expectation(_Part):
    """What a turn must bring; what is left out is not checked."""

    language: Texts = ()
    intent: Annotated[tuple[Intent, ...], BeforeValidator(_listed), Field(strict=False)] = ()
    understood: Annotated[tuple[Understood, ...], BeforeValidator(_listed), Field(strict=False)] = ()
    items: ExpectedItems = ExpectedItems()
    facts_only: bool = False
    reply: ExpectedReply = ExpectedReply()
    within_ms: Annotated[float, Field(gt=0)] | None = None


class Step(_Part):
    """One turn: something said, or the button of the N-th item of the last list."""

    say: Text | None = None
    like: Position | None = None
    dislike: Position | None = None
    seen: Position | None = None
    expect: Expectation | None = None

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        done = [key for key in ("say", "like", "dislike", "seen") if getattr(self, key) is not None]
        if len(done) != 1:
            raise PydanticCustomError("turn", "a turn is one of say, like, dislike, seen: no more, no less")
        if self.expect is not None and self.say is None:
            raise PydanticCustomError("turn", "a button brings no reply: write `expect` with the next `say`")
        return self

    @property
    def button(self) -> tuple[Rating, int] | None:
        """The button that is pressed and the number of the item, from 1; None where something is said."""
        ratings = [rating for rating in RATINGS if getattr(self, rating, None) is not None]
        return (ratings[0], getattr(self, ratings[0])) if ratings else None


class Dialogue(_Part):
    """One conversation, in a session of its own."""

    name: Annotated[Text, Field(min_length=1)]
    turns: Annotated[tuple[Step, ...], BeforeValidator(_some), Field(strict=False)]


class Script(_Part):
    """A file of dialogues with one pack; an empty `pack` means the one of the settings."""

    pack: str = ""
    dialogues: Annotated[tuple[Dialogue, ...], BeforeValidator(_some), Field(strict=False)]
    _document: Document = PrivateAttr(default_factory=lambda: Document(Path(), None, None))

    @property
    def path(self) -> Path:
        """The file it was read from."""
        return self._document.path

    def line(self, *place: str | int) -> int:
        """Return the line of the file on which a part begins, e.g. `line("dialogues", 0, "turns", 2)`."""
        return self._document.line(place)

    def check(self, schema: Schema) -> None:
        """Check slots and languages against the pack's. Raises ScriptError that names the known ones."""
        if faults := list(_strangers(self, schema)):
            raise refusal(self._document, faults)


def load(path: Path) -> Script:
    """Read a script. Raises ScriptError that names the file, each faulty line and what is known there."""
    document = read_document(path)
    try:
        script = Script.model_validate(document.data if document.data is not None else {})
    except ValidationError as error:
        raise refusal(document, faults_of(error, Script)) from error
    script._document = document
    return script


def _strangers(script: Script, schema: Schema) -> Iterator[Fault]:
    """Find what the pack does not know: languages, slots, and ranges of what is no number."""
    for i, dialogue in enumerate(script.dialogues):
        for j, step in enumerate(dialogue.turns):
            place = ("dialogues", i, "turns", j, "expect")
            if step.expect is not None:
                yield from _strange_languages(step.expect, schema, place)
                yield from _strange_wishes(step.expect, schema, place)
                yield from _strange_pairs(step.expect.items, schema, (*place, "items"))


def _strange_languages(expect: Expectation, schema: Schema, place: Place) -> Iterator[Fault]:
    for language in expect.language:
        if language not in schema.languages:
            yield Fault((*place, "language"), unknown("language", language, schema.languages))


def _strange_wishes(expect: Expectation, schema: Schema, place: Place) -> Iterator[Fault]:
    slots = [slot.name for slot in schema.slots]
    for index, wish in enumerate(expect.understood):
        if wish.slot is not None and wish.slot not in slots:
            yield Fault((*place, "understood", index, "slot"), unknown("slot", wish.slot, slots))


def _strange_pairs(items: ExpectedItems, schema: Schema, place: Place) -> Iterator[Fault]:
    kinds = {slot.name: slot.kind for slot in schema.slots}
    for key in ("all", "any", "none"):
        for slot, wanted in pairs(getattr(items, key)):
            if slot not in kinds:
                yield Fault((*place, key, slot), unknown("slot", slot, kinds))
            elif kinds[slot] == "number" and not str(wanted.value).lstrip("-").isdecimal():
                yield Fault((*place, key, slot), f"{slot} is a number; found {wanted.value!r}.")
            elif kinds[slot] != "number" and wanted.op != "=":
                yield Fault(
                    (*place, key, slot),
                    f"{slot} is no number: it has a value or not, and takes no {wanted.op!r}.",
                )
