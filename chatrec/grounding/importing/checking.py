"""The last gate: every chunk of new triples is checked with pyshacl before it is written; what breaks a shape is taken out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from rdflib import SH, Graph
from rdflib.term import Node

from chatrec.grounding.importing.turtle import Triple

CHUNK = 1_000
"""Items a chunk: larger ones are not faster, smaller ones pay for the start of each check."""


class Checker:
    """Checks triples against the shapes of a pack.

    Args:
        folder: the folder of its shapes.ttl.
    """

    def __init__(self, folder: Path) -> None:
        self._shapes = Graph()
        self._shapes.parse(folder / "shapes.ttl")

    def faults(self, triples: Iterable[Triple]) -> Mapping[Node, str]:
        """Return the nodes that break a shape, each with the first reason in the order of the alphabet."""
        from pyshacl import validate  # slow to import

        data = Graph()
        for triple in triples:
            data.add(triple)
        conforms, report, _ = validate(data, shacl_graph=self._shapes, inference="none", advanced=False)
        return {} if conforms else _reasons(report)


def _reasons(report: Graph) -> Mapping[Node, str]:
    found: dict[Node, str] = {}
    for result in report.subjects(SH.resultSeverity):
        node, path = report.value(result, SH.focusNode), report.value(result, SH.resultPath)
        rule = str(report.value(result, SH.sourceConstraintComponent) or "").rpartition("#")[2]
        reason = f"breaks the shapes: {rule.removesuffix('ConstraintComponent')} of {str(path or 'the node').rpartition('/')[2]}"
        if node is not None:
            found[node] = min(reason, found.get(node, reason))
    return found
