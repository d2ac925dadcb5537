"""A real Virtuoso (Debian's virtuoso-opensource-7-bin) answers as the embedded store does, with its cap of 10,000 rows."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from chatrec.config import settings
from chatrec.dialogue.values import Constraint
from chatrec.grounding.candidates import find
from chatrec.grounding.pack import Pack, open_pack, pack_dir
from chatrec.grounding.served import await_port, free_port
from tests.conftest import WINES, write_pack
from tests.grounding.same import WISHES, differences

pytestmark = pytest.mark.skipif(
    shutil.which("virtuoso-t") is None and not os.environ.get("CHATREC_REQUIRE_VIRTUOSO"),
    reason="virtuoso-t is not installed (Debian: apt-get install virtuoso-opensource-7-bin)",
)

INI = """
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
NumberOfBuffers = 20000
[HTTPServer]
ServerPort = 127.0.0.1:{http}
[SPARQL]
ResultSetMaxRows = 10000
"""


@pytest.fixture(scope="module")
def virtuoso(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A fresh Virtuoso; its address."""
    folder, port = tmp_path_factory.mktemp("virtuoso"), free_port()
    (folder / "virtuoso.ini").write_text(INI.format(sql=free_port(), http=port), encoding="utf-8")
    command = ["virtuoso-t", "+foreground", "+configfile", "virtuoso.ini"]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        await_port(port, process, 60)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def load(virtuoso: str, graph: str, *texts: str) -> str:
    """Load Turtle by the SPARQL graph store protocol; return the address of its queries."""
    for text in texts:
        httpx.post(
            f"{virtuoso}/sparql-graph-crud-auth?graph-uri={quote(graph)}",
            content=text.encode(),
            headers={"Content-Type": "text/turtle"},
            auth=httpx.DigestAuth("dba", "dba"),
            timeout=60,
        ).raise_for_status()
    return f"{virtuoso}/sparql?default-graph-uri={quote(graph)}"


def opened(endpoint: str, name: str) -> Pack:
    """Open a pack whose data the endpoint holds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHATREC_ENDPOINT", endpoint)
        patch.setenv("CHATREC_QUERY_SECONDS", "20")
        settings.cache_clear()
        pack = open_pack(name)
    settings.cache_clear()
    return pack


@pytest.fixture(scope="module")
def served(virtuoso: str) -> Pack:
    """The movies pack, its data in Virtuoso."""
    files = (path for path in sorted(pack_dir("movies").glob("*.ttl")) if path.name != "shapes.ttl")
    endpoint = load(virtuoso, "urn:test:movies", *(path.read_text(encoding="utf-8") for path in files))
    return opened(endpoint, "movies")


def test_what_is_read_at_the_start_is_the_same_beyond_the_cap(served: Pack, movies: Pack) -> None:
    assert len(movies.entries) > 10_000
    assert differences(served, movies) == []


@pytest.mark.parametrize("wishes", WISHES, ids=str)
def test_the_same_items_in_the_same_order(served: Pack, movies: Pack, wishes: tuple[Constraint, ...]) -> None:
    excluded = find(movies, ()).items[:3]
    assert find(served, wishes, excluded) == find(movies, wishes, excluded)


def test_another_domain(virtuoso: str, tmp_path: Path, wines: Pack) -> None:
    endpoint = load(virtuoso, "urn:test:wines", WINES)
    served = opened(endpoint, str(write_pack(tmp_path / "wines")))
    assert differences(served, wines) == []
    for wishes in (
        [Constraint("grape", "=", "red grapes", "urn:wines:red")],
        [Constraint("grape", "=", "red grapes", "urn:wines:red", "dislike"), Constraint("price", "<", 10)],
    ):
        assert find(served, wishes).items == find(wines, wishes).items
    assert served.graph.holds(("urn:wines:old-oak", "urn:wines:price", "12"))
