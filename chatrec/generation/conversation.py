"""The one renderer of token ids: prompt and reply look the same in training, evaluation and serving.

A *unit* is a token of the base model or a pointer. Pointers get the ids after the base's vocabulary, so that any causal
language model can carry them: their embedding rows belong to the adapter, never to the base.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tokenizers import Tokenizer

from chatrec.generation.templates import Template

Units = tuple[int, ...]
_STOPS = (".", "!", "?", "。", "！", "？", "…")
_FULL_STOPS = (".", "。")
_WHOLE = (".synopsis", ".say", ".say2", ".answer")
"""Pointers that stand for a whole sentence."""
_CLOSERS = "\"'”’)）"


@dataclass(frozen=True, eq=False)
class Codec:
    """Maps texts with pointers to units and back.

    Attributes:
        tokenizer: the base model's tokenizer.
        size: number of rows of the base's vocabulary; pointer `k` has the unit `size + k`.
        pointers: pointer names in the order of their units.
        bos, eos: the base's units for the beginning and the end; `bos` is None where it has none.
    """

    tokenizer: Tokenizer
    size: int
    pointers: tuple[str, ...]
    bos: int | None
    eos: int
    _stopping: dict[int, bool] = field(default_factory=dict, repr=False)

    @classmethod
    def open(cls, model_dir: Path, size: int, pointers: Sequence[str], bos: int | None, eos: int) -> Codec:
        """Read the tokenizer of a model folder."""
        return cls(Tokenizer.from_file(str(model_dir / "tokenizer.json")), size, tuple(pointers), bos, eos)

    @classmethod
    def of_folder(cls, model_dir: Path, pointers: Sequence[str]) -> Codec:
        """Read the codec of a model folder from its tokenizer and settings, without the model."""
        config = json.loads((model_dir / "config.json").read_text(encoding="utf-8"))
        eos = config["eos_token_id"]
        first = eos[0] if isinstance(eos, list) else eos
        return cls.open(model_dir, config["vocab_size"], pointers, config.get("bos_token_id"), first)

    def pointer(self, name: str) -> int:
        """Return the unit of a pointer. Raises ValueError for one that the adapter does not know."""
        return self.size + self.pointers.index(name)

    def name(self, unit: int) -> str | None:
        """Return the pointer that a unit stands for, None for a token."""
        return self.pointers[unit - self.size] if unit >= self.size else None

    def words(self, text: str) -> Units:
        """Encode plain text."""
        return tuple(self.tokenizer.encode(text, add_special_tokens=False).ids)

    def units(self, template: Template) -> Units:
        """Encode a template. Blanks before a pointer are left to the surface renderer, which sets them again."""
        units: list[int] = []
        for i, part in enumerate(template.parts):
            if i % 2:
                units.append(self.pointer(part))
            elif text := (part.rstrip(" ") if i + 1 < len(template.parts) else part):
                units.extend(self.words(text))
        return tuple(units)

    def stops(self, unit: int) -> bool:
        """Tell whether a sentence ends with a unit: a stop that no closing mark follows, or a whole sentence in a pointer."""
        if unit not in self._stopping:
            name = self.name(unit)
            text = self.text([unit]).rstrip() if name is None else ""
            ends = text.rstrip(_CLOSERS).endswith(_STOPS) if name is None else name.endswith(_WHOLE)
            self._stopping[unit] = ends
        return self._stopping[unit]

    def states(self, unit: int) -> bool:
        """Tell whether a sentence that ends with a unit is a statement: it has a full stop."""
        return self.stops(unit) and self.text([unit] if unit < self.size else []).rstrip().endswith(
            _FULL_STOPS
        )

    def lexicon(self, replies: Iterable[Units]) -> list[int]:
        """Return every unit that replies may use, sorted: their own, the pointers and the end (the rows of the cut head)."""
        used = {unit for reply in replies for unit in reply}
        return sorted({*used, self.eos, *(self.pointer(name) for name in self.pointers)})

    def text(self, units: Sequence[int]) -> str:
        """Decode a run of tokens (no pointers) to text."""
        return str(self.tokenizer.decode(list(units), skip_special_tokens=False)) if units else ""

    def parts(self, units: Sequence[int]) -> tuple[str, ...]:
        """Decode units to free words and pointers in turn; pointers stand at odd places."""
        parts: list[str] = [""]
        run: list[int] = []
        for unit in units:
            name = self.name(unit)
            if name is None:
                run.append(unit)
                continue
            parts[-1] += self.text(run)
            parts += [name, ""]
            run = []
        parts[-1] += self.text(run)
        return tuple(parts)

    def prompt(self, language: str, section: str, user: Template, licence: Iterable[str]) -> Units:
        """Return the units of a prompt: what to do, what the user said, and the pointers that may be used.

        Pointers that the adapter does not know (slots of another pack) are left out.
        """
        known = [name for name in self.pointers if name in set(licence)]
        return (
            *(() if self.bos is None else (self.bos,)),
            *self.words(f"{language} {section}\n"),
            *self.units(user.only(self.pointers)),
            *self.words("\n"),
            *(self.pointer(name) for name in known),
            *self.words("\n"),
        )
