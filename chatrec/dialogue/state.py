"""The state of a session: a pure function from the old state and the acts of a turn to the new one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from chatrec.dialogue.values import Act, Constraint, Decision, Language, Polarity, State

_SINGLE = frozenset({"genre", "audience", "language", "country", "basis", "rating", "director", "actor"})
"""Slots of which a later turn's wish takes the place of an earlier one, unless it is said to come on top."""

_NUMBERS = (">", ">=", "<", "<=")
_KEPT_FOCUS = 5


def update(state: State, acts: Sequence[Act], language: Language) -> State:
    """Return the state after the acts of a turn. A contradiction replaces what it contradicts."""
    switched = next((str(act.value) for act in acts if act.act == "switch"), language)
    state = replace(state, turn=state.turn + 1, language=switched, count=_count(acts))
    if any(act.act == "restart" for act in acts):
        state = _restarted(state)
    for act in acts:
        if act.act == "forget":
            state = _forget(state, act)
    state = replace(state, constraints=_constraints(state.constraints, acts))
    return _titles(state, acts)


def _restarted(state: State) -> State:
    """Return a state without what was wished for; what is not to be shown, and how varied lists are to be, stays."""
    return State(
        state.language,
        dislikes=state.dislikes,
        seen=state.seen,
        turn=state.turn,
        count=state.count,
        diversity=state.diversity,
    )


def _count(acts: Sequence[Act]) -> int | None:
    counts = [act.value for act in acts if act.act in ("request", "more") and isinstance(act.value, int)]
    return max(1, counts[-1]) if counts else None


def _forget(state: State, act: Act) -> State:
    """Drop the wishes of a slot, or the one with the value that the act names."""

    def hit(wish: Constraint) -> bool:
        same = wish.iri == act.iri if act.iri else act.value is None or wish.value == act.value
        return same and (wish.slot == act.slot or bool(act.iri))

    kept = tuple(wish for wish in state.constraints if not hit(wish))
    likes = tuple(iri for iri in state.likes if iri != act.iri)
    dislikes = tuple(iri for iri in state.dislikes if iri != act.iri)
    seen = tuple(iri for iri in state.seen if iri != act.iri)
    return replace(state, constraints=kept, likes=likes, dislikes=dislikes, seen=seen)


def _constraints(old: tuple[Constraint, ...], acts: Sequence[Act]) -> tuple[Constraint, ...]:
    """Return the wishes in force: the old ones that no new one displaces, and the new ones."""
    wishes = [(act, _constraint(act)) for act in acts if _is_wish(act)]
    new: list[tuple[Act, Constraint]] = []
    for wished, wish in wishes:
        if not isinstance(wish.value, int) or wished.join != "or":
            new = [(act, other) for act, other in new if not _contradicts(wish, other)]
        if wished.join == "instead":
            new = [
                (act, other)
                for act, other in new
                if act.join == "instead" or not _displaces(wished, wish, other)
            ]
        new.append((wished, wish))
        if wished.join == "or":
            new = _with_alternative(new, 1 + max((other.either for other in old), default=0))
    kept = [other for other in old if not any(_displaces(act, wish, other) for act, wish in wishes)]
    return tuple(dict.fromkeys((*kept, *(wish for _, wish in new))))


def _with_alternative(new: list[tuple[Act, Constraint]], group: int) -> list[tuple[Act, Constraint]]:
    """Make the last wish an alternative to the one before it, where both are wanted."""
    if len(new) < 2 or any(wish.slot != new[-1][1].slot or wish.polarity != "like" for _, wish in new[-2:]):
        return new
    either = new[-2][1].either or group
    return [*new[:-2], *((act, replace(wish, either=either)) for act, wish in new[-2:])]


def _is_wish(act: Act) -> bool:
    names_value = act.slot is not None and act.value is not None and act.op not in ("?", "-")
    return names_value and act.act in ("inform", "like", "dislike") and not act.item


def _constraint(act: Act) -> Constraint:
    assert act.slot is not None and act.value is not None
    polarity: Polarity = "dislike" if act.polarity == "dislike" else "like"
    return Constraint(act.slot, act.op, act.value, act.iri, polarity, soft=act.soft)


def _key(wish: Constraint) -> str:
    """Return what a wish is about: a node, or a value of a slot."""
    return wish.iri or f"{wish.slot} {wish.value}"


def _contradicts(new: Constraint, old: Constraint) -> bool:
    """Say whether two wishes of one turn cannot stand together: one value wanted and unwanted, or a stricter bound."""
    if _key(new) == _key(old) and new.op == old.op:
        return new.slot == old.slot or new.polarity != old.polarity
    same = new.slot == old.slot and isinstance(new.value, int) and isinstance(old.value, int)
    return same and new.op[0] == old.op[0] and new.op != "="


def _displaces(act: Act, new: Constraint, old: Constraint) -> bool:
    """Say whether a wish takes the place of one of an earlier turn; a soft one comes beside those that must be met."""
    if _key(new) == _key(old):
        return True
    if new.soft and not old.soft:
        return False
    if new.slot != old.slot or new.polarity != "like" or old.polarity != "like":
        return False
    if isinstance(new.value, int):
        return True
    return act.join == "instead" or (new.slot in _SINGLE and act.join != "also")


def _titles(state: State, acts: Sequence[Act]) -> State:
    """Take in what was said of items: the last word on an item counts."""
    likes, dislikes, seen = list(state.likes), list(state.dislikes), list(state.seen)
    for act in acts:
        if not act.item or not act.iri or act.act not in ("like", "dislike", "seen"):
            continue
        if act.act == "seen":
            seen = [*(iri for iri in seen if iri != act.iri), act.iri]
            continue
        likes = [iri for iri in likes if iri != act.iri]
        dislikes = [iri for iri in dislikes if iri != act.iri]
        (likes if act.act == "like" else dislikes).append(act.iri)
    focus = _focus(state, acts)
    return replace(state, likes=tuple(likes), dislikes=tuple(dislikes), seen=tuple(seen), focus=focus)


def _focus(state: State, acts: Sequence[Act]) -> tuple[str, ...]:
    """Items named in this turn come first among those that "it" may mean."""
    named = [
        act.iri
        for act in reversed(acts)
        if act.item and act.iri and act.act in ("like", "dislike", "seen", "ask")
    ]
    return tuple(dict.fromkeys((*named, *state.focus)))[:_KEPT_FOCUS]


def excluded(state: State) -> tuple[str, ...]:
    """Return the items that are never recommended: liked, disliked or seen ones."""
    return tuple(dict.fromkeys((*state.likes, *state.dislikes, *state.seen)))


def show(state: State, decision: Decision, items: tuple[str, ...]) -> State:
    """Return the state after the reply: what was shown or asked, and what "it" means now."""
    asked = state.asked
    if decision.intent == "ask" and decision.slot and decision.slot not in asked:
        asked = (*asked, decision.slot)
    asked_at = state.asked_at
    if items and decision.question:
        asked, asked_at = (*asked, decision.question), len(state.shown)
    shown = (*state.shown, items) if items else state.shown
    return replace(
        state, shown=shown, focus=items or decision.items or state.focus, asked=asked, asked_at=asked_at
    )
