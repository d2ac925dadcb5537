"""A remote endpoint: a real Oxigraph server on the loopback interface answers as the embedded store does, or says why not."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from chatrec.config import settings
from chatrec.dialogue.values import Constraint
from chatrec.errors import PackError, QueryError
from chatrec.grounding.candidates import find
from chatrec.grounding.pack import Pack, compile_pack, open_pack, pack_dir
from chatrec.grounding.remote import RemoteGraph
from chatrec.grounding.served import free_port, oxigraph_server
from tests.conftest import write_pack
from tests.grounding.same import WISHES, differences

SIZE = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"


@contextmanager
def endpoint(url: str, seconds: float = 5.0) -> Iterator[None]:
    """Make the endpoint the setting of a block."""
    patch = pytest.MonkeyPatch()
    patch.setenv("CHATREC_ENDPOINT", url)
    patch.setenv("CHATREC_QUERY_SECONDS", str(seconds))
    settings.cache_clear()
    try:
        yield
    finally:
        patch.undo()
        settings.cache_clear()


@pytest.fixture(scope="module")
def served(movies: Pack) -> Iterator[Pack]:
    """The movies pack, its data behind a real server."""
    with oxigraph_server(compile_pack(pack_dir("movies"))) as server, endpoint(server.url):
        yield open_pack("movies")


def test_one_setting_and_the_same_answers(served: Pack, movies: Pack) -> None:
    assert isinstance(served.graph, RemoteGraph)
    assert differences(served, movies) == []


@pytest.mark.parametrize("wishes", WISHES, ids=str)
def test_the_same_items_in_the_same_order(served: Pack, movies: Pack, wishes: tuple[Constraint, ...]) -> None:
    excluded = find(movies, ()).items[:3]
    assert find(served, wishes, excluded) == find(movies, wishes, excluded)


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text())
def test_a_hostile_value_stays_a_value(served: Pack, text: str) -> None:
    assert find(served, [Constraint("rating", "=", text + '"} ; DELETE WHERE {?s ?p ?o} #')]).items == ()


def test_triples_are_looked_up_there(served: Pack, movies: Pack) -> None:
    fact = next(iter(movies.items(find(movies, ()).items[:1])[0].facts.values()))[0]
    assert served.graph.holds(fact.triple)
    assert not served.graph.holds((*fact.triple[:2], "no such value"))
    assert not served.graph.holds(("session", "said", "horror"))
    assert not served.graph.holds(("urn:x> ?p ?o . #", "urn:p", "horror"))


def test_the_rdflib_view_works_too(served: Pack, movies: Pack) -> None:
    subject, path, _ = next(iter(movies.items(find(movies, ()).items[:1])[0].facts.values()))[0].triple
    pattern = f"<{subject}> <{path}> ?o"
    assert served.graph.rdf.query(f"ASK {{ {pattern} }}").askAnswer
    assert len(served.graph.rdf.query(f"CONSTRUCT {{ {pattern} }} WHERE {{ {pattern} }}").graph or ()) > 0


def test_a_server_that_stops_is_named_in_time_and_used_again_when_it_is_back(
    tmp_path: Path, cache: Path
) -> None:
    store = compile_pack(write_pack(tmp_path / "wines"))
    port = free_port()
    with oxigraph_server(store, port) as server:
        graph = RemoteGraph(server.url, 5.0)
        before = graph.select(SIZE)
    start = time.monotonic()
    with pytest.raises(QueryError, match=rf"127\.0\.0\.1:{port}/query cannot be reached") as caught:
        graph.select(SIZE)
    assert time.monotonic() - start < 3
    assert "CHATREC_ENDPOINT" in caught.value.hint
    with oxigraph_server(store, port):
        assert graph.select(SIZE) == before


def test_a_restart_between_two_queries_is_not_noticed(tmp_path: Path, cache: Path) -> None:
    store = compile_pack(write_pack(tmp_path / "wines"))
    port = free_port()
    with oxigraph_server(store, port) as server:
        graph = RemoteGraph(server.url, 5.0)
        before = graph.select(SIZE)
    with oxigraph_server(store, port):
        assert graph.select(SIZE) == before


def test_a_server_that_hangs_is_given_up_within_the_limit() -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        start = time.monotonic()
        with pytest.raises(QueryError, match=r"gave no answer within 0\.5 seconds") as caught:
            RemoteGraph(f"http://127.0.0.1:{deaf.getsockname()[1]}/query", 0.5).select(SIZE)
        assert time.monotonic() - start < 2
        assert "CHATREC_QUERY_SECONDS" in caught.value.hint


class _Scripted(BaseHTTPRequestHandler):
    """Answers each POST with the next of the server's scripted answers."""

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.server.asked.append(form["query"][0])  # type: ignore[attr-defined]
        self.server.answer(self)  # type: ignore[attr-defined]

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def send(self, status: int, body: str, kind: str, **headers: str) -> None:
        """Send a whole answer."""
        self.send_response(status)
        for name, value in {
            "Content-Type": kind,
            "Content-Length": str(len(body.encode())),
            **headers,
        }.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body.encode())


