"""The simulation as a whole: the same seed gives the same figures, users of any pack talk, success is as promised."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from chatrec.errors import InputError
from chatrec.grounding.pack import Pack, open_pack
from chatrec.learning.simulation.conversation import Protocol, converse
from chatrec.learning.simulation.crowd import after_a_crowd
from chatrec.learning.simulation.study import Plan, simulate, spoken, talk
from chatrec.learning.simulation.transcripts import written
from chatrec.learning.simulation.users import draw_users
from chatrec.learning.simulation.world import World
from chatrec.serving.cli import app
from chatrec.turn import Engine


def test_a_conversation_ends_with_the_target_or_after_its_turns(
    engine: Engine, world: World, movies: Pack
) -> None:
    for user in draw_users(world, 5, ("en", "zh"), 3):
        outcome = converse(engine, world, user, Protocol(turns=4))
        assert len(outcome.exchanges) == (outcome.success or 4)
        assert (user.target in outcome.listed) == bool(outcome.success)
        assert len(written(outcome, movies).splitlines()) == 1 + 2 * len(outcome.exchanges)


def test_the_same_user_says_the_same_again(engine: Engine, world: World) -> None:
    user = next(iter(draw_users(world, 1, ("en",), 5)))
    assert converse(engine, world, user, Protocol()) == converse(engine, world, user, Protocol())


def test_most_users_find_their_film_in_three_turns(engine: Engine, world: World) -> None:
    outcomes = talk(engine, world, draw_users(world, 40, ("en", "zh"), 9), Protocol())
    assert sum(0 < one.success <= 3 for one in outcomes) / len(outcomes) >= 0.7
    listed = sum(len(one.listed) for one in outcomes)
    assert sum(len(set(one.listed)) for one in outcomes) >= 0.98 * listed
    violating = sum(len(exchange.violating) for one in outcomes for exchange in one.exchanges)
    assert violating <= 0.1 * listed
    missed = sum(len(exchange.missed) for one in outcomes for exchange in one.exchanges)
    assert missed <= 0.06 * sum(len(one.exchanges) for one in outcomes)


@pytest.mark.parametrize("name", ["shop", "articles"])
def test_users_of_other_packs_talk_as_well(name: str) -> None:
    found = simulate(open_pack(name), Plan(users=4, protocol=Protocol(turns=3)))
    assert found["all"]["with_feedback"]["conversations"] == 8
    assert found["all"]["with_feedback"]["success@3"] > 0


def test_a_pack_without_wordings_of_its_own_can_be_tried(wines: Pack) -> None:
    found = simulate(wines, Plan(users=6, protocol=Protocol(turns=3)))
    assert found["all"]["without_feedback"]["success@3"] > 0


def test_a_crowd_of_one_taste_leaves_votes(wines: Pack) -> None:
    found = after_a_crowd(wines, Plan(users=2, languages=("en",)), crowd=3)
    assert found["crowd"] == 3 and found["votes"] >= 1
    assert set(found["same_taste"]["gain"]) == {"with_votes", "with_exploration"}


def test_a_language_that_the_pack_lacks_is_refused(movies: Pack) -> None:
    with pytest.raises(InputError, match="does not speak 'fr'"):
        spoken(movies, "fr")


def test_the_command_ends_with_one_line_of_json() -> None:
    ran = CliRunner().invoke(app, ["eval", "simulate", "--users", "2", "--language", "zh", "--json"])
    found = json.loads(ran.stdout.splitlines()[-1])
    assert set(found["zh"]) == {"without_feedback", "with_feedback", "gain"}
    assert len(found["zh"]["gain"]["with_feedback"]["success@3"]) == 3
