"""How much of what people talk about a pack holds: the share of linked mentions in recorded dialogues.

The dialogues are in ReDial's form (Li et al. 2018): one JSON object a line with `movieMentions` (id -> "Title (year)") and
`messages`, in whose texts `@id` marks a mention.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from chatrec.errors import InputError
from chatrec.grounding.pack import Pack

_NAMED = re.compile(r"(.*?)\s*(?:\((\d{4})\))?\s*")


def mention_coverage(pack: Pack, path: Path, year_slot: str = "year") -> dict[str, float | int]:
    """Return how many mentions there are and the share of them whose title (and year, give or take one) is held.

    Raises:
        InputError: a line is no dialogue in this form.
    """
    known = known_titles(pack, year_slot)
    mentions = list(_mentions(path))
    held = sum(bool(matching(known, title, year)) for title, year in mentions)
    return {"mentions": len(mentions), "held": round(held / max(1, len(mentions)), 4)}


def known_titles(pack: Pack, year_slot: str = "year") -> dict[str, dict[str, int]]:
    """Return the IRIs of the items that bear each normalised title, and their years."""
    path = pack.schema.slot(year_slot).path
    year = {
        str(row["item"]): int(str(row["year"]))
        for row in pack.graph.select(f"SELECT ?item ?year WHERE {{ ?item <{path}> ?year }}")
    }
    titles: dict[str, dict[str, int]] = defaultdict(dict)
    for entry in pack.entries:
        if pack.schema.name_slot.name in entry.slots and entry.iri in year:
            titles[_normal(entry.surface)][entry.iri] = year[entry.iri]
    return titles


def matching(known: dict[str, dict[str, int]], title: str, year: int | None) -> frozenset[str]:
    """Return the IRIs of the items of a title and a year, give or take one."""
    items = known.get(_normal(title), {})
    return frozenset(iri for iri, one in items.items() if year is None or abs(year - one) <= 1)


def read_dialogues(path: Path) -> Iterator[dict[str, Any]]:
    """Yield dialogues with `movieMentions` and `messages`. Raises InputError naming a line in another form."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            dialogue = json.loads(line)
            dialogue["movieMentions"] = dialogue["movieMentions"] or {}
            [message["text"] + "" for message in dialogue["messages"]]
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(
                f"{path.name}, line {number} is no dialogue in ReDial's form: {error!r}",
                "Each line has movieMentions and messages with a text.",
            ) from error
        yield dialogue


def name_and_year(name: str) -> tuple[str, int | None]:
    """Split `Title (year)`; the year may be missing."""
    found = _NAMED.fullmatch(name)
    return (found[1], int(found[2]) if found[2] else None) if found else (name.strip(), None)


def _mentions(path: Path) -> Iterator[tuple[str, int | None]]:
    for dialogue in read_dialogues(path):
        for message in dialogue["messages"]:
            for mention in re.findall(r"@(\d+)", message["text"]):
                if name := dialogue["movieMentions"].get(mention):
                    yield name_and_year(name)


def _normal(title: str) -> str:
    """Return a title without case, accents, punctuation and a leading article."""
    letters = unicodedata.normalize("NFKD", title.casefold().replace("&", " and "))
    words = re.findall(r"\w+", "".join(c for c in letters if not unicodedata.combining(c)).replace("'", ""))
    return " ".join(words[1:] if len(words) > 1 and words[0] in ("the", "a", "an") else words)
