"""The next sentence of a reply as a grammar for other engines (GBNF, as llama.cpp takes it), and its text read back.

The grammar is the automaton from where the reply stands to the end of a sentence, pruned by the licence; runs without a
choice are one literal, a pointer is written `<A.title>`. Reading does not use the grammar: it walks the automaton anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import NamedTuple

from chatrec.generation.constraint import FAR, Walk, Way
from chatrec.generation.conversation import Codec, Units

_BROKEN = "\ufffd"
"""What half a letter is decoded to: some tokens are single bytes."""
_ESCAPED = str.maketrans({'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})


class _Node(NamedTuple):
    """A state of the automaton, and the pointers that the sentence has used."""

    state: int
    used: frozenset[int]


class _Step(NamedTuple):
    text: str
    after: _Node


_END = _Node(-1, frozenset())
_Graph = dict[_Node, list[_Step]]


def sentence_grammar(walk: Walk, first: Collection[int] = ()) -> str:
    """Return the grammar of the next sentence; empty where a reply may end here. `first`: units to begin with, where given."""
    codec, root = walk.automaton.codec, _Node(walk.state, frozenset())
    graph: _Graph = {}
    queue = [root]
    while queue:
        node = queue.pop()
        if node not in graph and node != _END:
            graph[node] = list(_steps(walk, node, codec, first if node == root else ()))
            queue += [step.after for step in graph[node]]
    return _rules(_live(graph), root)


def _steps(walk: Walk, node: _Node, codec: Codec, first: Collection[int], run: Units = ()) -> Iterator[_Step]:
    """Yield what may follow a node, as whole letters; `run` are the units of half a letter before it."""
    final = node.state in walk.automaton.final and walk.required in {None, *node.used}
    if final and not run and not first:
        yield _Step("", _END)
    for unit, state in walk.automaton.edges[node.state].items():
        used = node.used | {unit} if unit >= codec.size else node.used
        if (first and unit not in first) or not _open(walk, unit, state, node.used, used):
            continue
        text, after = spell((*run, unit), codec), _Node(state, used)
        if text.endswith(_BROKEN):
            yield from _steps(walk, after, codec, (), (*run, unit))
        else:
            yield _Step(text, _END if codec.stops(unit) else after)


def _open(walk: Walk, unit: int, state: int, before: frozenset[int], used: frozenset[int]) -> bool:
    if unit >= walk.automaton.codec.size and (unit not in walk.licence or unit in before):
        return False
    met = walk.required is None or walk.required in used
    licence = walk.licence - {walk.required} if met and walk.required is not None else walk.licence
    return walk.automaton.distances(licence, None if met else walk.required)[state] < min(walk.room, FAR)


def _live(graph: _Graph) -> _Graph:
    """Return the graph without the nodes from which no sentence ends."""
    into: dict[_Node, set[_Node]] = defaultdict(set)
    for node, steps in graph.items():
        for step in steps:
            into[step.after].add(node)
    live, queue = {_END}, [_END]
    while queue:
        fresh = into[queue.pop()] - live
        live |= fresh
        queue += fresh
    return {node: [s for s in steps if s.after in live] for node, steps in graph.items() if node in live}


def _rules(graph: _Graph, root: _Node) -> str:
    names, lines, queue = {root: "root"}, [], [root]
    for node in queue:
        choices = []
        for step in graph.get(node, ()):
            text, after = _run(graph, step)
            if after != _END and after not in names:
                names[after] = f"r{len(names)}"
                queue.append(after)
            choices.append(f'"{text.translate(_ESCAPED)}"' + ("" if after == _END else f" {names[after]}"))
        lines.append(f"{names[node]} ::= {' | '.join(dict.fromkeys(choices))}")
    return "\n".join(lines)


def _run(graph: _Graph, step: _Step) -> _Step:
    """Follow a step as long as there is no choice; return all its text and where it leads."""
    text, after = step
    while after != _END and len(graph[after]) == 1:
        text, after = text + graph[after][0].text, graph[after][0].after
    return _Step(text, after)


def readings(walk: Way, text: str, codec: Codec, run: Units = ()) -> Iterator[Units]:
    """Yield the units of each sentence that a walk allows next and that is written so: all of the text, to a sentence's end."""
    for unit in walk.allowed():
        if unit == codec.eos:
            if not text and not run:
                yield ()
            continue
        spelled = spell((*run, unit), codec)
        if spelled.endswith(_BROKEN):
            rest, run_on = text, (*run, unit)
        elif text.startswith(spelled):
            rest, run_on = text[len(spelled) :], ()
        else:
            continue
        if codec.stops(unit):
            yield from () if rest else ((unit,),)
        else:
            yield from ((unit, *more) for more in readings(walk.step(unit), rest, codec, run_on))


def spell(units: Units, codec: Codec) -> str:
    """Write units as text, a pointer as `<A.title>`."""
    return "".join(f"<{part}>" if i % 2 else part for i, part in enumerate(codec.parts(units)))
