"""Understanding: from a message to dialogue acts, each with the span it came from."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from chatrec.config import settings
from chatrec.dialogue.amounts import amount_rules
from chatrec.dialogue.context import Occasion
from chatrec.dialogue.cues import load_cues
from chatrec.dialogue.folding import fold
from chatrec.dialogue.fresh import fresh_acts
from chatrec.dialogue.gazetteer import Gazetteer
from chatrec.dialogue.item_acts import item_acts
from chatrec.dialogue.judge import Judge, View, trained
from chatrec.dialogue.language import Detected, detect, warm
from chatrec.dialogue.meaning import Reach, meant
from chatrec.dialogue.mentions import Finder
from chatrec.dialogue.network import Encode, Network
from chatrec.dialogue.occasion_acts import occasion_acts
from chatrec.dialogue.reading import Reading
from chatrec.dialogue.repair import repaired
from chatrec.dialogue.session_acts import session_acts
from chatrec.dialogue.slot_cues import with_slots
from chatrec.dialogue.slots import Schema
from chatrec.dialogue.soft import softened
from chatrec.dialogue.titles import ItemsOf
from chatrec.dialogue.typical import Typical, typical_acts
from chatrec.dialogue.unknown import bare_title, unknown_acts
from chatrec.dialogue.urgent import find_urgent
from chatrec.dialogue.values import Act, Entry, State
from chatrec.dialogue.wish_acts import wish_acts

_BLANK = " "


class Understanding:
    """Reads messages against the labels of one pack. Its methods are pure and never raise on any text.

    Args:
        schema: the slots of the pack.
        entries: every label that a user may type.
        items_of: gives the items of some IRIs with their facts (for comparisons such as `newer`).
        reach: says which concept words speak of that no label names; without it they are passed over.
        occasions: the occasions that a message may name.
        typical: says what is low and high of a number; without it words such as `cheap` are passed over.
        encode: turns a message into a vector, from which the judge knows wordings that are new to it; without it the
            rules stand alone.
    """

    def __init__(
        self,
        schema: Schema,
        entries: Iterable[Entry],
        items_of: ItemsOf,
        reach: Reach | None = None,
        occasions: Sequence[Occasion] = (),
        typical: Typical | None = None,
        encode: Encode | None = None,
    ) -> None:
        self.schema, self.items_of, self.reach = schema, items_of, reach
        self.occasions, self.typical = occasions, typical
        cues = with_slots(load_cues(schema.languages), schema)
        self.cues = replace(cues, numbers=(*cues.numbers, *amount_rules(schema, cues)))
        self.gazetteer = Gazetteer(schema, entries, self.cues)
        self.finder = Finder(schema, self.gazetteer, self.cues, items_of)
        self._judge = Judge(schema, trained(schema), encode)
        warm()

    def judged_by(self, models: Mapping[str, Network]) -> Understanding:
        """Return the same reader with other models; with none, its rules stand alone."""
        other = copy.copy(self)
        other._judge = replace(self._judge, models=models)
        return other

    def mask(self, message: str) -> str:
        """Return the message with the names of items and people blanked out, for telling its language."""
        folded = fold(message[: settings().max_message])
        masked = list(folded.original)
        for mention in self.finder.find(folded):
            words, at = folded.span(mention.start, mention.end)
            if mention.title or self.gazetteer.names_people(mention.slot):
                masked[at : at + len(words)] = _BLANK * len(words)
        return "".join(masked)

    def detect(self, message: str, state: State) -> Detected:
        """Tell the language of a message, given the session's and with names blanked out."""
        return detect(message, state.language, self.schema.languages, self.mask(message))

    def read(self, message: str, detected: Detected, state: State) -> tuple[Act, ...]:
        """Return the acts of a message, in the order in which they are said."""
        if len(message) > settings().max_message:
            return (Act("too_long", polarity="neutral"),)
        if not any(character.isalnum() for character in message):
            return (Act("unclear", polarity="neutral", text=message.strip()),)
        if urgent := find_urgent(message, self.schema):
            return (urgent,)
        reading = Reading(fold(message), self.finder, state)
        content = self._judge.judged(reading, self.ruled(reading, detected))
        content += occasion_acts(reading, content, self.occasions)
        content += typical_acts(reading, content, self.typical) if self.typical else ()
        content = softened(reading, repaired(reading, self._with_meaning(reading, content, detected)))
        said = [*content, *fresh_acts(content, state, self.schema)]
        if any(act.act == "refuse" for act in said):
            said = [act for act in said if not act.slot and act.act != "unknown"]
        if detected.foreign:
            said.append(Act("unsupported", value=detected.foreign, polarity="neutral"))
        acts = _without_repeats(sorted(said, key=lambda act: (act.start < 0, act.start)))
        if acts:
            return acts
        return bare_title(reading) or (Act("unclear", polarity="neutral", text=message.strip()),)

    def _with_meaning(self, reading: Reading, content: list[Act], detected: Detected) -> list[Act]:
        """Return the acts with what unread words speak of, of slots that no label named."""
        if self.reach is None or detected.foreign or _looks_like_title(reading, content):
            return content
        named = {act.slot for act in content if act.act == "inform"}
        return [*content, *(act for act in meant(reading, content, self.reach) if act.slot not in named)]

    def seen(self, message: str, state: State) -> View:
        """Return a message as the models see it."""
        reading = Reading(fold(message), self.finder, state)
        return self._judge.view(reading, self.ruled(reading, self.detect(message, state)))

    def ruled(self, reading: Reading, detected: Detected) -> list[Act]:
        """Return the acts that the rules alone read."""
        content = [*wish_acts(reading), *item_acts(reading), *unknown_acts(reading)]
        return [*content, *session_acts(reading, detected, content)]


def _looks_like_title(reading: Reading, content: list[Act]) -> bool:
    """Say whether a message is capitalised like a title and nothing else; Chinese has no capitals to tell."""
    return not content and reading.text.isascii() and bool(bare_title(reading))


def _without_repeats(acts: Iterable[Act]) -> tuple[Act, ...]:
    """Drop acts that say the same as an earlier one."""
    kept: dict[Act, Act] = {}
    for act in acts:
        kept.setdefault(replace(act, text="", start=-1, join=""), act)
    return tuple(kept.values())
