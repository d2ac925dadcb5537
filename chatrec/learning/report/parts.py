"""From nested figures to what a page shows: loose figures, tables and plots. No key has to be known.

Groups that lie side by side and share figures (all, novel, repeated; without and with buttons) become one table, a
column or a row each. Figures of one quantity (recall@1, recall@10; p50, p95; by language) become bars.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chatrec.learning.report.bars import Bars, Point, bars

_MOST_COLUMNS = 6
_DEEPEST = 12
_UNITS = ("ms", "s", "mb")

Figures = Mapping[str, Any]
Way = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells under column heads; the first cell of a row is its name."""

    way: Way
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def parts(figures: Figures, way: Way = ()) -> Iterator[Table | Bars]:
    """Yield what shows nested figures: what lies on top first."""
    loose = {key: value for key, value in figures.items() if not _is_group(value)}
    groups = _inner(figures)
    if loose and not (len(loose) > 1 and _one_quantity({"": figures})):  # else the plot says it all
        yield Table(way, (), tuple((key, _cell(figures, key)) for key in loose))
    yield from _plots({"": figures}, way)
    while groups and len(way) < _DEEPEST:
        alike = _alike(groups)
        yield from _side_by_side({key: groups.pop(key) for key in alike}, way)


def _inner(figures: Figures) -> dict[str, Figures]:
    """Return the groups within figures, but for the intervals, which stand beside what they belong to."""
    return {
        key: value
        for key, value in figures.items()
        if _is_group(value) and value and not (key == "interval" and figures.keys() >= value.keys())
    }


def _is_group(value: Any) -> bool:
    return isinstance(value, Mapping)


def _alike(groups: Mapping[str, Figures]) -> list[str]:
    """Return the first group and those that share its unit and figures with it."""
    first, *others = groups
    own = _loose(groups[first])
    others = [key for key in others if _unit(key) == _unit(first)]
    return [first, *(key for key in others if len(own.keys() & _loose(groups[key])) >= min(2, len(own)) > 0)]


def _unit(name: str) -> str:
    """Return the unit that a name ends with, e.g. `first_token_ms`."""
    end = name.rpartition("_")[2]
    return end if end in _UNITS else ""


def _loose(*groups: Figures) -> dict[str, None]:
    """Return the keys of all figures that lie loose in groups, each once, in order."""
    return dict.fromkeys(key for group in groups for key, value in group.items() if not _is_group(value))


def _side_by_side(groups: Mapping[str, Figures], way: Way) -> Iterator[Table | Bars]:
    """Show groups that share figures; one that is alone, under its own name."""
    if len(groups) == 1:
        ((name, group),) = groups.items()
        yield from parts(group, (*way, name))
        return
    yield _table(groups, way)
    yield from _plots(groups, way)
    for name, group in groups.items():
        yield from parts(_inner(group), (*way, name))


def _table(groups: Mapping[str, Figures], way: Way) -> Table:
    """Put groups into a table: each a column where they are few, else each a row."""
    keys = list(_loose(*groups.values()))
    cells = {name: {key: _cell(group, key) for key in keys} for name, group in groups.items()}
    if len(groups) <= _MOST_COLUMNS and len(keys) >= len(groups):
        return Table(way, tuple(groups), tuple((key, *(cells[name][key] for name in groups)) for key in keys))
    return Table(way, tuple(keys), tuple((name, *(row[key] for key in keys)) for name, row in cells.items()))


def _cell(group: Figures, key: str) -> str:
    return f"{text_of(group[key])}{_spread(group, key)}" if key in group else "–"


def _spread(group: Figures, key: str) -> str:
    low_high = None if isinstance(group[key], list) else _interval(group, key)
    return f" ({text_of(low_high[0])} – {text_of(low_high[1])})" if low_high else ""


def _interval(group: Figures, key: str) -> tuple[float, float] | None:
    """Return the interval of a figure: beside it under `interval`, or in its own list of value, low and high."""
    found = group.get("interval", {}).get(key) if _is_group(group.get("interval")) else None
    value = found if found is not None else group.get(key)
    numbers = value[-2:] if isinstance(value, list) and len(value) in (2, 3) else []
    return (numbers[0], numbers[1]) if len(numbers) == 2 and all(map(_is_number, numbers)) else None


def text_of(value: Any) -> str:
    """Write a figure, thousands apart; a list of three as a gain and its interval."""
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "–"}[value]
    if isinstance(value, float):
        return f"{value:,.{_digits(abs(value))}f}"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, list) and len(value) == 3 and all(map(_is_number, value)):
        return f"{value[0]:+.3f} ({text_of(value[1])} – {text_of(value[2])})"
    return ", ".join(map(text_of, value)) if isinstance(value, list) else str(value)


def _digits(size: float) -> int:
    return 4 if 0 < size < 0.01 else 3 if size < 10 else 1


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _plots(groups: Mapping[str, Figures], way: Way) -> Iterator[Bars]:
    """Draw each quantity that the groups have several figures of."""
    for quantity, keys in _quantities(groups).items():
        plotted = {
            name: {key: _point(group, key) for key in keys if _is_number(group.get(key))}
            for name, group in groups.items()
        }
        plotted = {name: points for name, points in plotted.items() if points}
        if plotted:
            yield bars((*way, quantity.rstrip("@")) if quantity else way, _turned(plotted))


def _point(group: Figures, key: str) -> Point:
    return Point(float(group[key]), text_of(group[key]), _interval(group, key))


def _quantities(groups: Mapping[str, Figures]) -> dict[str, list[str]]:
    """Sort the keys by quantity: `recall@10` is of `recall@`; those of a group that are all cuts or languages, of one."""
    keys = list(_loose(*groups.values()))
    found: dict[str, list[str]] = {}
    for key in keys:
        if "@" in key:
            found.setdefault(key[: key.index("@") + 1], []).append(key)
    found = {quantity: members for quantity, members in found.items() if len(members) > 1}
    return found or ({"": keys} if len(keys) > 1 and _one_quantity(groups) else {})


def _one_quantity(groups: Mapping[str, Figures]) -> bool:
    """Tell whether all figures of groups measure the same: by cut (1, 10; p50, p95) or by language (en, zh)."""
    keys = _loose(*groups.values())
    values = [group[key] for group in groups.values() for key in _loose(group)]
    return all(map(_is_number, values)) and all(
        key.removeprefix("p").isdecimal() or (len(key) == 2 and key.isalpha()) for key in keys
    )


def _turned(plotted: Mapping[str, Mapping[str, Point]]) -> dict[str, dict[str, Point]]:
    """Return points by row and series: of groups and figures, the fewer are the series."""
    keys = list(dict.fromkeys(key for points in plotted.values() for key in points))
    if len(plotted) <= len(keys):
        return {key: {name: plotted[name][key] for name in plotted if key in plotted[name]} for key in keys}
    return {name: dict(points) for name, points in plotted.items()}
