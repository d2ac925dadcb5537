"""A SPARQL endpoint as a source: a real Oxigraph server on this machine, and servers that misbehave."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import httpx
import pytest

from chatrec.errors import InputError
from chatrec.grounding.importing import endpoint
from chatrec.grounding.importing.endpoint import EndpointSource
from tests.grounding.importing.conftest import Import

DATA = """@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix e: <urn:e:> .
e:sf rdfs:label "science fiction" . e:drama rdfs:label "drama" . e:genre rdfs:label "genre" . e:year rdfs:label "year" .
""" + "".join(
    f'e:f{n} a e:Film ; rdfs:label "Film {n}" ; e:genre e:{"sf" if n % 3 else "drama"}, e:drama ; e:year {1950 + n} .\n'
    for n in range(40)
)
COLUMNS = """PREFIX e: <urn:e:> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
# one row a genre
SELECT ?item ?itemLabel ?genre ?genreLabel ?year WHERE {
  ?item a e:Film ; rdfs:label ?itemLabel ; e:genre ?genre ; e:year ?year . ?genre rdfs:label ?genreLabel }"""
STATEMENTS = """PREFIX e: <urn:e:> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?item ?itemLabel ?prop ?propLabel ?value ?valueLabel WHERE {
  ?item a e:Film ; rdfs:label ?itemLabel ; ?prop ?value . ?prop rdfs:label ?propLabel .
  OPTIONAL { ?value rdfs:label ?valueLabel } }"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running Oxigraph server that holds forty films."""
    program = shutil.which("oxigraph", path=str(Path(sys.executable).parent)) or shutil.which("oxigraph")
    if program is None:
        pytest.skip("the oxigraph server is not installed (pip install oxigraph)")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{probe.getsockname()[1]}"
    folder = tmp_path_factory.mktemp("store")
    command = [program, "serve", "--location", str(folder), "--bind", place]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _fill(f"http://{place}", process)
        yield f"http://{place}/query"
    finally:
        process.terminate()
        process.wait(10)


def _fill(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(100):
        try:
            headers = {"Content-Type": "text/turtle"}
            httpx.post(f"{url}/store?default", content=DATA.encode(), headers=headers).raise_for_status()
            return
        except httpx.TransportError:
            assert process.poll() is None
            time.sleep(0.1)
    raise AssertionError("the server did not start")


@pytest.mark.parametrize("query", [COLUMNS, STATEMENTS, COLUMNS + " ORDER BY ?item"])
def test_pages_of_a_query_become_items(bring: Import, server: str, query: str) -> None:
    imported = bring("", EndpointSource(server, query, page=7))
    items = imported.items()
    assert len(items) == 40
    assert (items["Film 7"]["genre"], items["Film 7"]["year"]) == (["drama", "science fiction"], ["1957"])


def test_a_limit_of_the_query_is_kept(bring: Import, server: str) -> None:
    imported = bring(
        "", EndpointSource(server, COLUMNS.replace(", e:drama", "") + " ORDER BY ?item LIMIT 10")
    )
    assert 4 < len(imported.items()) <= 10


def test_a_query_that_is_none_is_told_with_what_the_server_says(bring: Import, server: str) -> None:
    with pytest.raises(InputError, match="HTTP 400"):
        bring("", EndpointSource(server, "SELECT ?item WHERE { nonsense"))
    with pytest.raises(InputError, match="no SELECT with"):
        EndpointSource(server, "DELETE WHERE { ?item ?p ?o }")
    with pytest.raises(InputError, match="no address"):
        EndpointSource("file:///etc/passwd", COLUMNS)


class _Odd(BaseHTTPRequestHandler):
    """Answers with something that is no result."""

    answer: bytes = b"<html>"
    status = 200

    def do_POST(self) -> None:
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(self.answer)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.mark.parametrize(
    "answer", [b"<html>", b"[]", b'{"results": 3}', b'{"results": {"bindings": [3]}}', b""]
)
def test_a_server_of_another_kind_is_told(bring: Import, answer: bytes) -> None:
    handler = type("Handler", (_Odd,), {"answer": answer})
    with HTTPServer(("127.0.0.1", 0), handler) as odd:
        Thread(target=odd.serve_forever, daemon=True).start()
        with pytest.raises(InputError, match="no SPARQL result"):
            bring("", EndpointSource(f"http://127.0.0.1:{odd.server_port}/sparql", COLUMNS))
        odd.shutdown()


def test_a_server_that_is_away_is_tried_again_and_told(
    bring: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(endpoint.time, "sleep", pauses.append)
    with pytest.raises(InputError, match="did not answer"):
        bring("", EndpointSource("http://127.0.0.1:9/sparql", COLUMNS))
    assert len(pauses) == 2


def test_a_server_that_hangs_is_given_up(bring: Import, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoint, "_SECONDS", 0.2)
    monkeypatch.setattr(endpoint.time, "sleep", lambda _: None)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with pytest.raises(InputError, match="ReadTimeout"):
            bring("", EndpointSource(f"http://127.0.0.1:{silent.getsockname()[1]}/", COLUMNS))
