"""From units to text: literals take the place of pointers, and every literal becomes claims with exact positions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from chatrec.dialogue.values import Claim, Language, Sentence
from chatrec.generation.wording import Literal, wording

_NO_BLANK_AFTER = re.compile(r"(^|[\s(\[«“‘/—–-])$")
_ARTICLE = re.compile(r"(?:^|(?<=\W))([Aa])$")
_INNER_ARTICLE = re.compile(r"(?:^|(?<=\W))([Aa]) $")
"""An article that a literal has before its value."""
_VOWEL = re.compile(r"(?!uni|us[be]|eu|one\b)[aeiou]", re.I)


class Surface:
    """Builds the text of a reply piece by piece."""

    def __init__(self, language: Language, first: bool = True) -> None:
        self.text = ""
        self._first = first
        self._blanks: bool = wording(language)["blanks"]
        self.claims: list[Claim] = []

    def words(self, text: str) -> None:
        """Append free words; a blank sets them off from the sentence before, and a stop follows no stop ("Jr.")."""
        if self._blanks and text and not (self.text or self._first or text[0].isspace()):
            self.text += " "
        self.text += text[1:] if self.text.endswith(".") and text.startswith(".") else text

    def literal(self, literal: Literal) -> None:
        """Append a literal, with the blank before it and the article that it needs."""
        if self._blanks:
            if article := _ARTICLE.search(self.text.rstrip()):
                self._article(article[1], literal.text)
            if not _NO_BLANK_AFTER.search(self.text) or not (self.text or self._first):
                self.text += " "
        for part in literal.parts:
            if self._blanks and (inner := _INNER_ARTICLE.search(self.text)):
                self._article(inner[1], part.text)
                self.text += " "
            if part.triple:
                start = len(self.text)
                self.claims.append(Claim(start, start + len(part.text), part.text, part.triple))
            self.text += part.text

    def _article(self, article: str, following: str) -> None:
        self.text = self.text.rstrip()[: -len(article)] + (
            article + "n" if _VOWEL.match(following) else article
        )

    def sentence(self) -> Sentence:
        """Return what was built."""
        return Sentence(self.text, tuple(self.claims))


def render(
    parts: Sequence[str], licence: Mapping[str, Literal], language: Language, first: bool = True
) -> Sentence:
    """Write a text of alternating free words and pointer names (odd positions); positions count from its start.

    `first` tells that nothing stands before it, so that a leading blank goes.
    """
    surface = Surface(language, first)
    for i, part in enumerate(parts):
        if i % 2:
            surface.literal(licence[part])
        else:
            surface.words(part.lstrip() if first and not surface.text else part)
    return surface.sentence()


def join(sentences: Iterable[Sentence]) -> tuple[str, tuple[Claim, ...]]:
    """Join pieces to the whole reply; the claims' positions then count from its start."""
    text, claims = "", []
    for sentence in sentences:
        offset = len(text)
        claims += [Claim(c.start + offset, c.end + offset, c.text, c.triple) for c in sentence.claims]
        text += sentence.text
    return text, tuple(claims)
