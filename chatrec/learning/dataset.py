"""The training examples of the language model: hand-written replies, paired with messages and licences they fit.

Everything is delexicalised, so an example needs no facts: a licence (which pointers may be used), a message, a reply.
A reply that echoes a wish goes with a message that has it, so that the model learns to answer what was said.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from chatrec.generation.conversation import Codec, Units
from chatrec.generation.templates import GENERIC, Template, pointer_names, targets, utterances

LANGUAGES = ("en", "zh")
PACKS = ("movies", GENERIC)
"""The packs that replies are written for; `generic` are those for any other."""
_FRAMES = ("before", "after")
"""Sections of openings and closings, which stand around replies and are none themselves."""
_FRAMED = 0.3
"""How often a reply gets an opening, and how often a closing, where there are any for it."""
_OFTEN_MISSING = {"writer": 0.3, "basis": 0.3, "rating": 0.3, "actor2": 0.2, "mood2": 0.2} | {
    "phrase2": 0.3,
    "say": 0.2,
    "say2": 0.4,
    "synopsis": 0.2,
}
_BOUND = ("answer", "contrast")
"""Pointers that are licensed only for the replies that are about them."""


@dataclass(frozen=True, slots=True)
class Target:
    """A hand-written reply and the pack that it is written for."""

    pack: str
    text: Template


@dataclass(frozen=True, slots=True)
class Example:
    """One training example: units of the prompt and of the reply (with its end)."""

    prompt: Units
    reply: Units


def all_targets(languages: Sequence[str] = LANGUAGES, packs: Sequence[str] = PACKS) -> list[Target]:
    """Return every hand-written reply, openings and closings left out."""
    return [
        Target(pack, text)
        for pack in packs
        for language in languages
        for section, group in targets(language, pack).items()
        if not section.startswith(_FRAMES)
        for text in group
    ]


def all_texts(languages: Sequence[str] = LANGUAGES, packs: Sequence[str] = PACKS) -> list[Template]:
    """Return everything that a reply may be made of: replies, openings and closings."""
    return [
        text
        for pack in packs
        for language in languages
        for group in targets(language, pack).values()
        for text in group
    ]


def all_pointers(languages: Sequence[str] = LANGUAGES, packs: Sequence[str] = PACKS) -> tuple[str, ...]:
    """Return every pointer that a reply or a message uses, sorted: the pointers that an adapter is trained for."""
    return tuple(sorted({name for pack in packs for name in pointer_names(pack, languages)}))


def split(targets: Sequence[Target], share: float = 0.05, seed: int = 0) -> tuple[list[Target], list[Target]]:
    """Split into training and held-out wordings."""
    shuffled = list(targets)
    random.Random(seed).shuffle(shuffled)
    cut = int(len(shuffled) * share)
    return shuffled[cut:], shuffled[:cut]


def examples(targets: Sequence[Target], codec: Codec, rng: random.Random) -> Iterator[Example]:
    """Make one example of each reply, with a message and a licence drawn at random among those that fit."""
    known = {pack: set(pointer_names(pack, LANGUAGES)) & set(codec.pointers) for pack in PACKS}
    for target in targets:
        text, names = target.text, known[target.pack]
        user = _message_for(target, rng).only(names)
        licence = _licence(text, user, names, rng)
        prompt = codec.prompt(text.language, text.section, user, licence)
        yield Example(prompt, (*_framed(target, codec, rng), codec.eos))


def message_section(section: str) -> str:
    """Return the section of the messages that a section of replies answers."""
    first = section.split()[0]
    if first.startswith("ask."):
        return "ask"
    return "recommend" if first in ("relax", "recommend", "exhausted", "again") else first


def _framed(target: Target, codec: Codec, rng: random.Random) -> Units:
    """Return the units of a reply, perhaps behind an opening or before a closing, as the constraint allows them."""
    sections = targets(target.text.language, target.pack)
    action = target.text.section.split()[0].split(".")[0]
    openings, closings = (sections.get(f"{place} {action}", ()) for place in _FRAMES)
    units = codec.units(target.text)
    if openings and rng.random() < _FRAMED:
        units = (*codec.units(rng.choice(openings)), *units)
    if closings and codec.states(units[-1]) and rng.random() < _FRAMED:
        units = (*units, *codec.units(rng.choice(closings)))
    return units


def _said(template: Template) -> set[str]:
    """Return the pointers of a template that stand for the user's words."""
    return {
        n
        for n in template.pointers
        if n.startswith("wish.") or n in ("liked", "liked2", "disliked", "unknown")
    }


def _message_for(target: Target, rng: random.Random) -> Template:
    """Draw a message for a reply: one that says all that the reply echoes, and as little else as possible.

    Where no message says it all, the echo is of an earlier turn, and any message of the section will do. The messages
    for films stand for those of any pack: what they wish for is blanked out there.
    """
    section = message_section(target.text.section)
    sections = utterances(target.text.language)
    group = sections.get(section) or [
        u for name in sections if name.startswith(f"{section}.") for u in sections[name]
    ]
    echoed = _said(target.text)
    fitting = [u for u in group if echoed <= _said(u)]
    if not fitting:
        return rng.choice(group) if group else Template(section, target.text.language, ("…",))
    least = min(len(_said(u) - echoed) for u in fitting)
    slack = 1 if rng.random() < 0.25 else 0
    return rng.choice([u for u in fitting if len(_said(u) - echoed) <= least + slack])


def _licence(target: Template, user: Template, known: Collection[str], rng: random.Random) -> set[str]:
    """Draw a licence that allows the reply: what it uses, what the message says, and other facts an item may have."""
    licence = {*target.pointers, *_said(user)}
    letters = {name[0] for name in target.pointers if name[1:2] == "."}
    for name in sorted(known):
        letter, _, slot = name.partition(".")
        if letter in letters and rng.random() < _chance(slot, "liked" in licence):
            licence.add(name)
    return licence & set(known)


def _chance(slot: str, liked: bool) -> float:
    """Return how often an item has a fact to tell of; what it shares with a liked one, only where one is liked."""
    if slot in _BOUND:
        return 0.0
    if slot == "shared" or slot.startswith("same."):
        return 0.4 if liked else 0.0
    return 1 - _OFTEN_MISSING.get(slot, 0.05)
