"""Evaluation of understanding: the acts of labelled messages against those that are read, and the figures.

An act counts as found where act, slot, operator, value and polarity agree (strict match, as in dialogue-act evaluation).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from chatrec.dialogue.state import update
from chatrec.dialogue.understanding import Understanding
from chatrec.dialogue.values import Act, State
from chatrec.errors import InputError

Key = tuple[Any, ...]
HELD_OUT = Path(__file__).parent / "utterances"
"""The project's own labelled messages; the files `test_*.jsonl` are the held-out ones."""


def read_lines(paths: Iterable[Path]) -> Iterator[dict[str, Any]]:
    """Yield the records of JSON Lines files. Raises InputError naming file and line of one that cannot be read."""
    for path in paths:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if not line.strip():
                continue
            try:
                record = json.loads(line)
                record["text"] + ""
            except (ValueError, KeyError, TypeError) as error:
                raise InputError(
                    f"{path.name}, line {number}: {error!r}", 'Each line is an object with at least "text".'
                ) from error
            yield record


def predict(reader: Understanding, record: Mapping[str, Any]) -> tuple[Act, ...]:
    """Return the acts of a record's text alone, read after the messages of its history."""
    state, text = state_before(reader, record), record["text"]
    return reader.read(text, reader.detect(text, state), state)


def state_before(reader: Understanding, record: Mapping[str, Any]) -> State:
    """Return what a session knows after the messages of a record's history."""
    state = State(language=record.get("lang", ""))
    for text in record.get("history") or ():
        detected = reader.detect(text, state)
        state = update(state, reader.read(text, detected, state), detected.language)
    return state


def act_json(act: Act) -> dict[str, Any]:
    """Return an act in the form of the contract."""
    return {"act": act.act, "slot": act.slot, "op": act.op, "value": act.value, "polarity": act.polarity}


def figures(pairs: Sequence[tuple[Mapping[str, Any], tuple[Act, ...]]]) -> dict[str, Any]:
    """Return the figures of labelled records and the acts that were read from them."""
    gold = [Counter(_key(act) for act in record["acts"]) for record, _ in pairs]
    found = [Counter(_key(act_json(act)) for act in acts) for _, acts in pairs]
    languages = sorted({record.get("lang", "") for record, _ in pairs})
    return {
        "utterances": len(pairs),
        "act_macro_f1": _macro_f1([_names(c) for c in gold], [_names(c) for c in found]),
        "constraint_f1": {
            language: _f1(
                [
                    _slots(g)
                    for g, (record, _) in zip(gold, pairs, strict=True)
                    if record.get("lang", "") == language
                ],
                [
                    _slots(f)
                    for f, (record, _) in zip(found, pairs, strict=True)
                    if record.get("lang", "") == language
                ],
            )
            for language in languages
        },
        "all_right": round(sum(g == f for g, f in zip(gold, found, strict=True)) / max(1, len(pairs)), 4),
    }


def by_name(pairs: Sequence[tuple[Mapping[str, Any], tuple[Act, ...]]]) -> dict[str, dict[str, list[float]]]:
    """Return precision, recall and F1 of each act (once a message) and of each slot (strict), in this order."""
    gold = [Counter(_key(act) for act in record["acts"]) for record, _ in pairs]
    found = [Counter(_key(act_json(act)) for act in acts) for _, acts in pairs]
    acts = [_names(counter) for counter in gold], [_names(counter) for counter in found]
    slots = [_slots(counter) for counter in gold], [_slots(counter) for counter in found]
    return {"act": _scores(*acts), "slot": _scores(*slots)}


def _scores(gold: Sequence[Counter[Key]], found: Sequence[Counter[Key]]) -> dict[str, list[float]]:
    right: Counter[str] = Counter()
    said, told = Counter(right), Counter(right)
    for counter, mine in zip(gold, found, strict=True):
        for sums, keys in ((right, counter & mine), (said, mine), (told, counter)):
            for key, count in keys.items():
                sums[str(key[0])] += count
    return {
        name: [
            round(right[name] / max(1, said[name]), 3),
            round(right[name] / max(1, told[name]), 3),
            round(2 * right[name] / (said[name] + told[name]), 3),
        ]
        for name in sorted(said.keys() | told.keys())
    }


def confusion(pairs: Sequence[tuple[Mapping[str, Any], tuple[Act, ...]]]) -> Counter[tuple[str, str]]:
    """Count which act was read in the place of which (label, reading); `-` where there is none.

    Within a message the acts that are only in the labels stand against those that are only in the reading.
    """
    counts: Counter[tuple[str, str]] = Counter()
    for record, acts in pairs:
        gold, found = {act["act"] for act in record["acts"]}, {act.act for act in acts}
        counts.update((name, name) for name in gold & found)
        missed, wrong = sorted(gold - found) or ["-"], sorted(found - gold) or ["-"]
        counts.update((one, other) for one in missed for other in wrong if one != other)
    return counts


def _key(act: Mapping[str, Any]) -> Key:
    value = act.get("value")
    folded = value.casefold() if isinstance(value, str) else value
    return act["act"], act.get("slot"), act.get("op", "="), folded, act.get("polarity", "neutral")


def _names(acts: Counter[Key]) -> Counter[Key]:
    """Return which acts there are, each once."""
    return Counter({(name,): 1 for name in {key[0] for key in acts}})


def _slots(acts: Counter[Key]) -> Counter[Key]:
    """Return the acts that carry a slot, without their names: what is wished, not how it is called."""
    return Counter({key[1:]: count for key, count in acts.items() if key[1]})


def _f1(gold: Sequence[Counter[Key]], found: Sequence[Counter[Key]]) -> float:
    """Return the micro F1 over all records."""
    right = sum((g & f).total() for g, f in zip(gold, found, strict=True))
    told = sum(c.total() for c in gold) + sum(c.total() for c in found)
    return round(2 * right / told, 4) if told else 1.0


def _macro_f1(gold: Sequence[Counter[Key]], found: Sequence[Counter[Key]]) -> float:
    """Return the mean F1 over the kinds that occur in the labels."""
    kinds = sorted({kind for counter in gold for kind in counter})
    return round(sum(_f1(_only(gold, kind), _only(found, kind)) for kind in kinds) / max(1, len(kinds)), 4)


def _only(counters: Sequence[Counter[Key]], kind: Key) -> list[Counter[Key]]:
    return [Counter({kind: counter[kind]}) for counter in counters]
