"""The database behind the store: SQLite in a file unless a PostgreSQL server is named."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import platformdirs
from sqlalchemy import URL, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DatabaseError

from chatrec.errors import StoreError
from chatrec.learning.store.tables import metadata

NOWHERE = "none"
"""The setting that stores nothing."""

_PATIENCE = 30
"""Seconds to wait for another writer, or for the server."""
_ALLOWED = (
    "CHATREC_DATABASE is empty (a file in your data folder), `none`, sqlite:///FILE or postgresql://…/NAME."
)
_SQLITE = {
    "journal_mode": "WAL",
    "synchronous": "FULL",  # a commit is on the disk before it returns
    "secure_delete": "ON",  # what is deleted is overwritten with zeros
    "foreign_keys": "ON",
    "busy_timeout": str(1000 * _PATIENCE),
}


def default_url() -> URL:
    """Return where conversations are kept unless told otherwise."""
    return URL.create("sqlite", database=str(Path(platformdirs.user_data_dir("chatrec")) / "chatrec.db"))


def open_engine(url: str) -> Engine:
    """Connect to a database and make the tables that it lacks. Raises StoreError.

    Args:
        url: empty for the default file, `sqlite:///FILE`, or a PostgreSQL URL.
    """
    address = _address(url)
    engine = _sqlite(address) if address.get_backend_name() == "sqlite" else _postgres(address)
    with explained(engine):
        metadata.create_all(engine)
    return engine


@contextmanager
def explained(engine: Engine) -> Iterator[None]:
    """Raise StoreError in place of the database's own error that it cannot be reached, read or written."""
    try:
        yield
    except DatabaseError as error:
        raise StoreError(
            f"The database {engine.url.render_as_string()} cannot be used: {error.orig}",
            f"See that it is there, writable and has room. {_ALLOWED}",
        ) from error


def scrub(engine: Engine) -> None:
    """See that nothing deleted can be read any more: in SQLite, from the write-ahead log either."""
    with explained(engine), engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
        if engine.dialect.name != "sqlite":
            db.execute(text(f"VACUUM {', '.join(metadata.tables)}"))
        elif db.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).scalar_one():
            raise StoreError(
                "What was deleted is still in the database's write-ahead log: someone reads all the time.",
                "Close other programs that use the database, and erase again.",
            )


def _address(url: str) -> URL:
    try:
        address = make_url(url) if url else default_url()
    except ArgumentError as error:
        raise StoreError(f"{url!r} is no address of a database.", _ALLOWED) from error
    backend = address.get_backend_name()
    if backend not in ("sqlite", "postgresql", "postgres") or address.database in (None, "", ":memory:"):
        raise StoreError(f"{address.render_as_string()} names no database that can be used.", _ALLOWED)
    return address


def _sqlite(address: URL) -> Engine:
    file = Path(str(address.database))
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.touch(mode=0o600)  # only the owner reads what people said
    except OSError as error:
        raise StoreError(f"{file} cannot be written: {error.strerror}.", _ALLOWED) from error
    engine = create_engine(address)
    event.listen(engine, "connect", _prepare)
    return engine


def _prepare(connection: Any, _: object) -> None:
    for name, value in _SQLITE.items():
        connection.execute(f"PRAGMA {name}={value}")


def _postgres(address: URL) -> Engine:
    address = address.set(drivername="postgresql+psycopg")
    try:
        return create_engine(address, pool_pre_ping=True, connect_args={"connect_timeout": _PATIENCE})
    except ImportError as error:
        raise StoreError(
            "PostgreSQL needs a driver that is not installed.", 'pip install "chatrec[postgres]"'
        ) from error
