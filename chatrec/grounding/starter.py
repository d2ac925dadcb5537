"""A new pack to begin with: the commented files of `knowledge/starter`, under a name of one's own."""

from __future__ import annotations

import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from chatrec.config import knowledge_dir
from chatrec.errors import InputError

_NAME = re.compile(r"[a-z][a-z0-9-]{0,49}")


def write_starter(name: str, parent: Path) -> Path:
    """Write a starter pack into the folder `name` under `parent`; return the folder.

    Raises InputError for a name that cannot stand in an IRI, a shipped pack's name, or a folder that is there already.
    """
    if not _NAME.fullmatch(name):
        raise InputError(
            f"{name!r} cannot be the name of a pack.",
            "Take small Latin letters, digits and hyphens, e.g. garden-shop; titles in any language go into shapes.ttl.",
        )
    if (knowledge_dir() / name).exists():
        raise InputError(f"chatrec uses the name {name} itself.", "Take another name.")
    folder = parent / name
    if folder.exists():
        raise InputError(f"{folder} is there already.", "Take another name, or another place with --to.")
    _write(folder, name)
    return folder


def _write(folder: Path, name: str) -> None:
    source = knowledge_dir() / "starter"
    files = Environment(
        loader=FileSystemLoader(source),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,
    )
    try:
        folder.mkdir(parents=True)
        for path in sorted(source.iterdir()):
            text = files.get_template(path.name).render(name=name, path=folder)
            (folder / path.stem).write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{folder} cannot be written: {error}", "Give another place with --to.") from error
