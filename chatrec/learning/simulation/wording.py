"""How simulated users put it: moves become messages, with the wordings of `prompts/LANGUAGE/simulation.yaml`."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from chatrec.config import prompts_dir, read_yaml
from chatrec.dialogue.slots import Slot
from chatrec.dialogue.values import Constraint, Language
from chatrec.errors import InputError
from chatrec.learning.simulation.moves import Move
from chatrec.learning.simulation.world import World

_ASKING = "?？"


@lru_cache
def wordings(language: Language) -> Mapping[str, Any]:
    """Return the wordings of a language. Raises InputError where none are written."""
    path = prompts_dir() / language / "simulation.yaml"
    if not path.is_file():
        raise InputError(
            f"Simulated users do not speak {language!r} yet.", f"Add {path.name} beside cues.yaml."
        )
    loaded: Mapping[str, Any] = read_yaml(path)
    return loaded


@dataclass(frozen=True)
class Wording:
    """Puts moves into words of one language; every choice is drawn from `rng`."""

    world: World
    language: Language
    rng: random.Random

    @property
    def decades(self) -> frozenset[str]:
        """The slots whose numbers are told by the decade."""
        return frozenset(wordings(self.language)["decade"])

    @property
    def comparable(self) -> frozenset[str]:
        """The slots that have words for more and for less: here, or in their shapes."""
        forms = wordings(self.language)
        return frozenset(
            slot.name
            for slot in self.world.schema.slots
            if all(slot.name in forms[purpose] or self._words(slot, purpose) for purpose in ("more", "less"))
        )

    def message(self, moves: Sequence[Move], loved: str = "") -> str:
        """Return the message of some moves; an opening may name an item that was loved (by IRI)."""
        forms = wordings(self.language)
        if moves[0].kind != "open":
            return self._joined([self._sentence(move) for move in moves])
        wishes = [self._wish(move) for move in moves]
        if loved:
            wishes, name = wishes[:1], self._label(loved)
            return self._drawn(forms["open_liked"]).format(wish=wishes[0], title=name)
        form = self._drawn(forms["open_two" if len(wishes) > 1 else "open"])
        return form.format(wish=wishes[0], other=wishes[-1])

    def _joined(self, sentences: Sequence[str]) -> str:
        stop = str(wordings(self.language)["stop"])
        *first, last = sentences
        return "".join(text + (" " if text[-1] in _ASKING else stop) for text in first) + last

    def _sentence(self, move: Move) -> str:
        """Return what is said for one move after the opening."""
        forms = wordings(self.language)
        if move.kind in ("answer", "add"):
            return self._drawn(forms[move.kind]).format(wish=self._wish(move))
        if move.kind == "avoid":
            form = self._drawn(_of_slot(forms["avoid"], move.slot))
            return form.format(value=self._label(move.wishes[0].iri))
        if move.kind in ("more", "less"):
            return self._relative(move)
        slot = self.world.schema.slot(move.slot).labels[self.language] if move.slot else ""
        return self._drawn(forms[move.kind]).format(slot=slot)

    def _relative(self, move: Move) -> str:
        forms, slot = wordings(self.language), self.world.schema.slot(move.slot)
        if worded := forms[move.kind].get(slot.name):
            return self._drawn(worded)
        return self._drawn(forms["relative_any"]).format(word=self.rng.choice(self._words(slot, move.kind)))

    def _words(self, slot: Slot, purpose: str) -> list[str]:
        """Return the comparatives of a slot in this language; the shapes hold those of all languages together."""
        latin = str(wordings(self.language)["stop"]).isascii()
        return [word for word in slot.words.get(purpose, ()) if word.isascii() == latin]

    def _wish(self, move: Move) -> str:
        """Return the phrase for something wished for."""
        forms, wish = wordings(self.language), move.wishes[0]
        slot = self.world.schema.slot(move.slot)
        if slot.kind != "number":
            form = self._drawn(_of_slot(forms["wish"], slot.name))
            value = self._label(wish.iri) if wish.iri else str(wish.value)
            return form.format(value=value, noun=self._noun())
        if len(move.wishes) > 1:
            return self._drawn(forms["decade"][slot.name]).format(value=wish.value, noun=self._noun())
        return self._bound(slot, wish)

    def _bound(self, slot: Slot, wish: Constraint) -> str:
        amount = slot.value_form.get(self.language, "{value}").format(value=wish.value)
        form = self._drawn(_of_slot(wordings(self.language)["bound"], slot.name)[wish.op])
        return form.format(amount=amount, noun=self._noun())

    def _noun(self) -> str:
        return self.world.schema.nouns[self.language][0]

    def _label(self, iri: str) -> str:
        return self.world.labels.get((iri, self.language)) or self.world.english[iri]

    def _drawn(self, forms: Sequence[str]) -> str:
        return self.rng.choice(forms)


def _of_slot(forms: Mapping[str, Any], slot: str) -> Any:
    return forms.get(slot, forms["any"])
