"""What columns are called: `knowledge/importing/headers.yaml`, and the language that a header names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from chatrec.config import knowledge_dir, read_yaml
from chatrec.dialogue.values import Language
from chatrec.grounding.importing.text import key

_SUFFIX = re.compile(
    r"(.+?)\s*(?:[_:.@-]|\s|\()\s*(en|eng|english|zh|cn|chinese|zh-cn|zh-hans|英文|中文)\)?", re.IGNORECASE
)
_HAN_SUFFIX = re.compile(r"(英文|中文)(.+)")
_CODES = {"zh": "zh", "cn": "zh", "chinese": "zh", "zh-cn": "zh", "zh-hans": "zh", "中文": "zh"}
_PLAIN = ("kind", "path", "integer", "money", "links")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Role:
    """What a column of a well-known name holds; see headers.yaml."""

    name: str
    kind: str
    path: str = ""
    class_: str = ""
    integer: bool = False
    low: str = ""
    high: str = ""
    money: bool = False
    links: float = 0.0
    texts: Mapping[Language, Mapping[str, Any]] = field(default_factory=dict)
    headers: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()


@lru_cache
def roles() -> Mapping[str, Role]:
    """Return the roles by name."""
    data = read_yaml(knowledge_dir() / "importing" / "headers.yaml")
    return {name: _role(name, entry) for name, entry in data.items()}


def _role(name: str, entry: Mapping[str, Any]) -> Role:
    plain: dict[str, Any] = {word: entry[word] for word in _PLAIN if word in entry}
    plain |= {word: str(entry[word]) for word in ("low", "high") if word in entry}
    texts = {language: entry[language] for language in ("en", "zh") if language in entry}
    headers = tuple(str(header) for header in entry["headers"])
    marks = tuple(entry.get("marks", ()))
    return Role(name, class_=entry.get("class", ""), texts=texts, headers=headers, marks=marks, **plain)


@lru_cache
def _by_header() -> Mapping[str, Role]:
    found: dict[str, Role] = {}
    for role in roles().values():
        for header in (role.name, *role.headers):
            found.setdefault(key(header), role)
    return found


def spoken(header: str) -> tuple[str, Language]:
    """Split a header into its name and the language it names: `title_zh` -> title, zh; no language: empty."""
    if found := _SUFFIX.fullmatch(header):
        return found[1], _CODES.get(found[2].lower(), "en")
    if found := _HAN_SUFFIX.fullmatch(header):
        return found[2], _CODES.get(found[1], "en")
    return header, ""


def role_of(header: str) -> Role | None:
    """Return the role of a header, if its name is well known; `Product_Name` and `productName` are product name."""
    words = key(_CAMEL.sub(" ", header))
    known = _by_header()
    bare = re.sub(r"\b(?:usd|eur|gbp|cny|rmb|inr|in|元|的)$", "", words).strip()
    return known.get(words) or known.get(bare) or known.get(words.replace(" ", ""))