@pytest.fixture
def scripted() -> Iterator[ThreadingHTTPServer]:
    """A server that says what the test wants it to say."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Scripted)
    server.asked, server.url = [], f"http://127.0.0.1:{server.server_port}/query"  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def rows(*values: int) -> str:
    """Write an answer with one variable."""
    bindings = [{"n": {"type": "literal", "value": str(value)}} for value in values]
    return json.dumps({"head": {"vars": ["n"]}, "results": {"bindings": bindings}})


JSON = "application/sparql-results+json"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (
            (400, "line 1: no such thing", "text/plain"),
            r"answered with status 400.*\n  line 1: no such thing",
        ),
        ((503, "starting", "text/plain"), "answered with status 503"),
        ((200, "<h1>Welcome</h1>", "text/html"), "sent text/html instead of an answer"),
        ((200, '{"head": {', JSON), "instead of an answer"),
    ],
)
def test_what_is_no_answer_is_named(
    scripted: ThreadingHTTPServer, answer: tuple[int, str, str], said: str
) -> None:
    scripted.answer = lambda handler: handler.send(*answer)  # type: ignore[attr-defined]
    with pytest.raises(QueryError) as caught:
        RemoteGraph(scripted.url, 2.0).select(SIZE)  # type: ignore[attr-defined]
    caught.match(f"(?s){said}")
    assert len(scripted.asked) == (2 if answer[0] == 503 else 1)  # type: ignore[attr-defined]


def test_an_answer_that_never_ends_is_given_up(scripted: ThreadingHTTPServer) -> None:
    def drip(handler: _Scripted) -> None:
        handler.send_response(200)
        handler.end_headers()
        for _ in range(200):
            handler.wfile.write(b" ")
            time.sleep(0.02)

    scripted.answer = drip  # type: ignore[attr-defined]
    start = time.monotonic()
    with pytest.raises(QueryError, match="gave no answer"):
        RemoteGraph(scripted.url, 0.1).select(SIZE)  # type: ignore[attr-defined]
    assert time.monotonic() - start < 3


def test_an_answer_that_the_server_cuts_short_is_fetched_page_by_page(scripted: ThreadingHTTPServer) -> None:
    pages = iter([(3, 1), (1, 2), (3,)])
    scripted.answer = lambda handler: handler.send(200, rows(*next(pages)), JSON, X_SPARQL_MaxRows="2")  # type: ignore[attr-defined]
    graph = RemoteGraph(scripted.url, 2.0)  # type: ignore[attr-defined]
    assert [
        str(row["n"]) for row in graph.select("PREFIX x: <urn:x>\nSELECT ?n WHERE { ?s x:n ?n }")
    ] == list("123")
    assert [query.rpartition("}")[2].strip() for query in scripted.asked] == [  # type: ignore[attr-defined]
        "",
        "LIMIT 2 OFFSET 0",
        "LIMIT 2 OFFSET 2",
    ]


def test_no_password_is_said() -> None:
    with pytest.raises(QueryError) as caught:
        RemoteGraph(f"http://me:secret@127.0.0.1:{free_port()}/query", 1.0).select(SIZE)
    assert "secret" not in str(caught.value)


def test_an_endpoint_without_the_packs_items_is_refused_at_the_start(tmp_path: Path, cache: Path) -> None:
    store = compile_pack(write_pack(tmp_path / "wines"))
    with (
        oxigraph_server(store) as server,
        endpoint(server.url),
        pytest.raises(PackError, match=r"holds no https://schema\.org/Movie") as caught,
    ):
        open_pack("movies")
    assert "Load the data of the pack movies" in caught.value.hint
