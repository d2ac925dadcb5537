"""Folding: text reduced to what matters for comparing, with the way back to the original."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from chatrec.config import prompts_dir

_POSSESSIVE = re.compile(r"(?<=.)['`]s(?![a-z0-9])|['`]")
_BETWEEN = re.compile(r"[^a-z0-9]+")
_APOSTROPHE = re.compile(r"'s(?![^\W_])|'")
"""The same in any script, once it is folded; what is no letter there."""
_NO_LETTER = re.compile(r"[\W_]+")
_LETTERS = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "æ": "ae",
        "œ": "oe",
        "ı": "i",
        "‘": "'",
        "’": "'",
        "ʼ": "'",
        "`": "'",
        "´": "'",
    }
)


@lru_cache(maxsize=8192)
def fold_character(character: str) -> str:
    """Fold one character: compatibility form, no accents, lower case, one kind of apostrophe, simplified Chinese."""
    if is_han(character):
        return _simplified().get(character, character)
    apart = unicodedata.normalize("NFKD", character.translate(_LETTERS))
    bare = "".join(c for c in apart if not unicodedata.combining(c))
    return bare.casefold().translate(_LETTERS)


@lru_cache
def _simplified() -> dict[str, str]:
    """Return the simplified character of each traditional one; none where the file is not there."""
    path = prompts_dir() / "zh" / "simplified.txt"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    pairs = (pair for line in lines if not line.startswith("#") for pair in line.split())
    return {pair[0]: pair[1] for pair in pairs}


@dataclass(frozen=True, slots=True)
class Folded:
    """A text as folded, and where each of its characters stood before; `starts` has one entry more than `text`."""

    text: str
    starts: tuple[int, ...]
    original: str

    def span(self, start: int, end: int) -> tuple[str, int]:
        """Return the original words of a folded span, and their start in the original."""
        first, last = self.starts[start], self.starts[max(start, end - 1)]
        return self.original[first : last + 1], first


def fold(text: str) -> Folded:
    """Fold a text for reading: cues and numbers are looked for in this form."""
    pieces, starts = [], []
    for index, character in enumerate(text):
        folded = fold_character(character)
        pieces.append(folded)
        starts += [index] * len(folded)
    return Folded("".join(pieces), (*starts, len(text)), text)


def key(folded: Folded) -> Folded:
    """Reduce a folded text to letters and digits with single spaces, the form in which labels are compared.

    Apostrophes vanish, and a possessive s with them. The result's `starts` point into the folded text.
    """
    pieces: list[str] = []
    starts: list[int] = []
    for index, character in enumerate(folded.text):
        if character == "'" or (character == "s" and _ends_possessive(folded.text, index)):
            continue
        for piece in " and " if character == "&" else character if character.isalnum() else " ":
            if piece != " " or (pieces and pieces[-1] != " "):
                pieces.append(piece)
                starts.append(index)
    return Folded("".join(pieces), (*starts, len(folded.text)), folded.text)


def _ends_possessive(text: str, index: int) -> bool:
    """Say whether the letter there is the s of a possessive: Nolan's."""
    return index > 0 and text[index - 1] == "'" and not text[index + 1 : index + 2].isalnum()


def key_of(label: str) -> str:
    """Return the key of a label."""
    if label.isascii():
        plain = _POSSESSIVE.sub("", label.casefold()).replace("&", " and ")
        return _BETWEEN.sub(" ", plain).strip()
    folded = _APOSTROPHE.sub("", "".join(map(fold_character, label))).replace("&", " and ")
    return _NO_LETTER.sub(" ", folded).strip()


def is_han(character: str) -> bool:
    """Say whether a character is a Chinese one."""
    return bool(character) and (
        "\u3400" <= character <= "\u9fff" or "\U00020000" <= character <= "\U0003134f"
    )


def is_wordlike(character: str) -> bool:
    """Say whether a character belongs to a word that spaces delimit."""
    return character.isalnum() and not is_han(character)
