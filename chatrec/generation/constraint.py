"""The constraint: an n-gram automaton of the hand-written replies, pruned by what the plan licenses.

A state is the last seven units together with the item now spoken of and how many have been introduced, so that a fact
of B can only stand where replies speak of B. Where a sentence ends, any sentence may follow that stands on its own and
speaks of the same item in some reply, so that replies are put together anew out of sentences; but a sentence that only
ever closes replies closes this one too, and one that never does is followed by another.

A pointer is licensed by the plan and used once. A state is live while the end can be reached with what is left of the
licence; only live states are entered, so a reply never gets stuck. A required pointer (the fact that was asked for)
must stand in the reply: without it there is no end.
"""

from __future__ import annotations

from array import array
from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from chatrec.generation.conversation import Codec, Units

ORDER = 8
"""Length of the n-grams: seven units of context and the next."""

FAR = 0xFFFF
"""The distance of a state from which no end can be reached."""
_KEPT = 1000
"""How many licences' distances an automaton keeps (two bytes a state each)."""

Licence = frozenset[int]


class _Context(NamedTuple):
    """What a state remembers."""

    units: Units
    current: str
    introduced: int


_START = _Context((), "", 0)


def _follow(context: _Context, unit: int, codec: Codec) -> _Context:
    name = codec.name(unit)
    units = (*context.units, unit)[-(ORDER - 1) :]
    if name is None or not name.endswith((".title", ".card")):
        return context._replace(units=units)
    letter = name[0]
    return _Context(units, letter, max(context.introduced, ord(letter) - ord("A") + 1))


class Automaton:
    """The n-grams of the replies of one section, as states and edges.

    Args:
        replies: the replies as units, without their end, each with the places at which a sentence begins that stands
            on its own.
        codec: tells pointers from tokens.
        closings: sentences without pointers, any of which may follow a reply that ends with a statement.
        openings: sentences without pointers, any of which may stand before a reply.
    """

    def __init__(
        self,
        replies: Iterable[tuple[Units, Collection[int]]],
        codec: Codec,
        closings: Iterable[Units] = (),
        openings: Iterable[Units] = (),
    ) -> None:
        self.codec = codec
        self.end = codec.eos
        self.edges: list[dict[int, int]] = [{}]
        self.final: set[int] = set()
        self._into: list[list[tuple[int, int]]] = [[]]
        self._distances: dict[tuple[Licence, int | None], Sequence[int]] = {}
        self._index = {_START: 0}
        self._joints: dict[int, _Context] = {}
        self._copies: dict[Units, set[int]] = defaultdict(set)
        starts: dict[_Context, dict[int, int]] = defaultdict(dict)
        for reply, places in replies:
            self._add(reply, places, starts)
        for state, position in self._joints.items():
            for unit, following in starts[position].items():
                self._link(state, unit, following)
        self._close(tuple(closings))
        self._open(tuple(openings))

    def _open(self, openings: Sequence[Units]) -> None:
        """Let every reply begin behind each opening as well."""
        first = tuple(self.edges[0].items())
        for opening in openings:
            state = self._append(0, _START, opening)
            for unit, following in first:
                self._link(state, unit, following)

    def _close(self, closings: Sequence[Units]) -> None:
        """Let the closings follow where a reply may end with a statement."""
        ends = [(context, state) for context, state in self._index.items() if state in self.final]
        for context, state in ends:
            if context.units and self.codec.states(context.units[-1]):
                after = context._replace(units=())
                self.final.update([self._append(state, after, closing) for closing in closings])

    def _append(self, state: int, context: _Context, sentence: Units) -> int:
        """Let a whole sentence follow a state; return the state behind it."""
        for unit in sentence:
            context = _follow(context, unit, self.codec)
            self._link(state, unit, self._state(context))
            state = self.edges[state][unit]
        return state

    def _add(self, reply: Units, places: Collection[int], starts: dict[_Context, dict[int, int]]) -> None:
        context, state = _START, 0
        for place, unit in enumerate(reply):
            position = context._replace(units=())
            begins = place in places
            context = _follow(position if begins else context, unit, self.codec)
            following = self._state(context)
            if begins:
                self._joints[state] = position
                starts[position].setdefault(unit, following)
            else:
                self._link(state, unit, following)
            state = following
        self.final.add(state)

        for place, unit in enumerate((*reply, self.end)):
            self._copies[reply[:place]].add(unit)

    def copies(self, written: Units) -> Collection[int]:
        """Return the units that go on along a hand-written reply that begins with what is written."""
        return self._copies.get(written, ())

    def _state(self, context: _Context) -> int:
        if context not in self._index:
            self._index[context] = len(self.edges)
            self.edges.append({})
            self._into.append([])
        return self._index[context]

    def _link(self, state: int, unit: int, following: int) -> None:
        if unit not in self.edges[state]:
            self.edges[state][unit] = following
            self._into[following].append((state, unit))

    def distances(self, licence: Licence, required: int | None = None) -> Sequence[int]:
        """Return for every state the fewest units to the end under a licence, FAR where it cannot be reached.

        With a required pointer only the ways that use it count.
        """
        key = licence, required
        if key not in self._distances:
            if len(self._distances) >= _KEPT:
                self._distances.clear()
            self._distances[key] = self._search(licence, self._goals(licence, required))
        return self._distances[key]

    def _goals(self, licence: Licence, required: int | None) -> dict[int, int]:
        """Return the states to search from: the final ones, or those where the required pointer leads on to an end."""
        if required is None:
            return dict.fromkeys(self.final, 0)
        after = self.distances(licence - {required})
        following = ((state, edges.get(required)) for state, edges in enumerate(self.edges))
        return {state: after[then] + 1 for state, then in following if then is not None and after[then] < FAR}

    def _search(self, licence: Licence, goals: dict[int, int]) -> Sequence[int]:
        size, into = self.codec.size, self._into
        distance = array("H", [FAR]) * len(self.edges)
        queue = deque(sorted(goals, key=goals.__getitem__))
        for state in queue:
            distance[state] = goals[state]
        while queue:
            state = queue.popleft()
            for before, unit in into[state]:
                if distance[before] == FAR and (unit < size or unit in licence):
                    distance[before] = distance[state] + 1
                    queue.append(before)
        return distance


