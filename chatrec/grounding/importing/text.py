"""Reading what stands in a field: clean text, its language, numbers as people write them, and what means "nothing"."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal

from chatrec.dialogue.folding import is_han, key_of
from chatrec.dialogue.values import Language

_NOTHING = (
    "n/a",
    "na",
    "nan",
    "null",
    "none",
    "nil",
    "unknown",
    "undefined",
    "tbd",
    "tba",
    "not available",
    "not applicable",
)
_NAMES = frozenset(("unknown", "nil", "tbd", "tba", "not available", ".", "?", "无", "空"))
_MISSING = frozenset(
    ("", "-", "--", "---", "–", "?", ".", "\\n", *_NOTHING, "未知", "无", "暂无", "缺失", "空", "不详")
)
_CONTROLS = r"\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff\ud800-\udfff"
_UNSEEN = re.compile(rf"[{_CONTROLS}\u200b\u200e\u200f\u2028-\u202e\u2060\ufeff]")
_MONEY = r"(?:[A-Z]{0,3}[$€£¥₹]|[A-Z]{3}|Rs\.?|约)?"
_NUMBER = re.compile(rf"([+-]?)\s?{_MONEY}\s?([+-]?)\s?(\d[\d.,' \u00a0]*|\.\d+)\s?([^\d.,]{{0,14}})")
_YEAR = re.compile(r"(?<!\d)(\d{4,6})(?!\d)")
_DURATION = re.compile(
    r"(?:PT)?(?:(\d{1,3})\s?h(?:ours?|rs?)?)?\s?(?:(\d{1,4})\s?m(?:in(?:ute)?s?)?)?(?:\s?\d+S)?",
    re.IGNORECASE,
)
_MOST_DIGITS = 15
_LONGEST = 20_000


def clean(text: str) -> str:
    """Return a text in NFC without control characters, with single spaces, and no longer than 20,000 characters."""
    composed = unicodedata.normalize("NFC", _UNSEEN.sub("", text[:_LONGEST]))
    return " ".join(composed.split())


def is_missing(text: str, is_name: bool = False) -> bool:
    """Say whether a cleaned field says that there is no value; a few such words are names of things (`Unknown`)."""
    return text.casefold() in _MISSING and not (is_name and text.casefold() in _NAMES)


def language_of(text: str) -> Language:
    """Tell the language of a value by its script."""
    return "zh" if any(is_han(character) for character in text) else "en"


def number(text: str) -> Decimal | None:
    """Read a number as it stands in a catalogue: `$1,299.00`, `12,50 €`, `¥30`, `90 min`, `PT2H10M` (in minutes).

    Returns None where it is none, or has more digits than a price or a count ever has.
    """
    plain = unicodedata.normalize("NFKC", text).replace("−", "-").strip()
    if (minutes := _minutes(plain)) is not None:
        return minutes
    found = _NUMBER.fullmatch(plain)
    if not found:
        return None
    digits = _point(found[3].strip())
    if not re.fullmatch(r"\d*\.?\d+|\d+\.?", digits) or len(digits) > _MOST_DIGITS:
        return None
    return Decimal(f"{'-' if '-' in found[1] + found[2] else ''}{digits.removesuffix('.')}")


def _minutes(text: str) -> Decimal | None:
    found = _DURATION.fullmatch(text)
    if not found or not found[1]:
        return None
    return Decimal(60 * int(found[1]) + int(found[2] or 0))


def _point(digits: str) -> str:
    """Return digits with a point before the fraction and nothing between thousands."""
    bare = re.sub(r"[' \u00a0]", "", digits)
    comma, point = bare.rfind(","), bare.rfind(".")
    if comma > point and (point >= 0 or re.fullmatch(r"\d+,\d{1,2}", bare)):
        return bare.replace(".", "").replace(",", ".")
    return bare.replace(",", "")


def year(text: str) -> Decimal | None:
    """Read a year out of a year or a date; one of five digits is read as it stands, for the bounds to reject."""
    found = _YEAR.search(unicodedata.normalize("NFKC", text))
    return Decimal(found[1]) if found else number(text)


def lexical(value: Decimal) -> str:
    """Return the canonical decimal form: no exponent, no zeros at the end."""
    text = format(value, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def split(text: str, separator: str, is_name: bool = False) -> Iterator[str]:
    """Yield the values of a field, cleaned, without those that are missing and without repeats."""
    seen = set()
    for part in text.split(separator) if separator else [text]:
        value = clean(part)
        if not is_missing(value, is_name) and (key := key_of(value) or value) not in seen:
            seen.add(key)
            yield value


def key(text: str) -> str:
    """Return the form in which names are compared; of a name without letters and digits, the name itself.

    `+` and `#` are part of a name: C, C++ and C#.
    """
    return key_of(text.replace("+", " plus ").replace("#", " sharp ")) or text


def slug(text: str, limit: int = 48) -> str:
    """Return a name for an IRI: different keys have different slugs."""
    folded = key(text)
    plain = re.sub(r"[^a-z0-9]+", "-", folded).strip("-")
    if plain.replace("-", " ") == folded and len(plain) <= limit:
        return plain
    return f"{plain[:limit].strip('-')}-{digest(folded)}".lstrip("-")


def digest(text: str) -> str:
    """Return ten hexadecimal digits that stand for a text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:10]
