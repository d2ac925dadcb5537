"""What stays: a conversation over a reload, what is saved to a file, and what is erased."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from chatrec.scripts.format import load
from chatrec.serving.session import Service
from tests.serving.browser.visitor import ASK

pytestmark = pytest.mark.browser


def saved(visitor: Any, entry: str) -> str:
    """Save a file with the menu and return what is in it."""
    with visitor.page.expect_download() as download:
        visitor.menu(entry)
    return Path(download.value.path()).read_text(encoding="utf-8")


def test_a_conversation_survives_a_reload(visit: Any) -> None:
    visitor = visit()
    visitor.say(ASK)
    visitor.button("Seen it", ".card").click()
    visitor.page.wait_for_selector(".done")
    titles, reply = visitor.titles(), visitor.page.locator(".reply").inner_text()
    visitor.page.reload()
    visitor.page.wait_for_selector(".said")
    assert visitor.said() == [ASK]
    assert visitor.page.locator(".reply").inner_text() == reply
    assert visitor.titles() == titles
    assert visitor.page.locator(".done").count() == 1
    visitor.say("Who directed the second one?")
    assert visitor.page.locator(".reply .fact").last.is_visible()


def test_a_new_conversation_knows_nothing(visit: Any) -> None:
    visitor = visit()
    visitor.say(ASK)
    visitor.button("New conversation").click()
    visitor.page.wait_for_selector(".welcome")
    assert visitor.page.locator(".card, .chip, .said").count() == 0


def test_a_conversation_is_saved_whole_and_as_a_test(visit: Any, tmp_path: Path) -> None:
    visitor = visit()
    visitor.say(ASK)
    visitor.button("Like", ".card").click()
    visitor.page.wait_for_selector(".done")
    visitor.say("more")
    turns = json.loads(saved(visitor, "Save the conversation"))["turns"]
    assert [turn["user"] for turn in turns] == [ASK, "more"]
    assert [item["label"] for item in turns[1]["items"]] == visitor.titles()
    script = tmp_path / "saved.dialogue.yaml"
    script.write_text(saved(visitor, "Save as a test"), encoding="utf-8")
    dialogue = load(script).dialogues[0]
    assert [step.say for step in dialogue.turns] == [ASK, None, "more"]
    assert dialogue.turns[1].like == 1


def test_forget_me_erases_everything(visit: Any, service: Service) -> None:
    visitor = visit()
    visitor.say(ASK)
    known = len(service.sessions)
    visitor.menu("Forget me")
    visitor.button("Keep it").click()
    assert visitor.said() == [ASK]
    visitor.menu("Forget me")
    visitor.button("Erase everything").click()
    visitor.page.wait_for_selector(".welcome")
    assert len(service.sessions) == known - 1
    visitor.page.reload()
    visitor.page.wait_for_selector(".welcome")
    assert visitor.page.locator(".said, .chip").count() == 0


def test_the_page_tells_what_is_kept_and_saves_nothing_unsaid(visit: Any) -> None:
    visitor = visit()
    visitor.menu("Privacy")
    assert "120 minutes" in visitor.page.get_by_role("dialog").inner_text()
    visitor.page.keyboard.press("Escape")
    visitor.menu("Save the conversation")
    visitor.page.get_by_text("There is nothing to save yet.").wait_for()
