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
from scipy.sparse import csr_matrix

from chatrec.dialogue.features import Named, hashed
from chatrec.dialogue.folding import fold
from chatrec.dialogue.judge import PLAIN, View, label_of, view
from chatrec.dialogue.linear import SCALE, Linear
from chatrec.dialogue.mentions import Mention
from chatrec.dialogue.numbers import Numeric
from chatrec.dialogue.reading import Reading
from chatrec.dialogue.understanding import Understanding
from chatrec.dialogue.wish_acts import bounds
from chatrec.learning.understanding import state_before

_SIZE = 2**14
_RARE = 5
"""A label that is given less often is not learnt."""

_FOLDS = 5
_BOUNDS = np.arange(0.4, 0.75, 0.05)
_SPAN_STRENGTH = 4.0
_MESSAGE_STRENGTH = 6.0
"""Inverse strength of the L2 penalty, from cross-validation on the training messages."""

_GAIN = 0.02
"""By how much F1 a model must beat the rules to be used for a label."""


@dataclass
class Examples:
    """The features of each example, and its labels."""

    features: list[set[str]] = field(default_factory=list)
    labels: list[set[str]] = field(default_factory=list)

    def add(self, features: set[str], labels: set[str]) -> None:
        """Add one example."""
        self.features.append(features)
        self.labels.append(labels)

    def matrix(self) -> csr_matrix:
        """Return the features as a sparse matrix (examples x places of the table), each row of one length."""
        rows = [hashed(features, _SIZE) for features in self.features]
        ends = np.cumsum([0, *(len(row) for row in rows)])
        places = np.concatenate([np.array(row) for row in rows])
        each = np.repeat([SCALE / len(row) ** 0.5 for row in rows], np.diff(ends))
        return csr_matrix((each, places, ends), shape=(len(rows), _SIZE))


def train_judge(reader: Understanding, records: Iterable[Mapping[str, Any]], seed: int) -> dict[str, Linear]:
    """Train the two models on labelled messages. The reader must read by its rules alone."""
    span, message = examples(reader, records)
    return {"span": _exclusive(span, seed), "message": _several(message, seed)}


# --- examples ---


def examples(reader: Understanding, records: Iterable[Mapping[str, Any]]) -> tuple[Examples, Examples]:
    """Return the examples of the spans, and of the messages."""
    span, message = Examples(), Examples()
    for record in records:
        state = state_before(reader, record)
        text = record["text"]
        reading = Reading(fold(text), reader.finder, state)
        ruled = reader.ruled(reading, reader.detect(text, state))
        seen = view(reading, ruled)
        message.add(seen.message(), set(_of_message(record["acts"])))
        for named in seen.spans:
            gold = list(_of_span(seen, named, record["acts"]))
            span.add(seen.span(named), {label_of((act["act"], act["polarity"]) for act in gold)})
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
    matrix, names = data.matrix()[kept], [min(data.labels[i]) for i in kept]
    model = LogisticRegression(C=_SPAN_STRENGTH, max_iter=300, random_state=seed).fit(matrix, names)
    labels = tuple(str(name) for name in model.classes_)
    return Linear(labels, model.coef_.T.astype(np.float32), np.full(len(labels), 0.5))


def _several(data: Examples, seed: int) -> Linear:
    """Fit one logistic regression for each label that it tells better than the rules do."""
    counts = Counter(label for labels in data.labels for label in labels)
    names = sorted(label for label, count in counts.items() if count >= _RARE)
    matrix = data.matrix()
    fitted = {}
    for name in names:
        target = np.array([name in labels for labels in data.labels])
        ruled = np.array([f"r:{name}#0" in features for features in data.features])
        if found := _better(matrix, target, ruled, seed):
            fitted[name] = found
    weights = np.array([weights for weights, _ in fitted.values()]).T.astype(np.float32)
    return Linear(tuple(fitted), weights, np.array([bound for _, bound in fitted.values()]))


def _better(
    matrix: csr_matrix, target: np.ndarray, ruled: np.ndarray, seed: int
) -> tuple[np.ndarray, float] | None:
    """Return the weights and the bound of one label, or None where cross-validation shows no gain over the rules."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    model = LogisticRegression(
        C=_MESSAGE_STRENGTH, max_iter=300, random_state=seed, solver="liblinear", fit_intercept=False
    )
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=seed)
    chances = cross_val_predict(model, matrix, target, cv=folds, method="predict_proba")[:, 1]
    bound = best_bound(target, chances)
    if f1(target, chances >= bound) < f1(target, ruled) + _GAIN:
        return None
    return model.fit(matrix, target).coef_[0], bound


def f1(target: np.ndarray, given: np.ndarray) -> float:
    """Return the F1 of what was given against what is right."""
    return float(2 * (given & target).sum() / max(1, given.sum() + target.sum()))


def best_bound(target: np.ndarray, chances: np.ndarray) -> float:
    """Return the bound with the best F1; of equals the one nearest to one half."""
    return float(max(_BOUNDS, key=lambda bound: (round(f1(target, chances >= bound), 3), -abs(bound - 0.5))))
