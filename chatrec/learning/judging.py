"""Training of the models that give a second opinion on what the rules read (`chatrec.dialogue.judge`).

Two linear models over hashed features: what is said of a span (softmax), and which acts without a value a message has
(one logistic regression for each act that it tells better than the rules, its bound tuned by cross-validation).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, hstack
from scipy.special import expit

from chatrec.dialogue.features import Named, hashed
from chatrec.dialogue.judge import PLAIN, View, label_of
from chatrec.dialogue.linear import DENSE, SCALE, Linear, Vector
from chatrec.dialogue.mentions import Mention
from chatrec.dialogue.numbers import Numeric
from chatrec.dialogue.reading import Reading
from chatrec.dialogue.understanding import Understanding
from chatrec.dialogue.values import Act
from chatrec.dialogue.wish_acts import bounds
from chatrec.learning.understanding import predict, state_before

_SIZE = 2**14
_RARE = 5
"""A label that is given less often is not learnt."""

_FOLDS = 5
_GROUP = 20
"""Messages on end that are never apart in cross-validation."""

_BOUNDS = np.arange(0.3, 0.75, 0.05)
_LIMITS = {"maxiter": 80}
_SPAN_STRENGTH = 4.0
_MESSAGE_STRENGTH = 2.0
"""Inverse strength of the L2 penalty, from cross-validation on the training messages."""

_GAIN = 0.03
"""By how much F1 a model must beat the rules to be used for a label."""


@dataclass
class Examples:
    """The features of each example, the vector of its message (None without an encoder), and its labels."""

    features: list[set[str]] = field(default_factory=list)
    vectors: list[Vector | None] = field(default_factory=list)
    labels: list[set[str]] = field(default_factory=list)

    def add(self, features: set[str], vector: Vector | None, labels: set[str]) -> None:
        """Add one example."""
        self.features.append(features)
        self.vectors.append(vector)
        self.labels.append(labels)

    def extend(self, other: Examples) -> None:
        """Add the examples of another collection."""
        self.features.extend(other.features)
        self.vectors.extend(other.vectors)
        self.labels.extend(other.labels)

    def table(self) -> csr_matrix:
        """Return the features as a sparse matrix (examples x places of the table), each row of one length."""
        rows = [hashed(features, _SIZE) for features in self.features]
        ends = np.cumsum([0, *(len(row) for row in rows)])
        each = np.repeat([SCALE / len(row) ** 0.5 for row in rows], np.diff(ends))
        return csr_matrix((each, np.concatenate(rows), ends), shape=(len(rows), _SIZE))

    def dense(self) -> np.ndarray:
        """Return the vectors as rows, of no numbers where there are none."""
        size = max((len(vector) for vector in self.vectors if vector is not None), default=0)
        return DENSE * np.array([np.zeros(size) if v is None else v for v in self.vectors])


def train_judge(reader: Understanding, records: Iterable[Mapping[str, Any]], seed: int) -> dict[str, Linear]:
    """Train the two models on labelled messages."""
    return fit([examples(reader, record) for record in records], seed)


def fit(data: Iterable[tuple[Examples, Examples]], seed: int) -> dict[str, Linear]:
    """Fit the two models to the examples of some messages: those of the spans, and of the messages."""
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
    for named in seen.spans:
        gold = list(_of_span(seen, named, record["acts"]))
        labels = {label_of((act["act"], act["polarity"]) for act in gold)}
        span.add(seen.span(named), seen.vector, labels)
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


def _exclusive(data: Examples, seed: int) -> Linear:
    """Fit one softmax over all labels that occur often enough."""
    from sklearn.linear_model import LogisticRegression

    counts = Counter(min(labels) for labels in data.labels)
    kept = [i for i, labels in enumerate(data.labels) if counts[min(labels)] >= _RARE]
    names = [min(data.labels[i]) for i in kept]
    model = LogisticRegression(C=_SPAN_STRENGTH, max_iter=200, tol=1e-3, random_state=seed)
    model.fit(csr_matrix(hstack([data.table(), csr_matrix(data.dense())]))[kept], names)
    return _linear([str(name) for name in model.classes_], model.coef_.T, np.full(len(model.classes_), 0.5))


def _several(data: Examples, seed: int) -> Linear:
    """Fit one logistic regression for each label that it tells better than the rules do."""
    counts = Counter(label for labels in data.labels for label in labels)
    names = sorted(label for label, count in counts.items() if count >= _RARE)
    targets = np.array([[name in labels for name in names] for labels in data.labels])
    ruled = np.array([[f"r:{name}#0" in features for name in names] for features in data.features])
    table, dense = data.table(), data.dense()
    chances = _unseen_chances(table, dense, targets, seed)
    bounds = np.array([best_bound(*pair) for pair in zip(targets.T, chances.T, strict=True)])
    pairs = enumerate(zip(targets.T, bounds[:, None] <= chances.T, ruled.T, strict=True))
    kept = [at for at, (right, given, by_rule) in pairs if f1(right, given) >= f1(right, by_rule) + _GAIN]
    weights = logistic(table, dense, targets[:, kept], _MESSAGE_STRENGTH)
    return _linear([names[at] for at in kept], weights, bounds[kept])


def _linear(labels: Sequence[str], weights: np.ndarray, bounds: np.ndarray) -> Linear:
    return Linear(
        tuple(labels), weights[:_SIZE].astype(np.float32), bounds, weights[_SIZE:].astype(np.float32)
    )


def _unseen_chances(table: csr_matrix, dense: np.ndarray, targets: np.ndarray, seed: int) -> np.ndarray:
    """Return the probability of each label (examples x labels) by models that saw nothing of the example's group."""
    chances, folds = np.zeros(targets.shape), groups(len(targets), seed)
    for held in range(_FOLDS):
        there = folds != held
        weights = logistic(table[there], dense[there], targets[there], _MESSAGE_STRENGTH)
        chances[~there] = expit(table[~there] @ weights[:_SIZE] + dense[~there] @ weights[_SIZE:])
    return chances


