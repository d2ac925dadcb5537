"""A pack made only of Turtle runs through the whole engine: wines, in two languages, without a line of Python."""

from __future__ import annotations

from pathlib import Path

import pytest

from chatrec.dialogue.values import State, Turn
from chatrec.generation.guard import Guard
from chatrec.generation.reply import Replier
from chatrec.grounding.pack import Pack, open_pack
from chatrec.learning.checker import Checker
from chatrec.turn import Engine
from tests.conftest import WINES, write_pack

MORE = """
w:pinot a w:Grape ; skos:prefLabel "Pinot Noir"@en, "黑皮诺"@zh ; skos:broader w:red .
w:dark-hall a w:Wine ; schema:name "Dark Hall"@en, "暗厅"@zh ; w:madeOf w:pinot ; w:price 18 ; w:stars 4 .
w:long-lane a w:Wine ; schema:name "Long Lane"@en, "长巷"@zh ; w:madeOf w:pinot, w:merlot ; w:price 25 ; w:stars 3 .
w:blue-bend a w:Wine ; schema:name "Blue Bend"@en, "蓝湾"@zh ; w:madeOf w:riesling ; w:price 14 ; w:stars 4 .
w:west-gate a w:Wine ; schema:name "West Gate"@en, "西门"@zh ; w:madeOf w:riesling ; w:price 40 ; w:stars 5 .
w:red-rock a w:Wine ; schema:name "Red Rock"@en, "红岩"@zh ; w:madeOf w:merlot ; w:price 8 ; w:stars 1 .
"""


@pytest.fixture
def cellar(tmp_path: Path, cache: Path) -> Pack:
    return open_pack(str(write_pack(tmp_path / "cellar", items=WINES + MORE)))


def talk(pack: Pack, *messages: str) -> list[Turn]:
    """Hold a conversation without the language model; its turns."""
    plain = Replier(Guard(pack.entries, pack.schema.name_slot.name))
    engine, state, turns = Engine.build(pack, plain), State(), []
    for message in messages:
        *_, turn = engine.turn(message, state)
        assert isinstance(turn, Turn)
        state = turn.state
        turns.append(turn)
    return turns


def test_wines_are_talked_about_in_two_languages(cellar: Pack) -> None:
    first, second, third, fourth = talk(
        cellar,
        "A Riesling, please",
        "What is the price of the first one?",
        "换成红葡萄的",
        "我喜欢高山，有类似的吗？",
    )
    assert first.reply == "Here are three: West Gate, Blue Bend and River Light."
    assert second.reply == "It costs 40 euros."
    assert third.language == "zh"
    assert third.candidates[0].item.name(cellar.schema.name_slot.name, "zh").label("zh") == "高山"
    assert "urn:wines:high-hill" not in {c.item.iri for c in fourth.candidates}
    assert "梅洛" in {fact.label("zh") for c in fourth.candidates for fact, _ in c.shared}


def test_what_is_said_of_wines_is_held_by_the_graph(cellar: Pack) -> None:
    checker = Checker.of(cellar)
    for turn in talk(
        cellar, "something red", "why?", "tell me more about the second one", "没有更便宜的吗", "随便来一个"
    ):
        assert turn.reply
        assert not checker.faults(turn.reply, turn.claims)
