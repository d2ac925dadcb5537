"""Whether a reply states facts only: the graph holds every claim, and nothing is stated outside of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from chatrec.dialogue.slots import Slot
from chatrec.dialogue.values import Claim
from chatrec.scripts.labels import Named
from chatrec.scripts.moment import Failure, Moment

_CHECK = "facts_only"
_NUMBER = re.compile(r"\d+")
_QUOTED_TITLE = re.compile(r"(?<=《)[^《》]+(?=》)")
_ENDS_SENTENCE = ".!?…:。！？：\n"


def check_facts(moment: Moment) -> Iterator[Failure]:
    """Judge the reply of a turn: its claims, then the names, titles and numbers that are outside of them."""
    for claim in moment.turn.claims:
        yield from _claim(claim, moment)
    spans = {(n.start, n.end): "names something of the graph" for n in _names(moment)}
    spans |= {match.span(): "is put as a title" for match in _QUOTED_TITLE.finditer(moment.turn.reply)}
    spans |= {match.span(): "is a number" for match in _NUMBER.finditer(moment.turn.reply)}
    for (start, end), why in sorted(spans.items()):
        if not any(claim.start <= start and end <= claim.end for claim in moment.turn.claims):
            words = moment.turn.reply[start:end]
            yield Failure(
                _CHECK, "every name, title and number in the reply is a claim", f"{words!r} {why} and is none"
            )


def _claim(claim: Claim, moment: Moment) -> Iterator[Failure]:
    """Judge one claim: its place in the reply, its triple in the graph, its words as the triple's object."""
    there = moment.turn.reply[claim.start : claim.end]
    if there != claim.text:
        place = f"reply[{claim.start}:{claim.end}]"
        yield Failure(_CHECK, f"{place} is the claim's text {claim.text!r}", f"{place} is {there!r}")
    if _is_users(claim):
        return
    if not moment.pack.graph.holds(claim.triple):
        triple = " ".join(claim.triple)
        yield Failure(
            _CHECK, f"the graph holds the triple of the claim {claim.text!r}", f"it does not hold {triple}"
        )
    elif not _says(claim, moment):
        yield Failure(
            _CHECK, f"the claim {claim.text!r} says the object of its triple", f"that is {claim.triple[2]}"
        )


def _is_users(claim: Claim) -> bool:
    """Tell whether a claim is about the user's words or a count: its subject is no IRI, e.g. `session`."""
    return ":" not in claim.triple[0]


def _says(claim: Claim, moment: Moment) -> bool:
    """Tell whether the words of a claim are a label of its object, or the literal (with its unit) itself."""
    _, predicate, wanted = claim.triple
    text = claim.text.casefold()
    if text == wanted.casefold():
        return True
    if any(text == entry.surface.casefold() for entry in moment.labels.by_node.get(wanted, ())):
        return True
    slots = (slot for slot in moment.pack.schema.slots if slot.path == predicate)
    return any(text in _forms(slot, wanted) for slot in slots)


def _forms(slot: Slot, value: str) -> set[str]:
    return {form.replace("{value}", value).casefold() for form in slot.value_form.values()}


def _names(moment: Moment) -> Iterator[Named]:
    """Yield the names in the reply, but for a single word that merely begins a sentence with a capital.

    "Together, they …" is no statement about the film Together, unless this session speaks of it.
    """
    reply, known = moment.turn.reply, _spoken_of(moment)
    for name in moment.labels.named(reply):
        lone = " " not in reply[name.start : name.end] and reply[name.start].isascii()
        if not lone or name.nodes & known or not _begins_sentence(reply[: name.start]):
            yield name


def _begins_sentence(before: str) -> bool:
    before = before.rstrip(" \"'“‘(")
    return not before or before[-1] in _ENDS_SENTENCE


def _spoken_of(moment: Moment) -> set[str]:
    """Return the items that the session has come to speak of."""
    state = moment.turn.state
    shown = {iri for group in state.shown for iri in group}
    said = {act.iri for act in moment.turn.acts}
    return {*shown, *said, *state.likes, *state.dislikes, *state.seen, *state.focus}
