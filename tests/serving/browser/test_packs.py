"""Several packs on one page: a choice of them, each with its own words, and a conversation that waits while another goes on."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from chatrec.config import settings
from chatrec.dialogue.context import Context, in_context
from chatrec.serving.packs import Packs, open_packs
from chatrec.serving.rest import create_app
from tests.serving.browser.conftest import person
from tests.serving.browser.test_pictures import write
from tests.serving.browser.visitor import Visitor
from tests.serving.conftest import served

pytestmark = pytest.mark.browser

TALKS = {
    "shop": ["Headphones for travelling under 300", "How heavy is the second one?"],
    "articles": ["A 10-minute read about space", "more from this author"],
    "health": ["What helps against stress?", "I have a crushing pain in my chest"],
}


@pytest.fixture(scope="module")
def packs() -> Iterator[Packs]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHATREC_GENERATE", "false")
        settings.cache_clear()
        yield open_packs(tuple(TALKS))
    settings.cache_clear()


@pytest.fixture(scope="module")
def visit(browser: Any, packs: Packs) -> Iterator[Callable[..., Visitor]]:
    """Open the page with three packs, as a new visitor."""
    with served(create_app(packs)) as address:
        yield lambda query="", **settings: Visitor(person(browser, **settings), address + query)


def turn_to(visitor: Visitor, pack: str, words: str) -> None:
    """Choose a pack, and wait until the page has its words."""
    visitor.page.locator("select.packs").select_option(pack)
    visitor.page.wait_for_function(
        "words => document.querySelector('#composer textarea').placeholder === words", arg=words
    )


def test_each_pack_goes_on_where_it_was_left(visit: Callable[..., Visitor]) -> None:
    visitor = visit()
    visitor.say("a desk lamp")
    lamps = visitor.titles()
    turn_to(visitor, "articles", "What would you like to read about?")
    visitor.page.wait_for_selector(".starters button")
    visitor.say("something about space")
    assert not set(lamps) & set(visitor.titles())
    turn_to(visitor, "shop", "What are you shopping for?")
    visitor.page.wait_for_selector(".reply")
    assert (visitor.said(), visitor.titles()) == (["a desk lamp"], lamps)
    assert visitor.surprises == []


@pytest.mark.parametrize(("width", "lang"), [(320, "en-US"), (390, "zh-CN"), (768, "en-US")])
def test_the_choice_of_packs_has_room_on_a_phone(
    visit: Callable[..., Visitor], width: int, lang: str
) -> None:
    visitor = visit("/?pack=articles", viewport={"width": width, "height": 844}, locale=lang)
    assert visitor.page.evaluate("document.scrollingElement.scrollWidth") <= width
    choice, switch = (
        visitor.page.locator(".packs").bounding_box(),
        visitor.page.locator("#top .switch").bounding_box(),
    )
    assert choice["width"] > 60
    assert choice["x"] + choice["width"] <= switch["x"]
    assert max(choice["height"], switch["height"]) < 40, "nothing wraps"


def test_the_words_of_a_card_are_those_of_its_pack(visit: Callable[..., Visitor]) -> None:
    for pack, wish, button, said in (
        ("shop", "a desk lamp", "Own it", "You own this."),
        ("articles", "something about space", "Read it", "You have read this."),
        ("health", "information on back pain", "Helpful", "You find this helpful."),
    ):
        visitor = visit(f"/?pack={pack}")
        visitor.say(wish)
        visitor.button(button, ".card").click()
        visitor.page.locator(".done").get_by_text(said).wait_for()
        assert visitor.surprises == []


def test_a_link_names_a_pack(visit: Callable[..., Visitor]) -> None:
    visitor = visit("/?pack=health&lang=zh")
    assert visitor.box().get_attribute("placeholder") == "想了解哪方面的健康知识？"
    assert visitor.page.locator("select.packs").input_value() == "health"


def test_a_wish_of_the_context_tells_why_and_is_removed(visit: Callable[..., Visitor], packs: Packs) -> None:
    visitor = visit("/?pack=shop")
    visitor.say("headphones")
    service = packs.named("shop")
    (session,) = [
        s for s in service.sessions._recent.values() if s.turns and s.turns[-1].user == "headphones"
    ]
    session.state = in_context(session.state, Context(occasion="gift"), service.pack.occasions)
    visitor.page.reload()
    chip = visitor.page.locator(".chip.soft")
    assert chip.get_attribute("title") == "because it is a gift"
    chip.get_by_role("button").click()
    chip.wait_for(state="detached")


@pytest.mark.skipif("CHATREC_SCREENSHOTS" not in os.environ, reason="writes pictures only when asked to")
@pytest.mark.parametrize("pack", list(TALKS))
def test_pictures(visit: Callable[..., Visitor], pack: str) -> None:
    visitor = visit(f"/?pack={pack}")
    for text in TALKS[pack]:
        visitor.say(text)
    if pack == "articles":
        visitor.page.locator(".variety summary").click()
    write(visitor, f"page-{pack}")
    assert (Path(os.environ["CHATREC_SCREENSHOTS"]) / f"page-{pack}.png").stat().st_size < 200_000
