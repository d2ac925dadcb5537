"""A person at a page, and an engine slow enough to be watched."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from chatrec.dialogue.values import Sentence, State, Turn
from chatrec.grounding.pack import Pack
from chatrec.serving.session import Talker

ASK = "I loved Interstellar. Something like it, but newer?"
ASK_ZH = "我喜欢《星际穿越》，想看类似的，不要恐怖片"
PHONE = {"width": 390, "height": 844}


class Slow:
    """An engine that takes its time, so that pieces of a reply can be seen to arrive."""

    def __init__(self, engine: Talker) -> None:
        self.engine, self.pause = engine, 0.02

    @property
    def pack(self) -> Pack:
        return self.engine.pack

    def turn(self, message: str, state: State) -> Iterator[Sentence | Turn]:
        for piece in self.engine.turn(message, state):
            time.sleep(self.pause)
            yield piece


class Visitor:
    """A person at a page, who notes every request and every surprise."""

    def __init__(self, context: Any, address: str) -> None:
        self.page = context.new_page()
        self.hosts: set[str] = set()
        self.surprises: list[str] = []
        self.page.on("request", lambda request: self.hosts.add(urlsplit(request.url).hostname or ""))
        self.page.on("pageerror", lambda error: self.surprises.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.surprises.append(dialog.message), dialog.dismiss()))
        self.page.goto(address)
        self.page.wait_for_selector(".starters button")

    def leave(self) -> None:
        """Close the page and leave nothing behind in the browser."""
        self.page.evaluate("localStorage.clear()")
        self.page.close()

    def button(self, name: str, within: str = "body") -> Any:
        """Return the first button of exactly that name."""
        return self.page.locator(within).first.get_by_role("button", name=name, exact=True).first

    def box(self) -> Any:
        """Return the box that messages are typed into."""
        return self.page.get_by_role("textbox")

    def say(self, text: str) -> None:
        """Type a message, send it, and wait for the whole reply."""
        self.box().fill(text)
        self.page.keyboard.press("Enter")
        self.page.wait_for_function(
            "text => [...document.querySelectorAll('.said')].at(-1)?.textContent === text", arg=text
        )
        self.idle()

    def idle(self) -> None:
        """Wait until the last reply is complete."""
        self.page.wait_for_selector(".after")
        self.page.wait_for_selector("#send", state="visible")

    def menu(self, entry: str) -> None:
        """Choose an entry of the menu."""
        self.page.get_by_label("Menu").click()
        self.button(entry, ".sheet").click()

    def said(self) -> list[str]:
        """Return the messages of the user."""
        return list(self.page.locator(".said").all_inner_texts())

    def titles(self) -> list[str]:
        """Return the titles on the list."""
        return list(self.page.locator(".card h3").all_inner_texts())
