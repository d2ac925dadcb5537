"""Talking on the page: replies that grow, that are stopped, written anew or asked for in other words."""

from __future__ import annotations

from typing import Any

import pytest

from chatrec.serving.session import Service
from tests.serving.browser.visitor import ASK, ASK_ZH, Slow
from tests.serving.conftest import FakeEngine

pytestmark = pytest.mark.browser

WATCH = """() => {
  window.texts = [];
  new MutationObserver(() => {
    const replies = document.querySelectorAll('.reply');
    if (replies.length) window.texts.push(replies[replies.length - 1].textContent);
  }).observe(document.querySelector('#chat'), {childList: true, subtree: true, characterData: true});
}"""


def test_a_reply_arrives_in_pieces_and_cards_appear(
    visit: Any, slow: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slow, "engine", FakeEngine(slow.pack))  # its replies have two pieces
    visitor = visit()
    visitor.page.evaluate(WATCH)
    visitor.say("romance")
    assert visitor.titles()
    seen = [text for text in dict.fromkeys(visitor.page.evaluate("window.texts")) if text.startswith("How")]
    assert [text.count("Mark") for text in seen] == [0, 1]
    assert seen[1].startswith(seen[0])


def test_a_fact_tells_its_triple_when_pointed_at_or_reached_with_the_keyboard(visit: Any) -> None:
    visitor = visit()
    visitor.say(ASK)
    title = visitor.titles()[0]
    fact, tip = visitor.page.locator(".fact", has_text=title).first, visitor.page.locator("#tip.shown")
    assert fact.get_attribute("aria-description") == f"{title} · title · {title}"
    fact.hover()
    assert tip.locator("span").all_inner_texts() == [title, "title", title]
    visitor.page.keyboard.press("Escape")
    tip.wait_for(state="hidden")
    visitor.page.mouse.move(0, 0)
    fact.focus()
    tip.wait_for()


def test_the_proof_of_a_reply_is_folded_away(visit: Any) -> None:
    visitor = visit()
    visitor.say(ASK)
    visitor.page.get_by_role("button", name="How I know").click()
    proof = visitor.page.locator(".proof")
    proof.get_by_text("SPARQL query").wait_for()
    assert "SELECT" in proof.inner_text()
    assert "ms" in proof.inner_text()


def test_markup_is_shown_as_text(visit: Any) -> None:
    visitor = visit()
    hostile = "<script>alert(1)</script><img src=x onerror=alert(2)> ${alert(3)} {{value}} romance"
    visitor.say(hostile)
    assert visitor.said() == [hostile]
    assert visitor.page.locator("#chat img, #chat script").count() == 0


def test_a_starter_starts(visit: Any) -> None:
    visitor = visit()
    visitor.page.locator(".starters button").first.click()
    visitor.page.wait_for_selector(".card")
    visitor.idle()
    assert visitor.page.locator(".welcome").count() == 0


def test_a_reply_can_be_stopped(visit: Any, slow: Slow) -> None:
    visitor = visit()
    slow.pause = 1.5
    visitor.box().fill("a western")
    visitor.page.keyboard.press("Enter")
    visitor.page.locator("#stop").click()
    visitor.page.wait_for_selector(".welcome")
    slow.pause = 0.02
    visitor.page.wait_for_selector("#send", state="visible")
    assert visitor.box().input_value() == "a western"
    visitor.say("a romantic film")
    assert "romantic" in visitor.page.locator(".chips").inner_text()
    assert "western" not in visitor.page.locator("#chat").inner_text()


def test_a_reply_is_written_anew(visit: Any, service: Service) -> None:
    visitor = visit()
    visitor.say(ASK)
    first = visitor.titles()
    visitor.button("Try again").click()
    visitor.page.wait_for_selector("#stop", state="visible")
    visitor.idle()
    assert visitor.said() == [ASK]
    assert visitor.titles() == first, "the same question to the same state lists the same"


def test_a_reply_that_failed_can_be_asked_for_again(visit: Any, slow: Slow, monkeypatch: Any) -> None:
    visitor = visit()
    with monkeypatch.context() as patch:
        patch.setattr(slow, "turn", lambda message, state: 1 / 0)
        visitor.say("a western")
        assert "went wrong" in visitor.page.locator(".reply").inner_text()
    visitor.button("Try again").click()
    visitor.page.wait_for_selector(".card")
    visitor.idle()
    assert visitor.said() == ["a western"]


def test_the_last_message_is_edited(visit: Any) -> None:
    visitor = visit()
    visitor.say("a romantic film")
    visitor.say("no, a western")
    visitor.button("Edit my message").click()
    visitor.page.wait_for_function("document.querySelectorAll('.said').length == 1")
    assert visitor.box().input_value() == "no, a western"
    assert "western" not in visitor.page.locator("#panel").inner_text()
    visitor.say("only ones from the 90s")
    assert visitor.said() == ["a romantic film", "only ones from the 90s"]


def test_two_visitors_stay_apart(visit: Any) -> None:
    one, two = visit(), visit()
    one.say(ASK)
    two.say("a romantic film")
    assert "Interstellar" not in two.page.locator("#panel .understood").inner_text()


def test_who_waits_sees_how_many_come_first(visit: Any, slow: Slow) -> None:
    one, two = visit(), visit()
    slow.pause = 1.0
    one.box().fill("a romantic film")
    one.page.keyboard.press("Enter")
    one.page.wait_for_selector("#stop", state="visible")
    two.box().fill("a western")
    two.page.keyboard.press("Enter")
    two.page.get_by_text("1 before you").wait_for()
    slow.pause = 0.02
    two.idle()
    assert two.titles()


def test_it_speaks_the_language_of_the_browser(visit: Any) -> None:
    visitor = visit(locale="zh-CN")
    assert visitor.button("发送").is_visible()
    assert visitor.page.get_by_placeholder("想看点什么？").is_visible()
    visitor.say(ASK_ZH)
    assert "我的理解" in visitor.page.locator("#panel").inner_text()
    assert "不要" in visitor.page.locator(".chip.dislike").inner_text()


def test_the_language_is_switched_and_stays(visit: Any) -> None:
    visitor = visit()
    visitor.say(ASK)
    visitor.button("中文").click()
    visitor.page.get_by_placeholder("想看点什么？").wait_for()
    assert "为你推荐" in visitor.page.locator("#panel").inner_text()
    assert visitor.page.evaluate("document.documentElement.lang") == "zh"
    visitor.page.reload()
    visitor.page.get_by_placeholder("想看点什么？").wait_for()
    assert visitor.page.locator("[data-language=zh][data-event]").get_attribute("aria-pressed") == "true"


def test_an_address_may_name_the_language(visit: Any) -> None:
    assert visit("/?lang=zh").button("发送").is_visible()
