"""The picture behind "why": paths in the graph from what a person said to an item, laid out in three columns.

Every path is a triple of the item with what speaks for it on the other side: a wish, or a liked item that has the
same value. Positions are in the units of the picture's own coordinate system, in which a letter is 15 high.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from chatrec.dialogue.values import Candidate, Fact, Language, Triple
from chatrec.grounding.pack import Pack
from chatrec.serving.labels import name_of, wish_text
from chatrec.serving.payload import MOST_SHARED, name
from chatrec.serving.texts import pack_texts, slot_text, value_text

_MOST_LINES = 3
_COLUMN, _GAP, _ROW_GAP, _MARGIN = 128, 26, 13, 2
_LINE, _CAPTION, _PADDING = 19, 17, 9
_ROOM = 7.2
"""How many full-width letters fit a line of a box."""
_WIDTHS = {**dict.fromkeys("fijlrtI.,:;'’!|()[] ·-", 0.37), **dict.fromkeys("mwMW@%", 0.9)}
"""How wide some letters are, of a full-width one; capitals and all others are taken for 0.7 and 0.6."""
WIDTH = 3 * _COLUMN + 2 * _GAP + 2 * _MARGIN

Kind = Literal["wish", "liked", "value", "item"]


@dataclass(frozen=True, slots=True)
class Path:
    """A way from what was said to an item: the kind and text of its start, and the item's fact it runs through."""

    kind: Kind
    start: str
    fact: Fact

    @property
    def key(self) -> tuple[Kind, str, Triple]:
        """What tells it from other paths to the same item."""
        return self.kind, self.start, self.fact.triple


@dataclass(frozen=True, slots=True)
class Box:
    """A node as it is drawn: its upper left corner, its height, a caption and the lines of its text."""

    kind: Kind
    caption: str
    lines: tuple[str, ...]
    x: float = 0
    y: float = 0

    @property
    def height(self) -> float:
        """The height of the box."""
        return 2 * _PADDING + _CAPTION + _LINE * len(self.lines)

    @property
    def middle(self) -> float:
        """The height at which edges end."""
        return self.y + self.height / 2

    @property
    def text_rows(self) -> list[tuple[float, str]]:
        """The base lines of the text, top to bottom."""
        first = self.y + _PADDING + _CAPTION
        return [(first + _LINE * (i + 0.75), line) for i, line in enumerate(self.lines)]


@dataclass(frozen=True, slots=True)
class Picture:
    """Boxes, and edges as SVG paths with the kind of what they start from."""

    height: float
    boxes: tuple[Box, ...]
    edges: tuple[tuple[Kind, str], ...]
    width: float = WIDTH
    column: float = _COLUMN


def picture(candidate: Candidate, pack: Pack, language: Language) -> Picture | None:
    """Draw what speaks for an item; None where nothing does."""
    paths = list({path.key: path for path in _paths(candidate, pack, language)}.values())
    if not paths:
        return None
    words = pack_texts(pack, language)
    starts = {
        (path.kind, path.start): _box(path.kind, words[f"path_{path.kind}"], path.start) for path in paths
    }
    values = {path.fact.triple: _value_box(path.fact, pack, language) for path in paths}
    item = _box("item", words["path_item"], name(candidate.item, language, pack))
    return _lay_out(paths, starts, values, item)


def _paths(candidate: Candidate, pack: Pack, language: Language) -> Iterator[Path]:
    for wish, fact in candidate.met:
        yield Path("wish", wish_text(wish, pack, language), fact)
    for fact, iri in candidate.shared[:MOST_SHARED]:
        yield Path("liked", name_of(pack, iri, language), fact)


def _box(kind: Kind, caption: str, text: str) -> Box:
    return Box(kind, caption, wrap(text))


def _value_box(fact: Fact, pack: Pack, language: Language) -> Box:
    caption = slot_text(pack.schema, fact.slot, language)
    return _box("value", caption, value_text(pack.schema, fact, language))


def wrap(text: str, room: float = _ROOM, most: int = _MOST_LINES) -> tuple[str, ...]:
    """Break a text into lines of so many full-width letters; what does not fit ends in an ellipsis."""
    lines = [""]
    for word in re.findall(r"[\u2e80-\u9fff\uff00-\uffef]|[^\s\u2e80-\u9fff\uff00-\uffef]+\s*|\s+", text):
        if lines[-1] and _width(lines[-1] + word.rstrip()) > room:
            lines.append("")
        lines[-1] += word
    shown = [_cut(line.strip(), room) for line in lines[:most]]
    if len(lines) > most:
        shown[-1] = _cut(shown[-1] + "…", room)
    return tuple(shown)


def _width(text: str) -> float:
    return sum(
        1
        if unicodedata.east_asian_width(letter) in "WF"
        else _WIDTHS.get(letter, 0.7 if letter.isupper() else 0.6)
        for letter in text
    )


def _cut(line: str, room: float) -> str:
    if _width(line) <= room:
        return line
    while _width(line + "…") > room:
        line = line[:-1]
    return line.rstrip("…") + "…"


def _lay_out(
    paths: Sequence[Path],
    starts: dict[tuple[Kind, str], Box],
    values: dict[Triple, Box],
    item: Box,
) -> Picture:
    """Stack the boxes of each column about the middle of the picture, and join them."""
    columns = [list(starts.values()), list(values.values()), [item]]
    height = max(_height(column) for column in columns) + 2 * _MARGIN
    placed = [_stack(column, index, height) for index, column in enumerate(columns)]
    left = dict(zip(starts, placed[0], strict=True))
    middle = dict(zip(values, placed[1], strict=True))
    edges = [(path.kind, _edge(left[path.kind, path.start], middle[path.fact.triple])) for path in paths]
    edges += [("item", _edge(box, placed[2][0])) for box in placed[1]]
    return Picture(height, tuple(box for column in placed for box in column), tuple(edges))


def _height(column: Sequence[Box]) -> float:
    return sum(box.height for box in column) + _ROW_GAP * (len(column) - 1)


def _stack(column: Sequence[Box], index: int, height: float) -> list[Box]:
    x, y = _MARGIN + index * (_COLUMN + _GAP), (height - _height(column)) / 2
    placed = []
    for box in column:
        placed.append(Box(box.kind, box.caption, box.lines, x, y))
        y += box.height + _ROW_GAP
    return placed


def _edge(start: Box, end: Box) -> str:
    """Return a curve from the right side of a box to the left side of another."""
    x, bend = start.x + _COLUMN, _GAP / 2
    return f"M{x:g} {start.middle:g} C{x + bend:g} {start.middle:g} {x + bend:g} {end.middle:g} {end.x:g} {end.middle:g}"
