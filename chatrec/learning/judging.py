"""Training of the models that give a second opinion on what the rules read (`chatrec.dialogue.judge`).

Two small networks: what is said of a span (softmax), and which acts without a value a message has (each by itself, where
the network tells it better than the rules, its bound tuned by cross-validation).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from chatrec.dialogue.features import Named
from chatrec.dialogue.judge import PLAIN, View, label_of
from chatrec.dialogue.mentions import Mention
from chatrec.dialogue.network import Network
from chatrec.dialogue.numbers import Numeric
from chatrec.dialogue.reading import Reading
from chatrec.dialogue.understanding import Understanding
from chatrec.dialogue.values import Act
from chatrec.dialogue.wish_acts import bounds
from chatrec.learning.fitting import Examples, fit_network
from chatrec.learning.understanding import predict, state_before

_RARE = 5
"""A label that is given less often is not learnt."""

_FOLDS = 3
_GROUP = 35
"""Messages on end that are never apart in cross-validation."""

_BOUNDS = np.arange(0.1, 0.75, 0.05)
_GAIN = 0.03
"""By how much F1 a model must beat the rules to be used for a label."""


def train_judge(reader: Understanding, records: Iterable[Mapping[str, Any]], seed: int) -> dict[str, Network]:
    """Train the two networks on labelled messages."""
    return fit([examples(reader, record) for record in records], seed)


def fit(data: Iterable[tuple[Examples, Examples]], seed: int) -> dict[str, Network]:
    """Fit the two networks to the examples of some messages: those of the spans, and of the messages."""
    span, message = Examples(), Examples()
    for of_spans, of_messages in data:
        span.extend(of_spans)
        message.extend(of_messages)
    return {"span": _exclusive(span, seed), "message": _several(message, seed)}


def cross_validated(
    reader: Understanding, records: Sequence[Mapping[str, Any]], seed: int
) -> Iterator[tuple[Mapping[str, Any], tuple[Act, ...]]]:
    """Yield each labelled message and the acts read from it by models that saw none of its group."""
    data, folds = [examples(reader, record) for record in records], groups(len(records), seed)
    for held in range(_FOLDS):
        models = fit((found for found, fold in zip(data, folds, strict=True) if fold != held), seed)
        other = reader.judged_by(models)
        yield from ((r, predict(other, r)) for r, fold in zip(records, folds, strict=True) if fold == held)


# --- examples ---


def examples(reader: Understanding, record: Mapping[str, Any]) -> tuple[Examples, Examples]:
    """Return the examples of the spans of a labelled message, and that of the message."""
    span, message = Examples(), Examples()
    seen = reader.seen(record["text"], state_before(reader, record))
    message.add(seen.message(), seen.vector, set(_of_message(record["acts"])))
    for named, vector in zip(seen.spans, seen.clauses, strict=True):
        gold = list(_of_span(seen, named, record["acts"]))
        labels = {label_of((act["act"], act["polarity"]) for act in gold)}
        span.add(seen.span(named), vector, labels)
    return span, message


def _of_message(acts: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for act in acts:
        if act["act"] in PLAIN:
            yield act["act"]
        elif act["slot"] and act["op"] in "?-" and act["value"] is None:
            yield f"{act['act']}:{act['slot']}"


def _of_span(seen: View, named: Named, acts: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Yield the labelled acts that are about a span; a value that is asked about is an act without that value."""
    found = [act for act in acts if _is_about(seen.reading, named, act)]
    asked = [act for act in acts if act["act"] == "ask" and act["slot"] == named.slot and act["op"] == "?"]
    title = isinstance(named, Mention) and named.title
    yield from found or ([] if title else asked)


def _is_about(reading: Reading, named: Named, act: Mapping[str, Any]) -> bool:
    if isinstance(named, Numeric):
        if act["act"] == "forget":
            return bool(act["slot"] == named.slot)
        both = [(a.op, a.value) for n in (named, named.inverted()) for a in bounds(reading, n)]
        return act["slot"] == named.slot and (act["op"], act["value"]) in both
    value = getattr(named, "value", "")
    return bool(act["slot"]) and str(act["value"]).casefold() == str(value).casefold()


# --- fitting ---


def _exclusive(data: Examples, seed: int) -> Network:
    """Fit one softmax over all labels that occur often enough."""
    names = _often(data)
    kept = [at for at, labels in enumerate(data.labels) if labels <= set(names)]
    return fit_network(data.only(kept), names, True, seed)


def _several(data: Examples, seed: int) -> Network:
    """Fit one network for all labels, each given by itself; what the rules tell as well is left to them."""
    names = _often(data)
    targets = _given(data.labels, names)
    ruled = _given(data.features, [f"r:{name}" for name in names])
    chances = _unseen_chances(data, names, seed)
    bounds = np.array([best_bound(*pair) for pair in zip(targets.T, chances.T, strict=True)])
    pairs = enumerate(zip(targets.T, bounds[:, None] <= chances.T, ruled.T, strict=True))
    kept = [at for at, (right, given, by_rule) in pairs if f1(right, given) >= f1(right, by_rule) + _GAIN]
    return replace(fit_network(data, [names[at] for at in kept], False, seed), bounds=bounds[kept])


def _often(data: Examples) -> list[str]:
    counts = Counter(label for labels in data.labels for label in labels)
    return sorted(label for label, count in counts.items() if count >= _RARE)


def _given(found: Sequence[set[str]], names: Sequence[str]) -> np.ndarray:
    """Return which of some names each set holds (sets x names)."""
    return np.array([[name in each for name in names] for each in found])


def _unseen_chances(data: Examples, names: Sequence[str], seed: int) -> np.ndarray:
    """Return the probability of each label (examples x labels) by networks that saw nothing of the example's group."""
    chances, folds = np.zeros((len(data.features), len(names))), groups(len(data.features), seed)
    for held in range(_FOLDS):
        model = fit_network(data.only(np.flatnonzero(folds != held).tolist()), names, False, seed)
        for at in np.flatnonzero(folds == held):
            chances[at] = list(model.each(data.features[at], data.vectors[at]).values())
    return chances


def groups(count: int, seed: int) -> np.ndarray:
    """Return the fold of each of some examples in order.

    What was written in one go, `_GROUP` messages on end of one author and alike in wording, is in one fold.
    """
    fold = np.random.default_rng(seed).permutation(count // _GROUP + 1) % _FOLDS
    return np.asarray(fold[np.arange(count) // _GROUP])


def f1(target: np.ndarray, given: np.ndarray) -> float:
    """Return the F1 of what was given against what is right."""
    return float(2 * (given & target).sum() / max(1, given.sum() + target.sum()))


def best_bound(target: np.ndarray, chances: np.ndarray) -> float:
    """Return the bound with the best F1; of equals the one nearest to one half."""
    return float(max(_BOUNDS, key=lambda bound: (round(f1(target, chances >= bound), 3), -abs(bound - 0.5))))
