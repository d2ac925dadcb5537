"""The three tables. States and turns are JSON; what is searched by has a column of its own."""

from __future__ import annotations

from sqlalchemy import Column, Double, ForeignKey, Integer, MetaData, String, Table, Text

metadata = MetaData()


def _session() -> ForeignKey:
    return ForeignKey("sessions.id", ondelete="CASCADE")


sessions = Table(
    "sessions",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("pack", Text, nullable=False),
    Column("user", String(64), nullable=False, index=True, comment="empty: did not agree to be remembered"),
    Column("state", Text, nullable=False),
    Column("since", Double, nullable=False, comment="seconds since 1970"),
    Column("used", Double, nullable=False, index=True, comment="when it last changed"),
)

turns = Table(
    "turns",
    metadata,
    Column("session", String(64), _session(), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("before", Text, nullable=False, comment="the state before the turn"),
    Column("turn", Text, nullable=False),
)

ratings = Table(
    "ratings",
    metadata,
    Column("id", Integer, primary_key=True, comment="later ones are higher"),
    Column("session", String(64), _session(), nullable=False, index=True),
    Column("item", Text, nullable=False, index=True),
    Column("rating", String(8), nullable=False),
    Column("at", Double, nullable=False),
    Column("state", Text, nullable=False, comment="the state before the rating"),
)
