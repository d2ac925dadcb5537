"""What surrounds a conversation (time, place, device, occasion), and the soft wishes that come of it.

Nothing here is guessed: a client states the context, and the occasions are read from the knowledge of the pack.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from chatrec.dialogue.folding import fold
from chatrec.dialogue.values import Constraint, Language, State

_MOST = 3
"""How many soft wishes a context adds at most."""
_FORMS = {"days": ("%m-%d", "%Y-%m-%d"), "hours": ("%H",), "weekdays": ("%u",)}
"""How a moment is written to compare it with the spans of a rule, which have the same length."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a client says of a person's surroundings; `time` is the person's own clock, whatever its zone."""

    time: datetime | None = None
    place: str = ""
    device: str = ""
    occasion: str = ""


@dataclass(frozen=True, slots=True)
class Occasion:
    """A holiday, a season, a time of day, a place or a device for which some values are good.

    Attributes:
        iri: the node that describes it.
        order: the first occasions count first.
        names: words (folded) by which a client may name it as an occasion, place or device.
        spans: when it is, as `low/high` by kind of rule (`days`, `hours`, `weekdays`); every kind that is given must hold.
        reason: why it counts now, by language, e.g. `it is nearly Halloween`.
        wishes: the soft wishes for it.
    """

    iri: str
    order: int = 0
    names: frozenset[str] = frozenset()
    spans: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    reason: Mapping[Language, str] = field(default_factory=dict)
    wishes: tuple[Constraint, ...] = ()


def current(context: Context, occasions: Sequence[Occasion]) -> tuple[Occasion, ...]:
    """Return the occasions that a context names or whose time it is, the first first."""
    named = {fold(word).text.strip() for word in (context.occasion, context.place, context.device) if word}
    found = (o for o in occasions if named & o.names or (context.time and _is_time(o, context.time)))
    return tuple(sorted(found, key=lambda occasion: (occasion.order, occasion.iri)))


def _is_time(occasion: Occasion, time: datetime) -> bool:
    rules = [(spans, _FORMS[kind]) for kind, spans in occasion.spans.items()]
    return bool(rules) and all(
        any(_within(span, time.strftime(form)) for span in spans for form in forms) for spans, forms in rules
    )


def _within(span: str, moment: str) -> bool:
    """Tell whether a moment lies in a span; one that ends before it begins runs over midnight or the new year."""
    low, high = span.split("/")
    if len(low) != len(moment):
        return False
    return low <= moment <= high if low <= high else moment >= low or moment <= high


def in_context(state: State, context: Context, occasions: Sequence[Occasion]) -> State:
    """Return the state with the soft wishes of a context; an occasion adds them once, so that one taken back stays away.

    What the person asked for goes first: a slot with a wish of theirs gets none of ours.
    """
    new = [occasion for occasion in current(context, occasions) if occasion.iri not in state.context]
    taken = {wish.slot for wish in state.constraints if not wish.soft}
    known = {wish.iri for wish in state.constraints}
    wishes = dict.fromkeys(
        wish
        for occasion in new
        for wish in occasion.wishes
        if wish.slot not in taken and wish.iri not in known
    )
    added = tuple(wishes)[: max(0, _MOST - sum(wish.soft for wish in state.constraints))]
    return replace(
        state,
        constraints=(*state.constraints, *added),
        context=(*state.context, *(occasion.iri for occasion in new)),
    )
