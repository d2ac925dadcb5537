"""Whatever bytes come: the importer never crashes, and what it writes keeps the shapes."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chatrec.errors import ChatrecError
from chatrec.grounding.importing.pipeline import Options, run
from chatrec.grounding.importing.sources import open_source
from chatrec.grounding.importing.text import clean, key, number, slug, year
from chatrec.grounding.pack import validate
from tests.conftest import write_pack
from tests.grounding.importing.conftest import fingerprint

BUDGET = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

FIELD = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [
            "",
            "N/A",
            "-1",
            "20010",
            "$3.50",
            "a|b",
            "杯子",
            '"',
            "\\",
            "x" * 400,
            "<urn:x>",
            '" .',
            "'''",
            "\ud800",
        ]
    ),
    st.integers().map(str),
)
HEADER = st.sampled_from(
    ["name", "title_zh", "price", "year", "category", "genre", "director", "id", "description", "x", ""]
)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


def imports(name: str, content: bytes, into_wines: bool = False) -> None:
    """Import a file; either there is a valid pack and a full account afterwards, or a polite error and nothing at all."""
    with tempfile.TemporaryDirectory() as place:
        path, packs, options = Path(place) / name, Path(place) / "packs", Options(extract=True)
        path.write_bytes(content)
        before = fingerprint(write_pack(packs / "fuzz")) if into_wines else ""
        try:
            summary = run(open_source(path), str(packs / "fuzz"), options)
        except ChatrecError as error:
            assert error.message
            assert fingerprint(packs / "fuzz") == before if into_wines else not any(packs.glob("*"))
            return
        validate(summary.pack)
        tally = summary.tally
        assert tally.rows == tally.items + tally.rejected_rows + tally.merged + tally.held
        again = run(open_source(path), str(packs / "fuzz"), options).tally
        assert (again.items, again.triples) == (tally.items, tally.triples)


@BUDGET
@given(st.lists(HEADER, min_size=1, max_size=5), st.lists(st.lists(FIELD, max_size=6), max_size=6))
def test_tables(headers: list[str], rows: list[list[str]]) -> None:
    lines = [",".join(f'"{field}"' if "," in field else field for field in row) for row in [headers, *rows]]
    imports("fuzz.csv", "\n".join(lines).encode("utf-8", "surrogatepass"))


@BUDGET
@given(st.binary(max_size=300))
def test_bytes_as_a_table(content: bytes) -> None:
    imports("fuzz.csv", b"name,price,category\n" + content)


@BUDGET
@given(st.lists(st.dictionaries(HEADER, st.one_of(FIELD, JSON), max_size=5), max_size=6))
def test_json_lines(records: list[dict[str, object]]) -> None:
    imports("fuzz.jsonl", "\n".join(json.dumps(record) for record in records).encode())


WINE = st.fixed_dictionaries(
    {"name": st.one_of(FIELD, st.sampled_from(["Old Oak", "New Elm"]))},
    optional={
        "grape": st.one_of(FIELD, st.sampled_from(["Merlot", "梅洛", "Riesling|Merlot", "Zweigelt"])),
        "price": st.one_of(FIELD, st.integers(-5, 50)),
    },
)


@BUDGET
@given(st.lists(WINE, max_size=6))
def test_into_a_pack_that_has_shapes(records: list[dict[str, object]]) -> None:
    imports("fuzz.jsonl", "\n".join(json.dumps(record) for record in records).encode(), into_wines=True)


@settings(BUDGET, max_examples=40)
@given(JSON, st.sampled_from(["Movie", "Product", "ItemList", "", "urn:x"]), FIELD)
def test_json_ld(data: object, kind: str, name: str) -> None:
    imports(
        "fuzz.jsonld",
        json.dumps({"@context": "https://schema.org", "@type": kind, "name": name, "genre": data}).encode(),
    )


@given(st.text())
def test_texts(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    cleaned.encode()
    assert slug(cleaned).isascii()
    assert key(cleaned) == key(key(cleaned)) or not cleaned
    for read in (number(text), year(text)):
        assert read is None or read.is_finite()
