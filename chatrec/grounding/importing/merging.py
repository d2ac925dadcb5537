"""Duplicates: items of one name are merged where their evidence agrees, and kept apart, and told, where it does not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from chatrec.grounding.importing.text import key
from chatrec.grounding.importing.values import CleanItem, Labels, Reject


def merge(items: Sequence[CleanItem]) -> tuple[list[CleanItem], list[Reject]]:
    """Merge the items of one name. Returns the items that are left, and what is to be told about the others."""
    kept: list[CleanItem] = []
    told: list[Reject] = []
    for item in items:
        reasons = [difference(other, item) for other in kept]
        place = next((index for index, reason in enumerate(reasons) if not reason), None)
        if place is not None:
            told += _told(kept[place], item)
            kept[place] = united(kept[place], item)
        else:
            if kept:
                reason = f"the name of line {kept[0].line}, but {reasons[0]}: kept apart"
                told.append(Reject(item.line, "", item.names[0][0], reason, "kept"))
            kept.append(item)
    return kept, told


def difference(one: CleanItem, other: CleanItem) -> str:
    """Return what speaks against two items of one name being the same; empty where they are."""
    if one.identifier and other.identifier:
        return "" if one.identifier == other.identifier else "another identifier"
    shared = False
    for slot in sorted({*one.numbers, *one.entities} & {*other.numbers, *other.entities}):
        if slot in one.numbers and one.numbers[slot] != other.numbers.get(slot):
            return f"another {slot}"
        if slot in one.entities and not keys(one.entities[slot]) & keys(other.entities[slot]):
            return f"another {slot}"
        shared = True
    bare = not (one.numbers or one.entities) or not (other.numbers or other.entities)
    return "" if shared or bare else "nothing in common"


def keys(several: Iterable[Labels]) -> set[str]:
    """Return the forms in which the labels of some values are compared."""
    return {key(label) for labels in several for label in labels.values()}


def _told(one: CleanItem, other: CleanItem) -> list[Reject]:
    """Return what is told of a merge: that it was one, and the values that gave way to those of the first row."""
    told = [Reject(other.line, "", other.names[0][0], f"the same as line {one.line}: merged", "merged")]
    for slot, values in other.numbers.items():
        if one.numbers.get(slot, values) != values:
            reason = f"{slot}: line {one.line}, the same item, says otherwise"
            told.append(Reject(other.line, slot, " | ".join(values), reason, "value"))
    for slot, texts in other.texts.items():
        for language, text in texts.items():
            if one.texts.get(slot, {}).get(language, text) != text:
                reason = f"{slot}: line {one.line}, the same item, has another text"
                told.append(Reject(other.line, slot, text[:200], reason, "value"))
    return told


def united(one: CleanItem, other: CleanItem) -> CleanItem:
    """Return two items as one: what the first one holds stays, the other adds to it."""
    texts = {
        slot: {**other.texts.get(slot, {}), **one.texts.get(slot, {})} for slot in (*one.texts, *other.texts)
    }
    return replace(
        one,
        names=tuple(dict.fromkeys((*one.names, *other.names))),
        numbers={**other.numbers, **one.numbers},
        entities=_joined(one.entities, other.entities),
        texts=texts,
        identifier=one.identifier or other.identifier,
        lines=(*one.lines, *other.lines),
    )


def _joined(
    one: Mapping[str, tuple[Labels, ...]], other: Mapping[str, tuple[Labels, ...]]
) -> dict[str, tuple[Labels, ...]]:
    joined = dict(one)
    for slot, several in other.items():
        held = keys(joined.get(slot, ()))
        joined[slot] = (*joined.get(slot, ()), *(labels for labels in several if not keys([labels]) & held))
    return joined
