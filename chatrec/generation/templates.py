"""Delexicalised texts: words and pointers. Targets (replies) and utterances are read from `prompts/LANGUAGE/PACK/`.

A pointer is written `<A.title>`: an item of the reply (A to E) and a slot, or `<liked>`, `<wish.genre>`, `<count>` … In a
target, `<same.X>` is a fact that an item shares with a liked one; reading resolves it to the item that it speaks of
(`<A.same.X>`), so that every pointer says on its own which triple it stands for.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from chatrec.config import prompts_dir
from chatrec.errors import ModelError

LETTERS = "ABCDE"
GENERIC = "generic"
"""The folder of the replies for any pack, which need no slot's name."""
LIST_ACTIONS = ("recommend", "relax", "exhausted", "again")
"""Actions whose reply names a list of items; their section is the action and the number of items."""
_POINTER = re.compile(r"<([A-Za-z0-9.]+)>")
_SECTION = re.compile(r"\[([\w. ]+)\]")
_SENTENCE = re.compile(r"(?<=[!?。！？])|(?<=\.)(?=\s|$)|(?<=synopsis>)")


@dataclass(frozen=True, slots=True)
class Template:
    """A delexicalised text: the section (action) it belongs to, its language, and its parts.

    `parts` alternates free text (even positions, possibly empty) and pointer names (odd positions).
    """

    section: str
    language: str
    parts: tuple[str, ...]

    @property
    def pointers(self) -> tuple[str, ...]:
        """The pointers in order, repeats included."""
        return self.parts[1::2]

    @property
    def text(self) -> str:
        """The text as it is written in the file, with resolved pointers."""
        return "".join(f"<{part}>" if i % 2 else part for i, part in enumerate(self.parts))

    def only(self, names: Collection[str]) -> Template:
        """Return the text without the pointers that are not among these names."""
        parts = [""]
        for i, part in enumerate(self.parts):
            if i % 2 == 0:
                parts[-1] += part
            elif part in names:
                parts += [part, ""]
        return replace(self, parts=tuple(parts))


def parse(text: str, section: str = "", language: str = "") -> Template:
    """Split a text at its pointers, with every `<same.X>` resolved to an item."""
    return Template(section, language, tuple(_POINTER.split(_resolve_same(text))))


def _resolve_same(text: str) -> str:
    """Turn `<same.X>` into `<A.same.X>`: the one item named in its sentence, else the last named before, else the next."""
    if "<same." not in text:
        return text
    sentences, before, done = _SENTENCE.split(text), "", []
    for sentence in sentences:
        named = list(dict.fromkeys(re.findall(r"<([A-E])\.title>", sentence)))
        earlier = re.findall(r"<([A-E])\.title>", before)
        later = re.findall(r"<([A-E])\.title>", text[len(before) :])
        letter = named[0] if len(named) == 1 else (earlier or later or ["A"])[-1 if earlier else 0]
        if len(named) > 1:
            done.append(_resolve_within(sentence, letter))
        else:
            done.append(sentence.replace("<same.", f"<{letter}.same."))
        before += sentence
    return "".join(done)


def _resolve_within(sentence: str, letter: str) -> str:
    """Resolve in a sentence that names several items: each `<same.X>` speaks of the item named last before it."""

    def replace(match: re.Match[str]) -> str:
        named = re.findall(r"<([A-E])\.title>", sentence[: match.start()])
        return f"<{named[-1] if named else letter}.same.{match[1]}>"

    return re.sub(r"<same\.(\w+)>", replace, sentence)


def _read(path: Path, language: str) -> list[Template]:
    section, templates = "", []
    for line in path.read_text(encoding="utf-8").splitlines():
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        if match := _SECTION.fullmatch(line):
            section = match[1]
        elif section:
            templates.append(parse(line, section, language))
        else:
            raise ModelError(
                f"{path}: a line before the first [section].", "Start the file with a [section]."
            )
    return templates


@lru_cache
def targets(language: str, pack: str = "movies") -> Mapping[str, tuple[Template, ...]]:
    """Return the hand-written replies for a pack by section; where none are written for it, those for any pack."""
    return _of_pack(language, pack, "targets.txt") or _of_pack(language, GENERIC, "targets.txt")


@lru_cache
def utterances(language: str, pack: str = "movies") -> Mapping[str, tuple[Template, ...]]:
    """Return the hand-written user messages for a pack by section; none where none are written for it."""
    return _of_pack(language, pack, "utterances.txt")


def pointer_names(pack: str, languages: Iterable[str]) -> tuple[str, ...]:
    """Return the pointers that the replies and the messages written for a pack use, sorted."""
    groups = (
        group
        for language in languages
        for written in (targets(language, pack), utterances(language, pack))
        for group in written.values()
    )
    return tuple(sorted({name for group in groups for template in group for name in template.pointers}))


def _of_pack(language: str, pack: str, name: str) -> Mapping[str, tuple[Template, ...]]:
    path = prompts_dir() / language / pack / name
    return read_sections(path, language) if path.is_file() else {}


def read_sections(path: Path, language: str) -> Mapping[str, tuple[Template, ...]]:
    """Read a file of `[section]` headers and one text a line. Raises ModelError where a text has no section."""
    groups: dict[str, list[Template]] = defaultdict(list)
    for template in _read(path, language):
        groups[template.section].append(template)
    return {section: tuple(dict.fromkeys(group)) for section, group in groups.items()}