def groups(count: int, seed: int) -> np.ndarray:
    """Return the fold of each of some examples in order.

    What was written in one go, `_GROUP` messages on end of one author and alike in wording, is in one fold.
    """
    fold = np.random.default_rng(seed).permutation(count // _GROUP + 1) % _FOLDS
    return np.asarray(fold[np.arange(count) // _GROUP])


def logistic(table: csr_matrix, dense: np.ndarray, targets: np.ndarray, strength: float) -> np.ndarray:
    """Fit a logistic regression for each column of the targets, all at once, by L-BFGS.

    Args:
        table: examples x places; one place is taken in all examples.
        dense: examples x numbers of their vectors.
        targets: examples x labels, true where the label is given.
        strength: the inverse strength of the L2 penalty.

    Returns:
        The weights, places and then numbers x labels.
    """
    signs, turned, size = np.where(targets, 1.0, -1.0), csr_matrix(table.T), table.shape[1]
    shape = (size + dense.shape[1], targets.shape[1])

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        weights = flat.reshape(shape)
        margins = signs * (table @ weights[:size] + dense @ weights[size:])
        pull = signs * expit(-margins)
        slope = weights - strength * np.vstack([turned @ pull, dense.T @ pull])
        return strength * np.logaddexp(0, -margins).sum() + flat @ flat / 2, slope.ravel()

    found = minimize(loss, np.zeros(shape[0] * shape[1]), jac=True, method="L-BFGS-B", options=_LIMITS)
    return np.asarray(found.x.reshape(shape))


def f1(target: np.ndarray, given: np.ndarray) -> float:
    """Return the F1 of what was given against what is right."""
    return float(2 * (given & target).sum() / max(1, given.sum() + target.sum()))


def best_bound(target: np.ndarray, chances: np.ndarray) -> float:
    """Return the bound with the best F1; of equals the one nearest to one half."""
    return float(max(_BOUNDS, key=lambda bound: (round(f1(target, chances >= bound), 3), -abs(bound - 0.5))))
