"""What it changes for users that many of the same taste, or of another one, came before: priors and exploration measured."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from chatrec.grounding.pack import Pack
from chatrec.learning.simulation.conversation import Outcome
from chatrec.learning.simulation.figures import side_by_side
from chatrec.learning.simulation.study import Plan, Report, plain_engine, talk
from chatrec.learning.simulation.users import User, draw_crowd
from chatrec.learning.simulation.world import World
from chatrec.turn import Engine

CROWD_WAYS = ("without_votes", "with_votes", "with_exploration")
_SHARE = 0.1
"""The share of lists that explore, as the setting `explore` has it by default."""


def tallied(outcomes: Iterable[Outcome]) -> dict[str, tuple[int, int]]:
    """Count how often each item was liked and disliked."""
    counts = Counter(pressed for outcome in outcomes for pressed in outcome.pressed)
    items = {item for item, _ in counts}
    return {item: (counts[item, "like"], counts[item, "dislike"]) for item in sorted(items)}


def after_a_crowd(pack: Pack, plan: Plan, crowd: int, report: Report | None = None) -> dict[str, Any]:
    """Let a crowd of one taste talk first, then measure users of that taste and of another with the votes of the crowd.

    Returns the figures without votes, with them, and with exploration as well, and what each gains over none.
    """
    engine, world = plain_engine(pack), World.of(pack)
    first = talk(
        engine, world, draw_crowd(world, crowd, plan.languages, plan.seed, plan.seed), plan.protocol, report
    )
    engines = _engines(engine, tallied(first))
    found: dict[str, Any] = {
        "pack": pack.name,
        "crowd": len(first),
        "votes": sum(len(one.pressed) for one in first),
    }
    for name, kind in (("same_taste", plan.seed), ("other_taste", plan.seed + 1)):
        users = list(draw_crowd(world, plan.users, plan.languages, plan.seed + 1, kind))
        found[name] = _measured(engines, world, users, plan, report)
    return found


def _engines(engine: Engine, votes: Mapping[str, tuple[int, int]]) -> dict[str, Engine]:
    voted = replace(engine, tallies=lambda: votes)
    return dict(zip(CROWD_WAYS, (engine, voted, replace(voted, explore=_SHARE)), strict=True))


def _measured(
    engines: Mapping[str, Engine], world: World, users: list[User], plan: Plan, report: Report | None
) -> dict[str, Any]:
    outcomes = {way: talk(engine, world, users, plan.protocol, report) for way, engine in engines.items()}
    return side_by_side(outcomes, plan.protocol.turns, len(world.items), plan.seed)
