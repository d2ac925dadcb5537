"""Messages as people type them: the hand-written utterances with labels of the graph in the place of their pointers."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence

from chatrec.dialogue.slots import Schema
from chatrec.dialogue.values import Entry, Language
from chatrec.errors import InputError
from chatrec.generation.templates import Template, utterances

_ASKING = ("recommend", "recommend", "ask")
_FOLLOWING = ("answer.director", "answer.actor", "answer.synopsis", "explain", "recommend")
_YEARS = {
    "en": ("after 2005", "from the 1990s", "before 1980"),
    "zh": ("2005年以后", "九十年代", "1980年以前"),
}
_MINUTES = {"en": ("under 2 hours", "under 100 minutes"), "zh": ("两小时以内", "100分钟以内")}


class Messages:
    """Draws messages.

    Args:
        schema: the slots of the pack.
        entries: its labels; well-known ones are drawn more often.
    """

    def __init__(self, schema: Schema, entries: Sequence[Entry]) -> None:
        self._title, self._pack = schema.name_slot.name, schema.pack
        if not all(utterances(language, schema.pack) for language in schema.languages):
            raise InputError(
                f"No messages are written for the pack {schema.pack}.",
                "Add prompts/LANGUAGE/PACK/utterances.txt, or measure with the pack movies.",
            )
        self._labels: dict[tuple[str, Language], list[Entry]] = defaultdict(list)
        for entry in entries:
            if entry.preferred:
                for slot in entry.slots:
                    self._labels[slot, entry.language].append(entry)

    def session(self, language: Language, turns: int, rng: random.Random) -> Iterator[str]:
        """Yield the messages of one session: a request, then questions and further wishes."""
        for turn in range(turns):
            section = rng.choice(_FOLLOWING if turn % 2 else _ASKING)
            yield self._filled(rng.choice(utterances(language, self._pack)[section]), language, rng)

    def _filled(self, template: Template, language: Language, rng: random.Random) -> str:
        parts = (self._value(part, language, rng) if i % 2 else part for i, part in enumerate(template.parts))
        return "".join(parts)

    def _value(self, pointer: str, language: Language, rng: random.Random) -> str:
        slot = pointer.removeprefix("wish.")
        if slot == "year":
            return rng.choice(_YEARS[language])
        if slot == "runtime":
            return rng.choice(_MINUTES[language])
        labels = self._labels.get((slot, language)) or self._labels[self._title, language]
        return rng.choices(labels, [entry.weight + 1 for entry in labels])[0].surface
