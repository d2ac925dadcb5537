"""Evaluation of the replies: are they right, complete, in the right language, and how varied are they?"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from chatrec.dialogue.values import Claim, Language
from chatrec.generation.plan import Plan
from chatrec.generation.reply import Replier, join
from chatrec.generation.surface import render
from chatrec.generation.templates import LETTERS, LIST_ACTIONS, targets
from chatrec.generation.verbaliser import closing, verbalise
from chatrec.generation.wording import Literal
from chatrec.grounding.pack import Pack
from chatrec.learning.checker import Checker
from chatrec.learning.situations import situations
from chatrec.learning.variety import distinct_bigrams, self_bleu

_TITLES = tuple(f"{letter}.title" for letter in LETTERS)
_HAN = re.compile("[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Written:
    """A reply to a situation, and what is wrong with it."""

    plan: Plan
    text: str
    claims: tuple[Claim, ...]
    faults: tuple[str, ...]


def write_replies(
    pack: Pack, replier: Replier, languages: Sequence[Language], count: int, seed: int
) -> Iterator[Written]:
    """Write replies to situations drawn from the pack, the languages in turn, and have each one checked."""
    checker = Checker.of(pack)
    drawn = situations(pack)
    share = -(-count // len(languages))
    for plans in zip(*(drawn.plans(language, share, seed) for language in languages), strict=True):
        for plan in plans:
            yield written_by(replier, plan, checker)


def written_by(replier: Replier, plan: Plan, checker: Checker) -> Written:
    """Return the reply to a plan, checked."""
    text, claims = join(replier.write(plan))
    return Written(plan, text, claims, tuple(checker.faults(text, claims, liked_only(plan), spoken_of(plan))))


def liked_only(plan: Plan) -> set[str]:
    """Return the items that a reply may name only as liked (or not liked) ones."""
    return _subjects(plan, "liked", "liked2", "disliked") - spoken_of(plan)


def spoken_of(plan: Plan) -> set[str]:
    """Return the items that a reply is about."""
    return _subjects(plan, ".title")


def _subjects(plan: Plan, *endings: str) -> set[str]:
    named = (literal for name, literal in plan.licence.items() if name.endswith(endings))
    return {part.triple[0] for literal in named for part in literal.parts if part.triple}


def evaluate_replies(
    pack: Pack, replier: Replier, count: int, seed: int = 1, report: Callable[[Written], None] | None = None
) -> dict[str, Any]:
    """Return the figures of `count` replies. `report` is called with each of them."""
    written = []
    for reply in write_replies(pack, replier, pack.schema.languages, count, seed):
        written.append(reply)
        if report:
            report(reply)
    return {"replies": len(written), **figures_of(written)}


def figures_of(written: Sequence[Written]) -> dict[str, float]:
    """Return the figures of some replies: shares of them, where it says nothing else."""
    return {
        "unsupported": sum(bool(reply.faults) for reply in written),
        "complete": _share(_names_all(reply) and _says_required(reply) for reply in written),
        "items_named": _share(_names_all(reply) for reply in written),
        "language_right": _share(_in_language(reply) for reply in written),
        "action_right": _share(_acts_as_planned(reply) for reply in written),
        "required_fact_said": _share(_says_required(reply) for reply in written),
        "equal_to_a_target": _share(_is_target(reply) for reply in written),
        "by_the_verbaliser": _share(_is_plain(reply) for reply in written),
        "distinct_2": distinct_bigrams([reply.text for reply in written]),
        "self_bleu": self_bleu([reply.text for reply in written]),
        "mean_characters": round(sum(len(reply.text) for reply in written) / max(1, len(written)), 1),
    }


def _share(flags: Iterator[bool]) -> float:
    values = list(flags)
    return round(sum(values) / max(1, len(values)), 4)


def _stated(reply: Written) -> set[object]:
    return {claim.triple for claim in reply.claims}


def _names_all(reply: Written) -> bool:
    """Tell whether a list names every item of the plan."""
    if not reply.plan.section.startswith(LIST_ACTIONS):
        return True
    wanted = [reply.plan.licence[f"{letter}.title"] for letter in LETTERS[: reply.plan.items]]
    return all(part.triple in _stated(reply) for literal in wanted for part in literal.parts if part.triple)


def _in_language(reply: Written) -> bool:
    """Tell whether the free words are of the plan's language."""
    free = list(reply.text)
    for claim in reply.claims:
        free[claim.start : claim.end] = " " * (claim.end - claim.start)
    han = bool(_HAN.search("".join(free)))
    return han if reply.plan.language == "zh" else not han


def _says_required(reply: Written) -> bool:
    literals = [reply.plan.licence[name] for name in reply.plan.required]
    said = (all(p.triple in _stated(reply) for p in literal.parts if p.triple) for literal in literals)
    return not literals or any(said)


def _is_target(reply: Written) -> bool:
    """Tell whether a reply is a hand-written one with its pointers filled in."""
    plan = reply.plan
    group = targets(plan.language, plan.schema.pack).get(plan.section, ())
    fitting = (t for t in group if set(t.pointers) <= set(plan.licence))
    return any(render(t.parts, plan.licence, plan.language).text == reply.text for t in fitting)


def _is_plain(reply: Written) -> bool:
    """Tell whether the verbaliser wrote a reply."""
    plan = reply.plan
    return join([*verbalise(plan), *closing(plan)])[0] == reply.text


def _acts_as_planned(reply: Written) -> bool:
    """Tell from a reply's own claims and marks whether it does what it was to do."""
    plan, stated = reply.plan, _stated(reply)
    action, _, slot = plan.section.split()[0].partition(".")
    titles = [_is_said(plan.licence[name], stated) for name in plan.licence if name in _TITLES]
    if action == "ask":
        return any(mark in reply.text for mark in "?？") and not any(titles)
    if action == "answer" and slot != "missing":
        return _is_said(plan.licence[f"A.{slot}"], stated)
    if action in ("explain", "compare", *LIST_ACTIONS):
        return all(titles[: plan.items])
    return bool(reply.text.strip()) and (action == "unknown" or not any(titles))


def _is_said(literal: Literal, stated: Collection[object]) -> bool:
    return any(part.triple in stated for part in literal.parts if part.triple)
