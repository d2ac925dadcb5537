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

from chatrec.errors import InputError
from chatrec.grounding.pack import Pack

_NAMED = re.compile(r"(.*?)\s*(?:\((\d{4})\))?\s*")


def mention_coverage(pack: Pack, path: Path, year_slot: str = "year") -> dict[str, float | int]:
    """Return how many mentions there are and the share of them whose title (and year, give or take one) is held.

    Raises:
        InputError: a line is no dialogue in this form.
    """
    years = _years_by_title(pack, year_slot)
    mentions = list(_mentions(path))
    held = sum(_held(years, title, year) for title, year in mentions)
    return {"mentions": len(mentions), "held": round(held / max(1, len(mentions)), 4)}


def _years_by_title(pack: Pack, year_slot: str) -> dict[str, set[int]]:
    path = pack.schema.slot(year_slot).path
    year = {
        str(row["item"]): int(str(row["year"]))
        for row in pack.graph.select(f"SELECT ?item ?year WHERE {{ ?item <{path}> ?year }}")
    }
    titles: dict[str, set[int]] = defaultdict(set)
    for entry in pack.entries:
        if pack.schema.name_slot.name in entry.slots and entry.iri in year:
            titles[_normal(entry.surface)].add(year[entry.iri])
    return titles


def _mentions(path: Path) -> Iterator[tuple[str, int | None]]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            dialogue = json.loads(line)
            names = dialogue["movieMentions"] or {}
            texts = [message["text"] for message in dialogue["messages"]]
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(
                f"{path.name}, line {number} is no dialogue in ReDial's form: {error!r}",
                "Each line has movieMentions and messages with a text.",
            ) from error
        for text in texts:
            for mention in re.findall(r"@(\d+)", text):
                if found := _NAMED.fullmatch(names.get(mention) or ""):
                    yield found[1], int(found[2]) if found[2] else None


def _held(years: dict[str, set[int]], title: str, year: int | None) -> bool:
    known = years.get(_normal(title), set())
    return any(year is None or abs(year - one) <= 1 for one in known)


def _normal(title: str) -> str:
    """Return a title without case, accents, punctuation and a leading article."""
    letters = unicodedata.normalize("NFKD", title.casefold().replace("&", " and "))
    words = re.findall(r"\w+", "".join(c for c in letters if not unicodedata.combining(c)).replace("'", ""))
    return " ".join(words[1:] if len(words) > 1 and words[0] in ("the", "a", "an") else words)