class Way(Protocol):
    """Where a reply is and how it may go on; pure, a step makes a new one."""

    def allowed(self) -> list[int]:
        """Return the units that may come next; the end's unit stands for stopping."""
        ...

    def step(self, unit: int) -> Way:
        """Return the position after a unit that was allowed."""
        ...

    def fresh(self, allowed: Iterable[int]) -> list[int]:
        """Return the units, of those allowed, that leave every hand-written reply."""
        ...


@dataclass(frozen=True, slots=True)
class Walk:
    """A position in an automaton: the state, the pointers still licensed, and the units that are left to write."""

    automaton: Automaton
    licence: Licence
    room: int
    required: int | None = None
    state: int = 0
    written: Units = ()

    def allowed(self) -> list[int]:
        """Return the units that may come next; the end's unit stands for stopping. Empty: no reply is possible."""
        found = [unit for unit, state in self.automaton.edges[self.state].items() if self._open(unit, state)]
        final = self.state in self.automaton.final and self.required is None
        return [*found, self.automaton.end] if final else found

    def _open(self, unit: int, state: int) -> bool:
        licence, required = self._left(unit)
        if unit >= self.automaton.codec.size and unit not in self.licence:
            return False
        return self.automaton.distances(licence, required)[state] < self.room

    def _left(self, unit: int) -> tuple[Licence, int | None]:
        """Return what is still licensed and required after a unit."""
        if unit < self.automaton.codec.size:
            return self.licence, self.required
        return self.licence - {unit}, None if unit == self.required else self.required

    def step(self, unit: int) -> Walk:
        """Return the position after a unit that was allowed."""
        licence, required = self._left(unit)
        state = self.automaton.edges[self.state][unit]
        return Walk(self.automaton, licence, self.room - 1, required, state, (*self.written, unit))

    def fresh(self, allowed: Iterable[int]) -> list[int]:
        """Return the units, of those `allowed` where a sentence begins, with which the reply leaves every hand-written one."""
        if self.written and not self.automaton.codec.stops(self.written[-1]):
            return []
        copies = self.automaton.copies(self.written)
        return [unit for unit in allowed if unit not in copies]


def start(automaton: Automaton, licence: Iterable[int], room: int, required: Iterable[int] = ()) -> Walk:
    """Return the first position of a reply of at most `room` units under a licence.

    Of the required pointers the first that a reply can bring in is insisted on.
    """
    used = {unit for edges in automaton.edges for unit in edges}
    free = Walk(automaton, frozenset(licence) & used, room)
    walks = (Walk(automaton, free.licence, room, unit) for unit in required)
    return next((walk for walk in walks if walk.allowed()), free)
