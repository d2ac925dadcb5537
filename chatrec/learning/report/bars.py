"""Plots as bars: lengths as shares of the widest, so that an SVG of any width shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_ROOM = 78.0
"""Length of the longest bar, in percent of the width; its figure stands behind it."""
_BAR, _GAP, _HEAD = 14, 4, 22
"""Height of a bar, the gap below it and the height of a row's name, in pixels."""
_SPREAD = 1.0


@dataclass(frozen=True, slots=True)
class Point:
    """A figure, how it is written, and the interval around it."""

    value: float
    text: str
    interval: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its place in pixels from the top, length and interval in percent, and the number of its series."""

    top: int
    length: float
    text: str
    series: int
    whisker: tuple[float, float] | None = None

    @property
    def end(self) -> float:
        """Where the figure begins: behind the bar and its whisker, in percent."""
        return max(self.length, self.whisker[1] if self.whisker else 0.0) + _SPREAD


@dataclass(frozen=True, slots=True)
class Row:
    """The bars of one name, and where the name stands."""

    name: str
    top: int
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Bars:
    """A plot: rows of bars, and the names of the series."""

    way: tuple[str, ...]
    series: tuple[str, ...]
    rows: tuple[Row, ...]
    height: int


def bars(way: tuple[str, ...], points: Mapping[str, Mapping[str, Point]]) -> Bars:
    """Lay out points by row and series."""
    series = tuple(dict.fromkeys(name for row in points.values() for name in row))
    reach = [
        max(p.value, p.interval[1] if p.interval else p.value)
        for row in points.values()
        for p in row.values()
    ]
    widest = max([*reach, 0.0]) or 1.0
    rows, top = [], 0
    for name, row in points.items():
        first = top + _HEAD
        placed = [
            _bar(first + place * (_BAR + _GAP), point, series.index(key), widest)
            for place, (key, point) in enumerate(row.items())
        ]
        rows.append(Row(name, top + _HEAD - 7, tuple(placed)))
        top = first + len(placed) * (_BAR + _GAP) + _GAP
    return Bars(way, series, tuple(rows), top)


def _bar(top: int, point: Point, series: int, widest: float) -> Bar:
    whisker = tuple(_length(end, widest) for end in point.interval) if point.interval else None
    return Bar(top, _length(point.value, widest), point.text, series, whisker)  # type: ignore[arg-type]


def _length(value: float, widest: float) -> float:
    return round(_ROOM * max(value, 0.0) / widest, 2)
