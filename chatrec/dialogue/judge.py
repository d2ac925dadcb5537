"""A second opinion on what the rules read, by small networks that `chatrec train understanding` trains.

The rules give spans and values; the models say what is said of each span, and which acts without a value there are.
Where no model is trained for a pack, or there is no sentence encoder, the rules stand alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from chatrec.dialogue.clauses import Event
from chatrec.dialogue.features import Named, apart, of_message, of_span, sentence, tokens
from chatrec.dialogue.item_acts import asked_items
from chatrec.dialogue.mentions import Mention
from chatrec.dialogue.network import Encode, Network, Vector, load
from chatrec.dialogue.numbers import COUNT, Numeric
from chatrec.dialogue.reading import Reading
from chatrec.dialogue.slots import Schema
from chatrec.dialogue.surroundings import is_capitalised, is_quoted
from chatrec.dialogue.values import Act, Polarity
from chatrec.dialogue.wish_acts import bounds

PLAIN = frozenset(
    {"request", "more", "reject", "restart", "explain", "compare"}
    | {"greet", "thank", "close", "chitchat", "refuse", "abuse"}
)
"""Acts without a slot on which the models have a say."""

_SAID: dict[str, tuple[str, Polarity]] = {
    "inform": ("inform", "like"),
    "avoid": ("inform", "dislike"),
    "like": ("like", "like"),
    "dislike": ("dislike", "dislike"),
    "seen": ("seen", "neutral"),
    "ask": ("ask", "neutral"),
    "forget": ("forget", "neutral"),
}
"""What can be said of a span, as act and polarity; labels such as `seen+like` say two things."""

_SURE = 0.5
"""From this probability on a model gives another meaning to a span than the rules do."""

_NOTHING = 0.7
"""From this probability on nothing is said of a span: a wish that is thrown away is worse than one too many."""

_LEAST = 0.1
"""Below this probability a message that nothing was read from stays unread."""

_READ = 300
"""Characters of a text that its vector is made of: that of a longer one says no more."""

_MOST = 12
"""Spans of one message that the models judge; of more the rules alone speak."""


@dataclass(frozen=True, slots=True)
class View:
    """A message as the models see it: the acts of the rules, the spans, and which acts belong to which span.

    `vector` is that of the message with its names blanked out and that of the message itself, end to end; `clauses` holds
    the same for each span, followed by that of the clause in which the span stands. There are none without an encoder.
    """

    reading: Reading
    acts: tuple[Act, ...]
    spans: tuple[Named, ...]
    vector: Vector
    clauses: tuple[Vector, ...]

    def own(self, span: Named) -> list[Act]:
        """Return the acts that the rules read from a span."""
        words, at = self.reading.folded.span(span.start, span.end)
        return [act for act in self.acts if act.slot and act.start == at and act.text == words]

    def ruled(self, span: Named) -> str:
        """Return the label of what the rules say of a span."""
        return label_of((act.act, act.polarity) for act in self.own(span))

    def message(self) -> set[str]:
        """Return the features of the message."""
        said = [f"{act.act}:{act.slot}" if act.op in "?-" else act.act for act in self.acts]
        said += [f"{act.act}:{act.polarity}:{kind(act.slot, self.reading)}" for act in self.acts if act.slot]
        said += ["later"] if self.reading.state.turn else []
        said += [f"holds:{wish.slot}" for wish in self.reading.state.constraints]
        return of_message(tokens(self.reading.text, self.spans), said)

    def span(self, span: Named) -> set[str]:
        """Return the features of one of its spans."""
        words = tokens(self.reading.text, self.spans, span)
        place, reading = self.spans.index(span), self.reading
        beside = [self.spans[i] for i in (place - 1, place + 1) if 0 <= i < len(self.spans)]
        more = [f"kind:{kind(span.slot, reading)}", f"governor:{reading.clauses.governor(span)}"]
        more += [f"beside:{self.ruled(other)}:{kind(other.slot, reading)}" for other in beside]
        more += [f"said:{act.act}" for act in self.acts if not act.slot]
        more += ["asks"] if reading.sentence_of(span).question else []
        more += ["only"] if len(self.spans) == 1 else []
        more += sorted(self._held(span))
        return of_span(words, span, self.ruled(span), [*more, *_looks(reading, span)])

    def _held(self, span: Named) -> set[str]:
        """Return how a span stands to the wishes of the session: its slot has one, or it is one."""
        slots = {"holds" for wish in self.reading.state.constraints if wish.slot == span.slot}
        iri = getattr(span, "iri", "")
        return slots | {"holds it" for wish in self.reading.state.constraints if iri and wish.iri == iri}


def _looks(reading: Reading, span: Named) -> Iterator[str]:
    """Yield how a span is written."""
    yield f"surface:{reading.text[span.start : span.end]}"
    if is_quoted(reading.folded, span):
        yield "quoted"
    if is_capitalised(reading.folded, span):
        yield "capital"
    if isinstance(span, Mention) and span.parts:
        yield "parts"


def kind(slot: str | None, reading: Reading) -> str:
    """Return what sort of slot it is: a title, a person, a number or a concept."""
    if slot == reading.finder.name_slot:
        return "title"
    if slot and reading.finder.gazetteer.names_people(slot):
        return "person"
    return "number" if slot and reading.finder.schema.slot(slot).kind == "number" else "concept"


def label_of(said: Iterable[tuple[str, str]]) -> str:
    """Return the label of what is said: `none` where nothing is, `seen+like` where it is two things."""
    names = {"avoid" if (act, polarity) == ("inform", "dislike") else act for act, polarity in said}
    return "+".join(sorted(names)) or "none"


def trained(schema: Schema) -> Mapping[str, Network]:
    """Return the models that are kept for a pack, by name; none where they are of another pack."""
    pack, models = load()
    return models if pack == schema.pack else {}


@dataclass(frozen=True)
class Judge:
    """The models of a pack, and what turns messages into vectors for them. Its methods are pure."""

    schema: Schema
    models: Mapping[str, Network]
    encode: Encode | None = None

    def view(self, reading: Reading, acts: Sequence[Act]) -> View:
        """Return a message as the models see it."""
        numbers = (number for number in reading.numbers if number.slot != COUNT)
        held = (mention for mention in reading.mentions if mention.held)
        spans = tuple(apart([*held, *numbers])[:_MOST])
        blanked = sentence(tokens(reading.text, spans))
        texts = [blanked, reading.folded.original, *_clauses(reading, spans)]
        read = [text[:_READ] for text in texts]
        vectors = self.encode(read) if self.encode else np.zeros((len(read), 0), np.float32)
        whole = vectors[:2].ravel()
        return View(reading, tuple(acts), spans, whole, tuple(np.append(whole, part) for part in vectors[2:]))

    def judged(self, reading: Reading, acts: Sequence[Act]) -> list[Act]:
        """Return the acts of the rules, mended."""
        if not self.models or self.encode is None:
            return _counted(list(acts))
        seen = self.view(reading, acts)
        each = zip(seen.spans, seen.clauses, strict=True)
        spans = [act for span, vector in each for act in self._of_span(seen, span, vector)]
        own = {id(act) for span in seen.spans for act in seen.own(span)}
        rest = [act for act in acts if id(act) not in own]
        return _settled([*spans, *self._of_message(seen, rest, {act.slot for act in spans})])

    # --- what is said of a span ---

    def _of_span(self, seen: View, span: Named, vector: Vector) -> list[Act]:
        ruled, own = seen.ruled(span), seen.own(span)
        if isinstance(span, Numeric) and span.relative:
            return own  # it says by what items are compared
        best = _best(self.models["span"].one(seen.span(span), vector), ruled)
        return own if best == ruled else list(_acts(seen.reading, span, best))

    # --- what the message does ---

    def _of_message(self, seen: View, acts: list[Act], spoken: Collection[str | None]) -> list[Act]:
        """Return the acts without a value.

        Small talk is only there where nothing else is said, a question about a slot where none of its values is (`spoken`).
        """
        model = self.models["message"]
        chances = model.each(seen.message(), seen.vector)
        given = {label for label, chance in chances.items() if chance >= model.bound(label)}
        kept = [act for act in acts if _label(act) in given or _label(act) not in chances]
        given -= {f"ask:{slot}" for slot in spoken} | ({"chitchat"} if kept or spoken else set())
        if not (acts or given or spoken):
            given = {
                label for label in PLAIN & chances.keys() if chances[label] == max(chances.values()) > _LEAST
            }
        there = {_label(act) for act in kept} | {act.act for act in kept}
        new = [act for label in sorted(given - there) for act in self._new(seen.reading, label)]
        return _counted([*kept, *new] if kept or new or spoken else acts)

    def _new(self, reading: Reading, label: str) -> Iterator[Act]:
        name, _, slot = label.partition(":")
        whole = Event(0, len(reading.text), name)
        if not slot:
            yield reading.act(name, whole, polarity="neutral")
        elif slot in {known.name for known in self.schema.slots}:
            yield reading.act(name, whole, slot=slot, op="?" if name == "ask" else "-", polarity="neutral")
            if name == "ask":
                yield from asked_items(reading, reading.sentences[-1])


def _clauses(reading: Reading, spans: Sequence[Named]) -> Iterator[str]:
    """Yield the clause around each span, with the names in it blanked out."""
    breaks = reading.clauses.breaks
    for span in spans:
        start = max((end.end for end in breaks if end.end <= span.start), default=0)
        end = min((end.start for end in breaks if end.start >= span.end), default=len(reading.text))
        yield sentence(tokens(reading.text, spans, span, (start, end)))


def _best(chances: Mapping[str, float], ruled: str) -> str:
    """Return the label of a span: `none` only where that is sure, another than that of the rules where it is likely."""
    if chances.get("none", 0.0) >= _NOTHING:
        return "none"
    best = max(chances.keys() - {"none"}, key=lambda label: chances[label])
    return best if chances[best] >= _SURE else ruled


def _label(act: Act) -> str:
    """Return the label of an act without a value, as the models call it."""
    if act.value is None and act.slot and act.op in "?-":
        return f"{act.act}:{act.slot}"
    return act.act if act.act in PLAIN and act.value is None else ""


def _counted(acts: list[Act]) -> list[Act]:
    """Let more items carry the number of items that is wished for: `three more`."""
    count = next((act for act in acts if act.act == "request" and act.value is not None), None)
    if count is None or not any(act.act == "more" for act in acts):
        return acts
    return [replace(count, act="more"), *(act for act in acts if act.act not in ("request", "more"))]


def _acts(reading: Reading, span: Named, label: str) -> Iterator[Act]:
    """Yield the acts of a span under another label than that of the rules."""
    for part in label.split("+"):
        if part not in _SAID:
            continue
        name, polarity = _SAID[part]
        if isinstance(span, Numeric):
            yield from _number(reading, span, part)
        elif isinstance(span, Mention):
            asked = part == "ask" and not span.title
            op = "?" if asked else "-" if part == "forget" else "="
            yield reading.act(
                name, span, slot=span.slot, op=op, polarity=polarity, item=span.title,
                value=None if asked else span.value, iri="" if asked else span.iri,
            )  # fmt: skip


def _number(reading: Reading, number: Numeric, label: str) -> Iterator[Act]:
    if label in ("ask", "forget"):
        op = "?" if label == "ask" else "-"
        yield reading.act(label, number, slot=number.slot, op=op, polarity="neutral")
    elif label in ("inform", "like"):
        yield from bounds(reading, number)
    elif label in ("avoid", "dislike"):
        yield from bounds(reading, number.inverted())


def _settled(acts: Sequence[Act]) -> list[Act]:
    """Drop what contradicts: an item that is liked or disliked is not asked about as well."""
    felt = {act.iri for act in acts if act.item and act.act in ("like", "dislike") and act.start >= 0}
    return [act for act in acts if not (act.act == "ask" and act.item and act.start < 0 and act.iri in felt)]
