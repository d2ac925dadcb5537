"""The studies that are run with simulated users."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from chatrec.dialogue.values import Language
from chatrec.errors import InputError
from chatrec.generation.guard import Guard
from chatrec.generation.reply import Replier
from chatrec.grounding.pack import Pack
from chatrec.learning.simulation.conversation import Outcome, Protocol, converse
from chatrec.learning.simulation.figures import side_by_side
from chatrec.learning.simulation.users import User, draw_users
from chatrec.learning.simulation.world import World
from chatrec.turn import Engine

BOTH = "both"
WAYS = {"without_feedback": False, "with_feedback": True}
Report = Callable[[Outcome], None]


@dataclass(frozen=True)
class Plan:
    """Which users talk, how many, and how."""

    users: int = 200
    languages: tuple[Language, ...] = ("en", "zh")
    popular: bool = False
    seed: int = 1
    protocol: Protocol = field(default_factory=Protocol)

    @property
    def conversations(self) -> int:
        """How many conversations there will be, of each way."""
        return len(self.languages) * self.users


def spoken(pack: Pack, language: str) -> tuple[Language, ...]:
    """Return the languages that `en`, `zh` or `both` means for a pack. Raises InputError for one that it lacks."""
    known = pack.schema.languages
    if language != BOTH and language not in known:
        raise InputError(
            f"The pack {pack.name} does not speak {language!r}.", f"Allowed: {', '.join(known)} or {BOTH}."
        )
    return known if language == BOTH else (language,)


def plain_engine(pack: Pack) -> Engine:
    """Return the engine of a pack with the verbaliser: what is listed does not depend on who words the reply."""
    return Engine.build(pack, Replier(Guard(pack.entries, pack.schema.name_slot.name)))


def talk(
    engine: Engine, world: World, users: Iterable[User], protocol: Protocol, report: Report | None = None
) -> list[Outcome]:
    """Let users talk one after the other."""
    outcomes = []
    for user in users:
        outcomes.append(converse(engine, world, user, protocol))
        if report:
            report(outcomes[-1])
    return outcomes


def simulate(pack: Pack, plan: Plan, report: Report | None = None) -> dict[str, Any]:
    """Let the same users talk without and with pressing buttons; return the figures of both, by language."""
    engine, world = plain_engine(pack), World.of(pack)
    users = list(draw_users(world, plan.users, plan.languages, plan.seed, plan.popular))
    outcomes = {
        way: talk(engine, world, users, replace(plan.protocol, feedback=pressed), report)
        for way, pressed in WAYS.items()
    }
    groups = {"all": plan.languages, **{language: (language,) for language in plan.languages}}
    about = {"pack": pack.name, "popular_targets": plan.popular, "attributes": plan.protocol.attributes}
    return about | {
        name: side_by_side(_of(outcomes, group), plan.protocol.turns, len(world.items), plan.seed)
        for name, group in groups.items()
    }


def _of(outcomes: Mapping[str, list[Outcome]], languages: Sequence[Language]) -> dict[str, list[Outcome]]:
    """Keep the conversations in some languages."""
    return {way: [one for one in group if one.user.language in languages] for way, group in outcomes.items()}
