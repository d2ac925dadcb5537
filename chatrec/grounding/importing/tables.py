"""CSV and TSV: any delimiter and the usual encodings, with the line of every row; broken rows are told, not dropped."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from pathlib import Path

from chatrec.errors import InputError
from chatrec.grounding.importing.sources import Source
from chatrec.grounding.importing.text import clean
from chatrec.grounding.importing.values import Record, Reject

_SAMPLE = 64 * 1024
_DELIMITERS = ",;\t|"
_ENCODINGS = ("utf-8", "gb18030", "cp1252")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
csv.field_size_limit(10_000_000)


class TableSource(Source):
    """A table in a text file; its first row holds the headers."""

    def __init__(self, path: Path) -> None:
        super().__init__(path.stem, path.stat().st_size)
        self.path = path

    def stream(self) -> Iterator[Record | Reject]:
        """Yield one record a row. Raises InputError for an empty file or one without headers."""
        encoding = detect_encoding(self.path)
        if encoding not in ("utf-8", "utf-8-sig"):
            self.notes.append(f"{self.path.name} was read as {encoding}.")
        with self.path.open("rb") as raw:
            text = io.TextIOWrapper(raw, encoding=encoding, errors="replace", newline="")
            sample = text.read(_SAMPLE)
            if not sample.strip():
                raise InputError(f"{self.path.name} is empty.", "Its first row must hold the headers.")
            text.seek(0)
            rows = csv.reader(text, delimiter=delimiter_of(sample, self.path.suffix))
            for item in _records(rows):
                self.position = raw.tell()
                yield item


def detect_encoding(path: Path) -> str:
    """Return the encoding of a file: by its mark, else the first of UTF-8, GB 18030 and Windows-1252 that fits."""
    with path.open("rb") as file:
        head = file.read(4)
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), None)
    return marked or next((name for name in _ENCODINGS if _fits(path, name)), "cp1252")


def _fits(path: Path, encoding: str) -> bool:
    """Say whether a whole file can be decoded; GB 18030 must give Chinese, since it accepts most of Latin 1 too."""
    decoder, common, other = codecs.getincrementaldecoder(encoding)(), 0, 0
    try:
        with path.open("rb") as file:
            while piece := file.read(1 << 20):
                text = decoder.decode(piece)
                common += sum("\u4e00" <= character <= "\u9fa5" for character in text)
                other += sum(character > "\u007f" for character in text)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return encoding != "gb18030" or common > 0.6 * other


def delimiter_of(sample: str, suffix: str) -> str:
    """Return the delimiter that gives the first rows the same number of fields, and the most of them."""
    if suffix.lower() in (".tsv", ".tab"):
        return "\t"

    def merit(delimiter: str) -> tuple[int, int]:
        lines = io.StringIO(sample, newline="")
        try:
            widths = [
                len(row)
                for row, _ in zip(csv.reader(lines, delimiter=delimiter), range(20), strict=False)
                if row
            ]
        except csv.Error:
            return 0, 0
        same = sum(width == widths[0] for width in widths) if widths else 0
        return (same if widths and widths[0] > 1 else 0), (widths[0] if widths else 0)

    return max(_DELIMITERS, key=merit)


def _records(rows: Iterator[list[str]]) -> Iterator[Record | Reject]:
    headers: tuple[str, ...] = ()
    for line, row in _numbered(rows):
        if isinstance(row, str):
            yield Reject(line, "", "", f"the row cannot be read: {row}")
        elif not any(field.strip() for field in row):
            continue
        elif not headers:
            headers = unique_headers(row)
        elif any(field.strip() for field in row[len(headers) :]):
            yield Reject(line, "", row[len(headers)][:200], "the row has more fields than there are headers")
        else:
            yield Record(line, _fields(headers, row))
    if not headers:
        raise InputError("The table has no headers.", "Its first row must hold them.")


def _numbered(rows: Iterator[list[str]]) -> Iterator[tuple[int, list[str] | str]]:
    """Yield each row with the line on which it begins; the fault in place of a row that cannot be read."""
    line = 1
    while True:
        try:
            row: list[str] | str = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            row = str(error)
        yield line, row
        line = rows.line_num + 1  # type: ignore[attr-defined]


def unique_headers(row: list[str]) -> tuple[str, ...]:
    """Return the headers cleaned; nameless ones are numbered and repeated ones told apart."""
    headers: list[str] = []
    for index, field in enumerate(row, start=1):
        name = clean(field) or f"column {index}"
        same = sum(header == name or header.startswith(f"{name} (") for header in headers)
        headers.append(f"{name} ({same + 1})" if same else name)
    return tuple(headers)


def _fields(headers: tuple[str, ...], row: list[str]) -> dict[str, tuple[str, ...]]:
    cleaned = ((header, clean(field)) for header, field in zip(headers, row, strict=False))
    return {header: (field,) for header, field in cleaned if field}
