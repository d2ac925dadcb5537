"""Likes outlive a conversation only for a person who switched that on, and until they switch it off."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from chatrec.learning.store.records import Selection
from chatrec.learning.store.store import Store, open_store
from chatrec.serving.rest import create_app
from chatrec.serving.session import Service
from tests.serving.browser.test_access import found
from tests.serving.browser.visitor import ASK, Slow, Visitor
from tests.serving.conftest import served

pytestmark = pytest.mark.browser

SWITCH = "Remember my likes on this device"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(f"sqlite:///{tmp_path / 'chatrec.db'}")
    assert store
    yield store
    store.close()


@pytest.fixture
def visitor(slow: Slow, store: Store, somebody: Any) -> Iterator[Visitor]:
    """Somebody at a server that stores."""
    with served(create_app(Service(slow, store))) as address:
        visitor = Visitor(somebody, address)
        yield visitor
        visitor.leave()
    assert visitor.surprises == []


def shows(visitor: Visitor, state: str) -> None:
    """Wait until the switch tells screen readers that it is on (`true`) or off."""
    expect(visitor.page.locator(".sheet [role=switch]")).to_have_attribute("aria-checked", state)


def switch(visitor: Visitor, told: str) -> None:
    """Press the switch, and wait for what is then told."""
    visitor.page.get_by_label("Menu").click()
    visitor.page.get_by_role("switch", name=SWITCH).click()
    visitor.page.get_by_text(told).wait_for()


def test_likes_come_along_until_they_are_switched_off(visitor: Visitor, store: Store) -> None:
    visitor.say(ASK)
    shows(visitor, "false")
    switch(visitor, "come along")
    shows(visitor, "true")
    visitor.button("New conversation").click()
    visitor.page.wait_for_selector(".welcome")
    visitor.say("a comedy")
    assert "Interstellar" in visitor.page.locator("#panel").inner_text()
    visitor.page.reload()
    visitor.page.wait_for_selector(".said")
    shows(visitor, "true")
    assert len(list(store.sessions(Selection()))) == 2
    switch(visitor, "were erased")
    shows(visitor, "false")
    assert [kept.key.user for kept in store.sessions(Selection())] == [""]
    visitor.button("New conversation").click()
    visitor.page.wait_for_selector(".welcome")
    visitor.say("a comedy")
    assert "Interstellar" not in visitor.page.locator("#panel").inner_text()


def test_nothing_comes_along_unasked_and_a_new_conversation_erases_the_last(
    visitor: Visitor, store: Store
) -> None:
    visitor.say(ASK)
    visitor.button("New conversation").click()
    visitor.page.wait_for_selector(".welcome")
    assert list(store.sessions(Selection())) == []
    visitor.say("a comedy")
    assert "Interstellar" not in visitor.page.locator("#panel").inner_text()


def test_forget_me_erases_the_user_too(visitor: Visitor, store: Store) -> None:
    visitor.say(ASK)
    switch(visitor, "come along")
    visitor.menu("Forget me")
    visitor.button("Erase everything").click()
    visitor.page.wait_for_selector(".welcome")
    assert list(store.sessions(Selection())) == []
    shows(visitor, "false")


def test_the_note_says_for_how_long_and_the_switch_can_be_reached(visitor: Visitor) -> None:
    visitor.page.get_by_label("Menu").click()
    assert found(visitor) == []
    visitor.button("Privacy", ".sheet").click()
    assert "30 days" in visitor.page.get_by_role("dialog").inner_text()
