"""Both databases for real: SQLite in a file, and a PostgreSQL server of our own from Debian's package."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from chatrec.grounding.served import free_port
from chatrec.learning.store.store import Store, open_store

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


def as_postgres(*command: str) -> None:
    """Run one of PostgreSQL's programs, which refuse to be run by root."""
    user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run([*user, *command], check=True, stdout=subprocess.DEVNULL, cwd="/")


@pytest.fixture(scope="package")
def postgres() -> Iterator[str]:
    """A fresh server; the URL of its empty database."""
    if not BINARIES and not os.environ.get("CHATREC_REQUIRE_POSTGRES"):
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    pytest.importorskip("psycopg")
    programs, folder, port = BINARIES[-1], Path("/tmp") / f"chatrec-postgres-{os.getpid()}", free_port()
    as_postgres("mkdir", "-m", "700", str(folder))
    data, options = str(folder / "data"), f"-p {port} -c listen_addresses=127.0.0.1 -k {folder}"
    as_postgres(str(programs / "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8")
    as_postgres(str(programs / "pg_ctl"), "-D", data, "-o", options, "-l", str(folder / "log"), "-w", "start")
    yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
    as_postgres(str(programs / "pg_ctl"), "-D", data, "-m", "immediate", "stop")
    shutil.rmtree(folder)


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database: of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store' / 'chatrec.db'}"
    return str(request.getfixturevalue("postgres"))


@pytest.fixture
def opened() -> Iterator[Callable[[str], Store]]:
    """Open stores, which are closed in the end: `opened(url)`."""
    stores: list[Store] = []

    def open_one(url: str) -> Store:
        store = open_store(url)
        assert store
        stores.append(store)
        return store

    yield open_one
    for store in stores:
        store.close()


@pytest.fixture
def store(url: str, opened: Callable[[str], Store]) -> Store:
    """An empty store."""
    store = opened(url)
    store.erase_old(-1)
    return store
