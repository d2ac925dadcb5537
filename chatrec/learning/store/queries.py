"""The queries of the store that take more than a line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, case, func, select

from chatrec.learning.store.records import Selection
from chatrec.learning.store.tables import ratings, sessions


def selected(wanted: Selection) -> list[ColumnElement[bool]]:
    """Return the conditions on sessions that a selection makes."""
    pairs = (
        (sessions.c.id, wanted.session),
        (sessions.c.user, wanted.user),
        (sessions.c.pack, wanted.pack),
    )
    return [column == value for column, value in pairs if value is not None]


def outdated(oldest: float) -> ColumnElement[bool]:
    """Tell the sessions not used since then; those of a user who has come back since are kept."""
    back = select(sessions.c.user).where(sessions.c.used >= oldest, sessions.c.user != "")
    return (sessions.c.used < oldest) & sessions.c.user.not_in(back)


def latest(*conditions: ColumnElement[bool]) -> Subquery:
    """Return the ratings (`item`, `rating`) that count: for each person and item the last one.

    A person is a user who agreed to be remembered, else a session.
    """
    person = case((sessions.c.user != "", sessions.c.user), else_=sessions.c.id)
    newest = func.row_number().over(partition_by=(person, ratings.c.item), order_by=ratings.c.id.desc())
    rows = (
        select(ratings.c.id, ratings.c.item, ratings.c.rating, newest.label("age"))
        .join(sessions)
        .where(*conditions)
        .subquery()
    )
    return select(rows).where(rows.c.age == 1).subquery()


def tallies(pack: str, items: Sequence[str] | None = None) -> Select[Any]:
    """Count likes and dislikes by item, for some items or all that were ever rated."""
    conditions = [sessions.c.pack == pack]
    if items is not None:
        conditions.append(ratings.c.item.in_(items))
    rated = latest(*conditions)
    counts = (func.sum(case((rated.c.rating == rating, 1), else_=0)) for rating in ("like", "dislike"))
    return select(rated.c.item, *counts).group_by(rated.c.item)


def events(wanted: Selection, after: int, most: int) -> Select[Any]:
    """Return the ratings of some sessions with their keys, oldest first, from a page's last id on."""
    return (
        select(ratings, sessions.c.pack, sessions.c.user)
        .join(sessions)
        .where(ratings.c.id > after, *selected(wanted))
        .order_by(ratings.c.id)
        .limit(most)
    )
