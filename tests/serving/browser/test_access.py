"""Use with a keyboard, a screen reader, on a phone, in the dark; axe-core finds nothing serious in the main states."""

from __future__ import annotations

from typing import Any

import pytest

from tests.serving.browser.visitor import ASK, ASK_ZH, PHONE

pytestmark = pytest.mark.browser


def found(visitor: Any) -> list[str]:
    """Return what axe-core finds serious or critical in the page as it is."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    violations = axe.run(visitor.page).response["violations"]
    return [
        f"{broken['id']}: {node['html']}"
        for broken in violations
        if broken["impact"] in ("serious", "critical")
        for node in broken["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(visit: Any, scheme: str) -> None:
    visitor = visit(color_scheme=scheme)
    assert found(visitor) == []
    visitor.page.get_by_label("Menu").click()
    assert found(visitor) == []
    visitor.button("Privacy", ".sheet").click()
    assert found(visitor) == []
    visitor.page.keyboard.press("Escape")
    visitor.say(ASK)
    visitor.button("Like", ".card").click()
    visitor.page.wait_for_selector(".done")
    visitor.page.locator(".variety summary").click()
    assert found(visitor) == []
    visitor.button("Why this one", ".card").click()
    visitor.page.get_by_role("dialog").wait_for()
    assert found(visitor) == []


def test_axe_finds_nothing_serious_on_a_phone(visit: Any) -> None:
    visitor = visit(locale="zh-CN", viewport=PHONE)
    visitor.say(ASK_ZH)
    assert found(visitor) == []
    visitor.button("为你推荐 3").click()
    assert found(visitor) == []


def test_a_reply_is_announced_to_screen_readers(visit: Any) -> None:
    visitor = visit()
    region = visitor.page.locator("#spoken")
    assert region.get_attribute("aria-live") == "polite"
    visitor.say(ASK)
    reply = visitor.page.locator(".reply").inner_text()
    assert reply.strip().endswith((region.text_content() or "?").strip())


def test_everything_is_reached_with_the_keyboard(visit: Any) -> None:
    visitor = visit()
    press = visitor.page.keyboard.press
    visitor.say(ASK)
    visitor.button("Like", ".card").focus()
    press("Enter")
    visitor.page.wait_for_selector(".done")
    assert visitor.page.evaluate("document.activeElement.classList.contains('like')"), "the focus stays"
    visitor.button("Why this one", ".card").focus()
    press("Enter")
    visitor.page.get_by_role("dialog").wait_for()
    press("Escape")
    assert visitor.page.evaluate("document.activeElement.dataset.open") == "why-1"
    visitor.page.locator(".chip button").first.focus()
    press("Enter")
    visitor.page.wait_for_function("document.activeElement.matches('[data-landing]')")


def test_nothing_sticks_out_on_a_phone(visit: Any) -> None:
    visitor = visit(viewport=PHONE)
    visitor.say(ASK)
    for width in (320, 390, 768):
        visitor.page.set_viewport_size({"width": width, "height": 844})
        for view in ("talk", "side"):
            visitor.page.locator(f"button[data-view={view}]").click()
            visitor.page.locator(f"#{view}").wait_for()
            assert visitor.page.evaluate("document.scrollingElement.scrollWidth") <= width


def test_a_phone_shows_one_thing_at_a_time(visit: Any) -> None:
    visitor = visit(viewport=PHONE)
    visitor.say(ASK)
    assert not visitor.page.locator("#side").is_visible()
    visitor.button("For you 3").click()
    assert not visitor.page.locator("#talk").is_visible()
    visitor.button("Show me others").click()
    visitor.page.wait_for_function("document.querySelectorAll('.reply').length == 2")
    assert visitor.page.locator("#talk").is_visible(), "the answer is shown where it comes"


def test_light_and_dark_are_switched_and_stay(visit: Any) -> None:
    visitor = visit(color_scheme="light")
    dark = "document.body.classList.contains('dark')"
    assert not visitor.page.evaluate(dark)
    visitor.button("Light or dark").click()
    assert visitor.page.evaluate(dark)
    visitor.page.reload()
    visitor.page.wait_for_selector(".starters button")
    assert visitor.page.evaluate(dark)
