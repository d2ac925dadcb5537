"""The checks of a turn against what its script expects: pure, and every one of them is told that fails."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from chatrec.dialogue.folding import key_of
from chatrec.dialogue.values import Act, Constraint, Value
from chatrec.scripts.facts import check_facts
from chatrec.scripts.format import Expectation, ExpectedReply, Understood
from chatrec.scripts.items import check_items
from chatrec.scripts.moment import Failure, Moment, acts_text, wishes_text


def check(expected: Expectation, moment: Moment) -> list[Failure]:
    """Return what a turn lacks of what was expected, in the order of the script's keys."""
    return list(_check(expected, moment))


def _check(expected: Expectation, moment: Moment) -> Iterator[Failure]:
    turn = moment.turn
    yield from _one_of("language", expected.language, turn.language)
    yield from _one_of("intent", expected.intent, turn.intent)
    for wish in expected.understood:
        if not understood(wish, moment):
            yield Failure("understood", f"{{{wish}}}", _heard(moment))
    yield from check_items(expected.items, moment)
    if expected.facts_only:
        yield from check_facts(moment)
    yield from _reply(expected.reply, turn.reply)
    yield from _time(expected.within_ms, turn.timings_ms.get("total", 0.0))


def _one_of(key: str, allowed: tuple[str, ...], got: str) -> Iterator[Failure]:
    if allowed and got not in allowed:
        yield Failure(key, " or ".join(allowed), got or "none")


def understood(wish: Understood, moment: Moment) -> bool:
    """Tell whether an act of the turn or a constraint in force after it says all that the entry says."""
    said: Iterable[Act | Constraint] = (*moment.turn.acts, *moment.turn.state.constraints)
    return any(_meets(wish, one, moment) for one in said)


def _meets(wish: Understood, one: Act | Constraint, moment: Moment) -> bool:
    """Compare the keys that are given; a constraint counts as the act `inform`."""
    values = [value for value in (wish.like, wish.dislike, wish.value) if value is not None]
    return (
        wish.wanted_polarity in (None, one.polarity)
        and wish.slot in (None, one.slot)
        and wish.op in (None, one.op)
        and wish.act in (None, one.act if isinstance(one, Act) else "inform")
        and all(_same(value, one, moment) for value in values)
    )


def _same(value: Value, one: Act | Constraint, moment: Moment) -> bool:
    """Tell whether a script's value (a label in any language, a number) is that of an act or a wish."""
    if one.iri and one.iri in moment.labels.nodes(str(value)):
        return True
    return one.value is not None and key_of(str(value)) == key_of(str(one.value))


def _heard(moment: Moment) -> str:
    turn = moment.turn
    return f"{acts_text(turn.acts)} (wishes in force: {wishes_text(turn.state.constraints)})"


def _reply(expected: ExpectedReply, reply: str) -> Iterator[Failure]:
    text = reply.casefold()
    for words in expected.contains:
        if words.casefold() not in text:
            yield Failure("reply.contains", repr(words), repr(reply))
    for words in expected.lacks:
        if words.casefold() in text:
            yield Failure("reply.lacks", f"no {words!r}", repr(reply))
    if expected.max_chars is not None and len(reply) > expected.max_chars:
        yield Failure(
            "reply.max_chars", f"at most {expected.max_chars} characters", f"{len(reply)}: {reply!r}"
        )


def _time(limit: float | None, took: float) -> Iterator[Failure]:
    if limit is not None and took > limit:
        yield Failure("within_ms", f"at most {limit:g} ms", f"{took:g} ms")
