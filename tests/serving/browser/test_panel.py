"""The panel beside the chat: wishes that are taken back, cards that are rated, and why each is there."""

from __future__ import annotations

from typing import Any

import pytest

from chatrec.serving.session import Service
from tests.serving.browser.visitor import ASK

pytestmark = pytest.mark.browser


def test_a_like_moves_the_next_list(visit: Any) -> None:
    lists = []
    for pressed in (False, True):
        visitor = visit()
        visitor.say("a science fiction film")
        if pressed:
            visitor.page.locator(".card").nth(2).get_by_role("button", name="Like", exact=True).click()
            visitor.page.wait_for_selector('.card .like[aria-pressed="true"]')
            assert visitor.page.locator(".understood").get_by_text("Liked").is_visible()
        visitor.button("Show me others").click()
        visitor.page.wait_for_function("document.querySelectorAll('.reply').length == 2")
        visitor.idle()
        lists.append(visitor.titles())
    assert lists[0] != lists[1]


def test_a_rating_is_taken_back_in_three_ways(visit: Any) -> None:
    visitor = visit()
    visitor.say("a science fiction film")
    for undo in (".card .seen", ".done button", ".chip.rated button"):
        visitor.button("Seen it", ".card").click()
        visitor.page.wait_for_selector(".done")
        visitor.page.locator(undo).first.click()
        visitor.page.wait_for_selector(".done", state="detached")
        assert visitor.page.locator('.card [aria-pressed="true"], .chip.rated').count() == 0


def test_a_wish_is_taken_back_with_its_button(visit: Any) -> None:
    visitor = visit()
    visitor.say("a romantic comedy from the 90s")
    before = visitor.page.locator(".chip").count()
    visitor.page.locator(".chip button").first.click()
    visitor.page.wait_for_function(f"document.querySelectorAll('.chip').length == {before - 1}")


def test_more_of_one_kind(visit: Any) -> None:
    visitor = visit()
    visitor.say("a science fiction film")
    title = visitor.titles()[1]
    visitor.page.locator(".card").nth(1).get_by_role("button", name="More like this").click()
    visitor.page.wait_for_function("document.querySelectorAll('.reply').length == 2")
    visitor.idle()
    assert visitor.said()[-1] == f"Something like {title}"
    assert title in visitor.page.locator(".understood").inner_text()
    assert title not in visitor.titles()


def test_why_opens_a_picture_of_the_path(visit: Any) -> None:
    visitor = visit()
    visitor.say(ASK)
    title = visitor.titles()[0]
    visitor.button("Why this one", ".card").click()
    dialog = visitor.page.get_by_role("dialog")
    picture = dialog.get_by_role("img", name=f"Why {title}")
    picture.wait_for()
    drawn = " ".join(picture.locator("text").all_text_contents())
    assert {"Interstellar", "you like", "your wish", "> 2014"} <= {
        text.strip() for text in picture.locator("text").all_text_contents()
    }
    assert title.split()[0] in drawn
    assert "shares the" in (picture.locator("desc").text_content() or "")
    visitor.page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")


def test_how_varied_lists_are_is_chosen_before_and_during_a_conversation(visit: Any) -> None:
    lists = []
    for choice in ("Focused", "Wide"):
        visitor = visit()
        visitor.page.locator(".variety summary").click()
        visitor.button(choice, ".variety").click()
        visitor.page.wait_for_selector(f'.variety [aria-pressed="true"]:text-is("{choice}")')
        visitor.say("a science fiction film")
        lists.append(visitor.titles())
        assert visitor.page.locator(".variety p").is_visible(), "what was unfolded stays so"
    assert lists[0] != lists[1]
    visitor.button("Mixed", ".variety").click()
    visitor.page.wait_for_selector('.variety summary:has-text("Mixed")')
    visitor.page.reload()
    visitor.page.wait_for_selector('.variety summary:has-text("Mixed")')


def test_an_expired_session_is_told(visit: Any, service: Service) -> None:
    visitor = visit()
    visitor.say(ASK)
    for session_id in list(service.sessions._recent):
        service.sessions.delete(session_id)
    visitor.button("Like", ".card").click()
    visitor.page.get_by_text("This conversation has expired").wait_for()
    visitor.say("a comedy")
    assert visitor.titles()
