"""Acts that carry no slot: what is done with the conversation and with the last list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chatrec.dialogue.clauses import Event
from chatrec.dialogue.language import Detected
from chatrec.dialogue.reading import Reading, bare
from chatrec.dialogue.surroundings import Span, overlaps
from chatrec.dialogue.values import Act

_PLAIN = ("request", "more", "restart", "explain", "compare", "greet", "thank", "close", "refuse")
_ALONE = ("chitchat", "outside", "abuse")


def session_acts(reading: Reading, detected: Detected, content: Sequence[Act]) -> list[Act]:
    """Return the acts of a message that carry no slot, in no order; `content` are the ones that do."""
    found = {
        name: event
        for name in (*_PLAIN, *_ALONE, "reject", "assent", "denial")
        if (event := _first(reading, name))
    }
    acts = [reading.act("switch", event, value=event.kind, polarity="neutral") for event in reading.switches]
    if "restart" in found:
        return [*acts, _act(reading, "restart", found["restart"])]
    acts += [_act(reading, name, found[name]) for name in _PLAIN if name in found]
    if "compare" not in found and reading.rivals:
        acts.append(
            _act(reading, "compare", Event(reading.rivals[0].end, reading.rivals[1].start, "compare"))
        )
    judged = any(act.act in ("seen", "dislike") for act in content)
    if "reject" in found and not judged and (reading.state.shown or not content):
        acts.append(_act(reading, "reject", found["reject"]))
    acts += _about(reading, acts)
    if not acts and not content:
        acts += _alone(reading, found) or ([] if detected.foreign else _nouns(reading))
    return acts


def _nouns(reading: Reading) -> list[Act]:
    """Return a request where the only thing that is clear is what is talked about: `movie?`."""
    found = None if reading.clauses.events else reading.finder.noun.search(reading.text)
    return [_act(reading, "request", Event(found.start(), found.end(), "noun"))] if found else []


def _act(reading: Reading, name: str, event: Event) -> Act:
    return reading.act(name, event, polarity="neutral")


def _first(reading: Reading, purpose: str) -> Event | None:
    """Return the first cue of a purpose that is not part of a name, nor of thanks for what was suggested."""
    taken: list[Span] = [m for m in reading.mentions if m.title or purpose != "refuse"]
    if purpose in ("request", "more"):
        taken += [Event(m.start(), m.end(), "thank") for m in reading.cues.find("thank", reading.text)]
    if purpose in ("refuse", "outside"):
        taken += list(_topics(reading))
    for found in reading.cues.find(purpose, reading.text):
        event = Event(found.start(), found.end(), purpose)
        if not any(overlaps(event, other) for other in taken):
            return event
    return None


def _topics(reading: Reading) -> Iterator[Event]:
    """Yield where words stand that the pack is about, though others refuse them."""
    for topic in reading.finder.schema.topics:
        if (at := reading.text.find(topic)) >= 0:
            yield Event(at, at + len(topic), "topic")


def _about(reading: Reading, acts: list[Act]) -> list[Act]:
    """Say which items an explanation or a comparison is about, where they are not named as asked already."""
    if not any(act.act in ("explain", "compare") for act in acts):
        return []
    sentence = reading.sentences[-1]
    items = tuple(iri for r in reading.references for iri in r.items) or reading.target(sentence)
    label, name = reading.finder.gazetteer.label, reading.finder.name_slot
    return [Act("ask", name, "=", label(iri), iri, "neutral", item=True) for iri in items]


def _alone(reading: Reading, found: dict[str, Event]) -> list[Act]:
    """Return the act of a message that says nothing else."""
    if "abuse" in found:
        return [_act(reading, "abuse", found["abuse"])]
    if "outside" in found:
        return [_act(reading, "refuse", found["outside"])]
    whole = bare(reading.text)
    if reading.cues.is_all("denial", whole):
        return [Act("reject" if reading.state.shown else "chitchat", polarity="neutral")]
    if "assent" in found and reading.cues.is_all("assent", whole):
        return [_act(reading, "request", found["assent"])]
    return [_act(reading, "chitchat", found["chitchat"])] if "chitchat" in found else []
