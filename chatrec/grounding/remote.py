"""A graph behind a SPARQL 1.1 endpoint: rdflib's SPARQL store, asked by httpx with time limits of our own.

rdflib's own client has no time limit, and takes an answer that the server cut short for the whole one.
"""

from __future__ import annotations

import io
import re
import time
from typing import Any

import httpx
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from rdflib.query import Result

from chatrec.errors import QueryError
from chatrec.grounding.graph import Graph

_ACCEPT = "application/sparql-results+json, application/n-triples;q=0.9, text/turtle;q=0.8"
_CONNECT_SECONDS = 2.0
_PAUSE_SECONDS = 0.25
"""How long to wait before the second and last try."""
_PATIENCE = 12
"""An answer that keeps coming may take this many times the limit of a silence: the labels of a large catalogue do."""
_DOWN = {502, 503}
_KEPT = ("Content-Type", "X-SPARQL-MaxRows")
_PROLOGUE = re.compile(r"(?:\s+|#[^\n]*\n|(?:PREFIX|BASE)\b[^<]*<[^>]*>)*", re.IGNORECASE)
_ORDERED = re.compile(r"\bORDER\s+BY\b[^{}]*\Z", re.IGNORECASE)


class RemoteGraph(Graph):
    """A graph that a SPARQL endpoint holds. It needs no connection to be made, and works again when the server does.

    Args:
        url: where queries are sent, e.g. `http://localhost:7878/query`.
        seconds: the longest silence of the server.
    """

    def __init__(self, url: str, seconds: float) -> None:
        store = _Store(url, seconds)
        self.address = store.address
        super().__init__(store)


class _Store(SPARQLStore):
    """rdflib's SPARQL store with httpx as its client."""

    def __init__(self, url: str, seconds: float) -> None:
        super().__init__(url, context_aware=False)
        self.url, self.seconds = url, seconds
        self.address = _without_password(url)
        limits = httpx.Timeout(seconds, connect=min(_CONNECT_SECONDS, seconds))
        self._client = httpx.Client(timeout=limits, follow_redirects=True, headers={"Accept": _ACCEPT})

    def query(self, query: Any, *_: Any, **__: Any) -> Result:
        """Answer a query as it stands: rdflib's would add its thirty prefixes."""
        return self._query(str(query))

    def _query(self, query: str, *_: Any, **__: Any) -> Result:
        """Return the whole answer: page by page where the server cut it short. Raises QueryError."""
        result, cap = self._ask(query)
        if not result.vars or not 0 < cap <= len(result):
            return result
        rows: list[Any] = []
        while True:  # from the first page on: the answer above came in no order
            page = self._ask(_page(query, result, cap, len(rows)))[0]
            rows += page.bindings
            if len(page) < cap:
                result.bindings = rows
                return result

    def _ask(self, query: str) -> tuple[Result, int]:
        """Return one answer, and the number of rows that the server cuts answers at (0: it does not)."""
        response = self._send(query)
        cap = response.headers.get("X-SPARQL-MaxRows", "")
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        try:
            result = Result.parse(io.BytesIO(response.content), content_type=kind)
        except Exception as error:  # whatever a parser raises on what is no answer
            raise self._error(
                f"sent {kind or 'something unknown'} instead of an answer",
                "Is this the address of its queries? Oxigraph's ends in /query, Virtuoso's in /sparql.",
            ) from error
        return result, int(cap) if cap.isdigit() else 0

    def _send(self, query: str) -> httpx.Response:
        """Return the server's answer to a query. Raises QueryError."""
        try:
            response = self._post_twice(query)
        except httpx.TimeoutException as error:
            raise self._error(
                f"gave no answer within {self.seconds:g} seconds",
                "Raise CHATREC_QUERY_SECONDS, or give the server less to do.",
            ) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise self._error(
                f"cannot be reached, tried twice ({error})", "Start it, or mend CHATREC_ENDPOINT."
            ) from error
        if response.is_error:
            raise self._error(f"answered with status {response.status_code}", _first_lines(response.text))
        return response

    def _post_twice(self, query: str) -> httpx.Response:
        """Send a query, and once more where the server is down or has just been restarted."""
        try:
            response = self._post(query)
            if response.status_code not in _DOWN:
                return response
        except (httpx.NetworkError, httpx.RemoteProtocolError):
            pass
        time.sleep(_PAUSE_SECONDS)
        return self._post(query)

    def _post(self, query: str) -> httpx.Response:
        end = time.monotonic() + self.seconds * _PATIENCE
        with self._client.stream("POST", self.url, data={"query": query}) as response:
            parts = []
            for part in response.iter_bytes():
                parts.append(part)
                if time.monotonic() > end:
                    raise httpx.ReadTimeout("the answer does not end")
        kept = {name: response.headers.get(name, "") for name in _KEPT}
        return httpx.Response(response.status_code, headers=kept, content=b"".join(parts))

    def _error(self, what: str, hint: str) -> QueryError:
        return QueryError(f"The SPARQL endpoint {self.address} {what}.", hint)


def _page(query: str, result: Result, size: int, start: int) -> str:
    """Return the query for the rows after the first `start`.

    The order is settled inside: Virtuoso sorts no more rows than it returns, unless they come out of a subquery.
    """
    prologue = _PROLOGUE.match(query)
    at = prologue.end() if prologue else 0
    names = " ".join(f"?{name}" for name in result.vars or ())
    body = query[at:]
    if not _ORDERED.search(body):
        body = f"SELECT {names} WHERE {{ {{ {body} }} }} ORDER BY {names}"
    return f"{query[:at]}\nSELECT {names} WHERE {{ {{ {body} }} }} LIMIT {size} OFFSET {start}"


def _without_password(url: str) -> str:
    return re.sub(r"//[^/@]*@", "//", url)


def _first_lines(text: str, limit: int = 300) -> str:
    """Return the beginning of what a server says of an error."""
    return " ".join(text.split())[:limit]
