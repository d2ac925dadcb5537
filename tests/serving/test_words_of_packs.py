"""Each pack has its own words for the page: a film was seen, a lamp is owned, an article was read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from chatrec.dialogue.feedback import rate
from chatrec.dialogue.values import State, Turn
from chatrec.errors import ChatrecError
from chatrec.grounding.pack import Pack, open_pack
from chatrec.grounding.ranking import describe
from chatrec.grounding.welcome import Welcome
from chatrec.serving import render
from chatrec.serving.texts import check_page, pack_texts, texts
from tests.conftest import WINE_SHAPES, write_pack

PACKS = ("movies", "shop", "articles", "health")


def panel(pack: Pack, language: str) -> str:
    """Draw the panel with the first item of a pack, which the person has seen."""
    item = next(entry.iri for entry in pack.entries if entry.slots[0] == pack.schema.name_slot.name)
    state = rate(State(language, turn=1), item, "seen")
    candidates = describe(pack, {item: 0.0}, state)
    turn = Turn(1, "", language, "recommend", (), state, "", (), candidates, "", {})
    return render.panel(state, turn, pack, language)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("movies", {"en": ("Seen it", "You have seen this."), "zh": ("看过了", "你已看过。")}),
        ("shop", {"en": ("Own it", "Owned", "You own this."), "zh": ("已有", "你已经有了。")}),
        ("articles", {"en": ("Read it", "You have read this."), "zh": ("读过了", "你已读过。")}),
        ("health", {"en": ("Helpful", "Read it"), "zh": ("有帮助", "读过了")}),
    ],
)
def test_the_cards_speak_as_the_pack_does(name: str, words: dict[str, tuple[str, ...]]) -> None:
    for language, said in words.items():
        drawn = panel(open_pack(name), language)
        assert [word for word in said if word not in drawn] == []
        assert name == "movies" or ("Seen it" not in drawn and "看过" not in drawn)


def test_a_pack_that_says_nothing_gets_words_for_anything(wines: Pack) -> None:
    drawn = panel(wines, "en")
    assert "I know it" in drawn
    assert "You know this already." in drawn
    assert "Seen" not in drawn


@pytest.mark.parametrize("name", PACKS)
def test_what_a_pack_says_the_page_has_in_every_language(name: str) -> None:
    pack = open_pack(name)
    check_page(pack)
    said = [set(pack.welcome.page[language]) for language in pack.schema.languages]
    assert all(keys == said[0] != set() for keys in said)


def test_words_for_what_the_page_does_not_have_are_refused(wines: Pack) -> None:
    wrong = replace(wines, welcome=Welcome(page={"en": {"drunk": "Drunk it"}}))
    with pytest.raises(ChatrecError, match="urn:chatrec:page:drunk, which the page does not have"):
        check_page(wrong)


def test_a_language_without_words_has_the_general_ones(tmp_path: Path, cache: Path) -> None:
    shapes = WINE_SHAPES + '\nw: <urn:chatrec:page:mark_seen> "Drunk it"@en .\n'
    pack = open_pack(str(write_pack(tmp_path / "wines", shapes=shapes)))
    assert pack_texts(pack, "en")["mark_seen"] == "Drunk it"
    assert pack_texts(pack, "zh") == texts("zh")
