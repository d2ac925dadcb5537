"""Reading YAML with the line of everything: plain scalars as a person means them, and no key twice.

YAML 1.1 reads `say: yes` as true, `say: 12:30` as 750 and `op: =` not at all. Here only true and false are
truth values, only plain decimals are numbers, and all else that is written without quotes is text.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from chatrec.errors import ScriptError

Place = tuple[str | int, ...]
"""The way from the top of a document to one of its parts: keys and list positions."""


class _Loader(yaml.SafeLoader):
    """YAML's safe loader with fewer surprises."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 (PyYAML's own name)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Build a mapping. Raises ConstructorError where a key stands twice (PyYAML would keep the last)."""
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for index, key in enumerate(keys):
            if key in keys[:index]:
                mark = node.value[index][0].start_mark
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key!r} stands here twice", mark
                )
        return super().construct_mapping(node, deep)


for _tag, _form, _first in (
    ("bool", r"true|True|false|False", "tTfF"),
    ("null", r"null|~|", ["n", "~", ""]),
    ("int", r"[-+]?(0|[1-9][0-9]*)", "-+0123456789"),
    ("float", r"[-+]?[0-9]+\.[0-9]+", "-+0123456789"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_form})$"), list(_first))


class Document:
    """A YAML document: its `data`, and the line of each part."""

    def __init__(self, path: Path, data: Any, root: yaml.Node | None) -> None:
        self.path, self.data, self._root = path, data, root

    def line(self, place: Place) -> int:
        """Return the line (from 1) on which a part begins; of the part around it where it is missing."""
        node, line = self._root, 1
        for step in place:
            if (found := _child(node, step)) is None:
                break
            line, node = found
        return line


def _child(node: yaml.Node | None, step: str | int) -> tuple[int, yaml.Node] | None:
    """Return one part of a node, and the line on which it (or its key) begins."""
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step].start_mark.line + 1, node.value[step]
    if isinstance(node, yaml.MappingNode):
        return next(
            ((key.start_mark.line + 1, value) for key, value in node.value if key.value == str(step)), None
        )
    return None


def read_document(path: Path) -> Document:
    """Read a YAML file. Raises ScriptError with the file, the line and what to do."""
    try:
        loader = _Loader(path.read_text(encoding="utf-8"))
        root = loader.get_single_node()
        return Document(path, None if root is None else loader.construct_document(root), root)
    except OSError as error:
        raise ScriptError(
            f"{path}: this script cannot be read: {error.strerror}.", "Give the path of a YAML file."
        ) from error
    except UnicodeDecodeError as error:
        raise ScriptError(f"{path}: this is not UTF-8 text.", "Save the script as UTF-8.") from error
    except yaml.YAMLError as error:
        raise ScriptError(
            f"{path}{_where(error)}: this is no valid YAML: {_problem(error)}.",
            'Quote operators, and text with a colon, a # or a bracket: op: ">", say: "Hm: what now?".',
        ) from error


def _where(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    return f", line {mark.line + 1}" if mark else ""


def _problem(error: yaml.YAMLError) -> str:
    return str(getattr(error, "problem", None) or error).rstrip(".")
