"""The training examples of the language model: hand-written replies, paired with messages and licences they fit.

Everything is delexicalised, so an example needs no facts: a licence (which pointers may be used), a message, a reply.
A reply that echoes a wish goes with a message that has it, so that the model learns to answer what was said.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chatrec.generation.conversation import Codec, Units
from chatrec.generation.templates import Template, targets, utterances

LANGUAGES = ("en", "zh")
_ITEM_SLOTS = (
    *(
        "title",
        "year",
        "director",
        "writer",
        "actor",
        "actor2",
        "genre",
        "mood",
        "mood2",
        "theme",
        "audience",
    ),
    *("runtime", "language", "country", "rating", "basis", "synopsis"),
)
_OFTEN_MISSING = {"writer": 0.3, "basis": 0.3, "rating": 0.3, "actor2": 0.2, "mood2": 0.2}


@dataclass(frozen=True, slots=True)
class Example:
    """One training example: units of the prompt and of the reply (with its end)."""

    prompt: Units
    reply: Units


def all_targets(languages: Sequence[str] = LANGUAGES) -> list[Template]:
    """Return every hand-written reply."""
    return [t for language in languages for group in targets(language).values() for t in group]


def pointer_names(languages: Sequence[str] = LANGUAGES) -> tuple[str, ...]:
    """Return every pointer that a reply or a message uses, sorted: the pointers that an adapter is trained for."""
    messages = [u for language in languages for group in utterances(language).values() for u in group]
    names = {name for template in (*all_targets(languages), *messages) for name in template.pointers}
    names |= {f"{letter}.{slot}" for letter in "ABC" for slot in _ITEM_SLOTS}
    return tuple(sorted(names))


def split(
    templates: Sequence[Template], share: float = 0.05, seed: int = 0
) -> tuple[list[Template], list[Template]]:
    """Split into training and held-out wordings."""
    shuffled = list(templates)
    random.Random(seed).shuffle(shuffled)
    cut = int(len(shuffled) * share)
    return shuffled[cut:], shuffled[:cut]


def examples(templates: Sequence[Template], codec: Codec, rng: random.Random) -> Iterator[Example]:
    """Make one example of each reply, with a message and a licence drawn at random among those that fit."""
    known = set(codec.pointers)
    for target in templates:
        user = _message_for(target, rng)
        licence = [name for name in _licence(target, user, rng) if name in known]
        prompt = codec.prompt(target.language, target.section, user, licence)
        yield Example(prompt, (*codec.units(target), codec.eos))


def message_section(section: str) -> str:
    """Return the section of the messages that a section of replies answers."""
    first = section.split()[0]
    if first.startswith("ask."):
        return "ask"
    return "recommend" if first in ("relax", "recommend") else first


def _said(template: Template) -> set[str]:
    """Return the pointers of a template that stand for the user's words."""
    return {
        n
        for n in template.pointers
        if n.startswith("wish.") or n in ("liked", "liked2", "disliked", "unknown")
    }


def _message_for(target: Template, rng: random.Random) -> Template:
    """Draw a message for a reply: one that says all that the reply echoes, and as little else as possible.

    Where no message says it all, the echo is of an earlier turn, and any message of the section will do.
    """
    group = utterances(target.language).get(message_section(target.section), ())
    echoed = _said(target)
    fitting = [u for u in group if echoed <= _said(u)]
    if not fitting:
        return rng.choice(group) if group else Template(target.section, target.language, ("…",))
    least = min(len(_said(u) - echoed) for u in fitting)
    slack = 1 if rng.random() < 0.25 else 0
    return rng.choice([u for u in fitting if len(_said(u) - echoed) <= least + slack])


def _licence(target: Template, user: Template, rng: random.Random) -> list[str]:
    """Draw a licence that allows the reply: what it uses, what the message says, and other facts an item may have."""
    licence = {*target.pointers, *_said(user)}
    letters = sorted({name[0] for name in target.pointers if name[1:2] == "."})
    for letter in letters:
        if letter in "ABC":
            licence |= {f"{letter}.{s}" for s in _ITEM_SLOTS if rng.random() > _OFTEN_MISSING.get(s, 0.05)}
        if "liked" in licence:
            licence |= {f"{letter}.same.{s}" for s in ("genre", "mood", "theme") if rng.random() < 0.4}
    return sorted(licence)
