"""A SPARQL 1.1 endpoint as a source: the pages of a SELECT query, its rows gathered by `?item`.

Two forms are understood: a column a variable (`?item ?itemLabel ?genreLabel ?year`; a label stands for its node), and a row a
statement (`?item ?itemLabel ?propLabel ?valueLabel`).
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlparse

import httpx

from chatrec.errors import InputError
from chatrec.grounding.importing.sources import Source
from chatrec.grounding.importing.text import clean
from chatrec.grounding.importing.values import Record, Reject

_PAGE = 5_000
_SECONDS = 60.0
_TRIES = 3
_LIMITED = re.compile(r"\blimit\s+\d+(?:\s+offset\s+\d+)?\s*$", re.IGNORECASE)
_ORDERED = re.compile(r"\border\s+by\b(?!.*\})", re.IGNORECASE | re.DOTALL)
_COMMENT = re.compile(r"(?m)(?<![<\w:/])#(?![^<\n]*>).*$")

Row = Mapping[str, str]


class EndpointSource(Source):
    """The answers of an endpoint to a query.

    Args:
        url: address of the endpoint.
        query: a SELECT query with `?item`; one without LIMIT is asked page by page.
        page: rows a page.
    """

    def __init__(self, url: str, query: str, page: int = _PAGE) -> None:
        super().__init__(urlparse(url).hostname or "endpoint")
        self.url, self.page = url, page
        self.query = _COMMENT.sub("", query).strip()
        if not re.match(r"https?://", url):
            raise InputError(f"{url!r} is no address of an endpoint.", "It begins with http:// or https://.")
        if not re.search(r"\bselect\b", self.query, re.IGNORECASE) or "?item" not in self.query:
            raise InputError(
                "The query is no SELECT with ?item.", "Write SELECT ?item ?itemLabel … WHERE { … }."
            )

    def stream(self) -> Iterator[Record | Reject]:
        """Yield one record an item. Raises InputError naming the endpoint, what happened and what to do."""
        item, rows, count = "", list[Row](), 0
        for row in self._rows():
            if row.get("item") != item and rows:
                count += 1
                yield Record(count, _fields(item, rows))
                rows = []
            item = row.get("item", "")
            if item:
                rows.append(row)
            else:
                yield Reject(self.position, "item", str(dict(row))[:200], "the row has no ?item")
        if rows:
            yield Record(count + 1, _fields(item, rows))

    def _rows(self) -> Iterator[Row]:
        limited = bool(_LIMITED.search(self.query))
        ordered = self.query if _ORDERED.search(self.query) or limited else f"{self.query}\nORDER BY ?item"
        with httpx.Client(timeout=httpx.Timeout(_SECONDS, connect=10.0), follow_redirects=False) as client:
            while True:
                paged = f"{ordered}\nLIMIT {self.page} OFFSET {self.position}"
                rows = self._ask(client, ordered if limited else paged)
                self.position += len(rows)
                yield from rows
                if limited or len(rows) < self.page:
                    return

    def _ask(self, client: httpx.Client, query: str) -> list[Row]:
        """Ask once, and again after a moment where the server is busy or away."""
        for attempt in range(1, _TRIES + 1):
            try:
                answer = client.post(self.url, data={"query": query}, headers=_HEADERS)
                if answer.status_code not in (429, 502, 503, 504) or attempt == _TRIES:
                    return self._parsed(answer)
            except httpx.HTTPError as error:
                if attempt == _TRIES:
                    raise self._fault(f"{type(error).__name__} {error}".strip()) from error
            time.sleep(0.5 * 2**attempt)
        return []

    def _parsed(self, answer: httpx.Response) -> list[Row]:
        if answer.status_code != 200:
            raise self._fault(f"HTTP {answer.status_code}: {clean(answer.text[:300])}")
        try:
            bindings = answer.json()["results"]["bindings"]
            return [{name: str(term["value"]) for name, term in row.items()} for row in bindings]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise self._fault("the answer is no SPARQL result in JSON") from error

    def _fault(self, what: str) -> InputError:
        return InputError(f"{self.url} did not answer the query: {what}", "Check the address and the query.")


_HEADERS = {"Accept": "application/sparql-results+json", "User-Agent": "chatrec (catalogue import)"}


def _fields(item: str, rows: list[Row]) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {"id": {clean(item): None}}
    for row in rows:
        for header, value in _pairs(row):
            if text := clean(value):
                found.setdefault(header, {})[text] = None
    return {header: tuple(values) for header, values in found.items()}


def _pairs(row: Row) -> Iterator[tuple[str, Any]]:
    """Yield headers and values of a row: the label of a node in its place, a statement as its property and value."""
    label = row.get("itemLabel")
    if label:
        yield "name", label
    rest = {name: value for name, value in row.items() if name not in ("item", "itemLabel")}
    if "value" in rest and ("prop" in rest or "propLabel" in rest):
        header = rest.get("propLabel") or re.split(r"[/#:]", rest["prop"])[-1]
        yield clean(header), rest.get("valueLabel") or rest["value"]
        return
    for name, value in rest.items():
        if name.endswith("Label") or f"{name}Label" not in rest:
            yield name.removesuffix("Label"), value
