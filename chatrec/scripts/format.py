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

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, ConfigDict, Field, PrivateAttr, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from chatrec.dialogue.feedback import RATINGS, Rating
from chatrec.dialogue.slots import Schema
from chatrec.dialogue.values import Operator, Polarity
from chatrec.scripts.faults import Fault, faults_of, refusal, unknown
from chatrec.scripts.fields import (
    Count,
    Intent,
    Pairs,
    Part,
    Position,
    Scalar,
    Text,
    Texts,
    listed,
    pairs,
    some,
)
from chatrec.scripts.reading import Document, Place, read_document

_BUTTONS = ("like", "dislike", "seen")
_ONE_THING: list[Any] = [
    {"required": ["say"]},
    *({"required": [button], "properties": {"expect": False}} for button in _BUTTONS),
]
"""A turn in the words of JSON schema: something said, or a button, which brings no reply."""


class Understood(Part):
    """What an act or a constraint must say; only the keys given are compared.

    `polarity` is `like` when left out, but for a question or a wish dropped, which have none to speak of.
    """

    like: Text | None = None
    """An item or a value that is liked; stands alone."""
    dislike: Text | None = None
    """An item or a value that is disliked; stands alone."""
    act: str | None = None
    """inform (a wish), like, dislike, seen, ask, forget, or an act without a slot: more, reject, compare …"""
    slot: str | None = None
    """A slot of the pack, e.g. `genre`."""
    op: Operator | None = None
    """`?` in a question, `-` for a wish that is dropped."""
    value: Scalar | None = None
    """A label in any language of the pack, or a number."""
    polarity: Polarity | None = None
    """`like` when left out."""

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


class ExpectedItems(Part):
    """What the list must hold. Every pair is judged by itself, against the graph.

    A list of values is as many pairs: `none: {title: [Heat, Casino]}` is neither the one nor the other.
    """

    min: Count | None = None
    """How many items are shown at least."""
    max: Count | None = None
    """How many items are shown at most."""
    all: Pairs = Field(default_factory=dict)
    """Slot: value pairs that every item has."""
    any: Pairs = Field(default_factory=dict)
    """Slot: value pairs of which each is had by at least one item."""
    none: Pairs = Field(default_factory=dict)
    """Slot: value pairs that no item has."""
    not_repeated: bool = False
    """Whether no item may be one that an earlier turn showed."""


class ExpectedReply(Part):
    """What the text of the reply must and must not hold, whatever the case."""

    contains: Texts = ()
    """Words that all must stand in the reply."""
    lacks: Texts = ()
    """Words of which none may stand in the reply."""
    max_chars: Count | None = None
    """How many characters the reply may have."""


class Expectation(Part):
    """What a turn must bring; what is left out is not checked."""

    language: Texts = ()
    """The language of the reply, or a list of which any will do."""
    intent: Annotated[
        tuple[Intent, ...],
        BeforeValidator(listed, json_schema_input_type=Intent | list[Intent]),
        Field(strict=False),
    ] = ()
    """What the reply does, or a list of which any will do."""
    understood: Annotated[
        tuple[Understood, ...],
        BeforeValidator(listed, json_schema_input_type=Understood | list[Understood]),
        Field(strict=False),
    ] = ()
    """What must have been understood: each entry by an act of this turn, or a wish in force after it."""
    items: ExpectedItems = ExpectedItems()
    """What the list of items must hold."""
    facts_only: bool = False
    """Whether the graph must hold all that the reply states."""
    reply: ExpectedReply = ExpectedReply()
    """What the wording of the reply must hold."""
    within_ms: Annotated[float, Field(gt=0)] | None = None
    """How long the reply may take, in milliseconds."""


class Step(Part):
    """One turn: something said, or the button of the N-th item of the last list."""

    model_config = ConfigDict(json_schema_extra={"oneOf": _ONE_THING})

    say: Text | None = None
    """What the user types."""
    like: Position | None = None
    """Press "like" of the N-th item of the last list."""
    dislike: Position | None = None
    """Press "dislike" of the N-th item of the last list."""
    seen: Position | None = None
    """Press "seen" of the N-th item of the last list."""
    expect: Expectation | None = None
    """What the reply must bring."""

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        done = [key for key in ("say", *_BUTTONS) if getattr(self, key) is not None]
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


def _at_least_one(part: type[Part]) -> BeforeValidator:
    entries = Annotated[list[part], Field(min_length=1)]  # type: ignore[valid-type]
    return BeforeValidator(some, json_schema_input_type=entries)


class Dialogue(Part):
    """One conversation, in a session of its own."""

    name: Annotated[Text, Field(min_length=1)]
    """What the dialogue shows, in a few words."""
    turns: Annotated[tuple[Step, ...], _at_least_one(Step), Field(strict=False)]
    """What is said and pressed, one after the other."""


class Script(Part):
    """A file of dialogues with one pack."""

    pack: str = ""
    """A pack by name, or a folder beside the script; the one of the settings when left out."""
    dialogues: Annotated[tuple[Dialogue, ...], _at_least_one(Dialogue), Field(strict=False)]
    """The dialogues, each a test of its own."""
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


def schema_text() -> str:
    """Return the JSON schema of the format (2020-12), for editors."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Script.model_json_schema()}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


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
