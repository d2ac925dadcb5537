"""The chat page in a real Chromium, before a real server with the real engine and its language model.

With CHATREC_SCREENSHOTS set, pictures of the page are written to docs/.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import uvicorn

from chatrec.dialogue.values import Sentence, State, Turn
from chatrec.grounding.pack import Pack
from chatrec.serving.rest import create_app
from chatrec.serving.server import listen
from chatrec.serving.session import Service, Talker, open_service

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = Path("/usr/bin/chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not CHROMIUM.exists() and "CHATREC_REQUIRE_BROWSER" not in os.environ,
        reason="needs Chromium at /usr/bin/chromium (Debian: apt-get install chromium fonts-noto-cjk)",
    ),
]

QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
QUIET += ["--no-sandbox", "--disable-gpu"]
DOCS = Path(__file__).parents[2] / "docs"
ASK = "I loved Interstellar. Something like it, but newer?"
ASK_ZH = "我喜欢《星际穿越》，想看类似的，不要恐怖片"


class Slow:
    """An engine that takes its time, so that pieces of a reply can be seen to arrive."""

    def __init__(self, engine: Talker) -> None:
        self.engine, self.pause = engine, 0.25

    @property
    def pack(self) -> Pack:
        return self.engine.pack

    def turn(self, message: str, state: State) -> Iterator[Sentence | Turn]:
        for piece in self.engine.turn(message, state):
            time.sleep(self.pause)
            yield piece


@pytest.fixture(scope="module")
def slow() -> Iterator[Slow]:
    """The engine as it ships, with its language model."""
    yield Slow(open_service("movies").engine)


@pytest.fixture(scope="module")
def service(slow: Slow) -> Service:
    return Service(slow)


@pytest.fixture(scope="module")
def address(service: Service) -> Iterator[str]:
    """The address of a server that runs while the tests of this file do."""
    listener = listen("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(create_app(service), log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as runner:
        chromium = runner.chromium.launch(executable_path=str(CHROMIUM), args=QUIET)
        yield chromium
        chromium.close()


class Visitor:
    """A person with a browser of their own, who notes every request and every surprise."""

    def __init__(self, browser: Any, address: str, **context: Any) -> None:
        settled = {"locale": "en-US", "viewport": {"width": 1280, "height": 860}, **context}
        self.context = browser.new_context(**settled)
        self.page = self.context.new_page()
        self.hosts: set[str] = set()
        self.surprises: list[str] = []
        self.page.on("request", lambda request: self.hosts.add(urlsplit(request.url).hostname or ""))
        self.page.on("pageerror", lambda error: self.surprises.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.surprises.append(dialog.message), dialog.dismiss()))
        self.page.goto(address)
        self.page.wait_for_selector(".starters button")

    def say(self, text: str) -> None:
        """Type a message, send it, and wait for the whole reply."""
        self.page.get_by_role("textbox").fill(text)
        self.page.keyboard.press("Enter")
        self.page.wait_for_function(
            "text => [...document.querySelectorAll('.said')].at(-1)?.textContent === text", arg=text
        )
        self.idle()

    def idle(self) -> None:
        """Wait until no reply is being written."""
        self.page.wait_for_selector("#send", state="visible")
        self.page.wait_for_selector(".waiting", state="detached")

    def titles(self) -> list[str]:
        """Return the titles on the list."""
        return list(self.page.locator(".card h3").all_inner_texts())


@pytest.fixture
def visit(browser: Any, address: str) -> Iterator[Any]:
    """Open the page as a new visitor; in the end none of them has seen a surprise or asked elsewhere."""
    visitors: list[Visitor] = []

    def open_page(**context: Any) -> Visitor:
        visitors.append(Visitor(browser, address, **context))
        return visitors[-1]

    yield open_page
    for visitor in visitors:
        visitor.context.close()
        assert visitor.hosts <= {"127.0.0.1", ""}
        assert visitor.surprises == []


WATCH = """() => {
  window.texts = [];
  new MutationObserver(() => {
    const replies = document.querySelectorAll('.reply');
    if (replies.length) window.texts.push(replies[replies.length - 1].textContent);
  }).observe(document.querySelector('#chat'), {childList: true, subtree: true, characterData: true});
}"""


def test_a_reply_arrives_in_pieces_and_cards_appear(visit: Any) -> None:
    visitor = visit()
    visitor.page.evaluate(WATCH)
    visitor.say("推荐几部类似《星际穿越》的片子")
    assert visitor.titles()
    for message in ("第一部讲什么的？", "第二部讲什么的？", "第三部讲什么的？"):
        visitor.say(message)
    seen = [text for text in dict.fromkeys(visitor.page.evaluate("window.texts")) if text.strip()]
    grown = [(text, later) for text, later in pairwise(seen) if later.startswith(text) and later != text]
    assert grown, "a reply of several sentences grows sentence by sentence"


def test_facts_are_marked_and_proved(visit: Any) -> None:
    visitor = visit()
    visitor.say(ASK)
    title = visitor.titles()[0]
    fact = visitor.page.locator(".fact", has_text=title).first
    assert fact.get_attribute("title") == f"{title} · title · {title}"
    visitor.page.get_by_role("button", name="How I know").click()
    proof = visitor.page.locator(".proof")
    proof.get_by_text("SPARQL query").wait_for()
    assert "SELECT" in proof.inner_text()
    assert "ms" in proof.inner_text()


def test_a_like_moves_the_next_list(visit: Any) -> None:
    lists = []
    for pressed in (False, True):
        visitor = visit()
        visitor.say("a science fiction film")
        if pressed:
            like = visitor.page.locator(".card").nth(2).get_by_role("button", name="Like", exact=True)
            like.click()
            visitor.page.wait_for_selector('.card .like[aria-pressed="true"]')
            assert visitor.page.locator(".understood").get_by_text("Liked").is_visible()
        visitor.page.locator(".more").click()
        visitor.page.wait_for_function("document.querySelectorAll('.reply').length == 2")
        visitor.idle()
        lists.append(visitor.titles())
    assert lists[0] != lists[1]


def test_a_rating_is_taken_back_by_a_second_press(visit: Any) -> None:
    visitor = visit()
    visitor.say(ASK)
    for expected in ("true", "false"):
        visitor.page.locator(".card").first.get_by_role("button", name="Seen it").click()
        visitor.page.wait_for_selector(f'.card:first-of-type .seen[aria-pressed="{expected}"]')


def test_a_wish_is_taken_back_with_its_button(visit: Any) -> None:
    visitor = visit()
    visitor.say("a romantic comedy from the 90s")
    before = visitor.page.locator(".chip").count()
    visitor.page.locator(".chip button").first.click()
    visitor.page.wait_for_function(f"document.querySelectorAll('.chip').length == {before - 1}")


def test_markup_is_shown_as_text(visit: Any) -> None:
    visitor = visit()
    hostile = "<script>alert(1)</script><img src=x onerror=alert(2)> ${alert(3)} {{value}} romance"
    visitor.say(hostile)
    assert visitor.page.locator(".said").inner_text() == hostile
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
    visitor.page.get_by_role("textbox").fill("a western")
    visitor.page.keyboard.press("Enter")
    visitor.page.locator("#stop").click()
    visitor.page.wait_for_selector(".welcome")
    visitor.idle()
    assert visitor.page.get_by_role("textbox").input_value() == "a western"
    slow.pause = 0.25
    visitor.say("a romantic film")
    assert "romantic" in visitor.page.locator(".chips").inner_text()
    assert "western" not in visitor.page.locator("#chat").inner_text()


def test_a_new_conversation_knows_nothing(visit: Any) -> None:
    visitor = visit()
    visitor.say(ASK)
    visitor.page.get_by_role("button", name="New conversation").click()
    visitor.page.wait_for_selector(".welcome")
    assert visitor.page.locator(".card, .chip, .said").count() == 0


def test_an_expired_session_is_told(visit: Any, service: Service) -> None:
    visitor = visit()
    visitor.say(ASK)
    for session_id in list(service.sessions._sessions):
        service.sessions.delete(session_id)
    visitor.page.locator(".card").first.get_by_role("button", name="Like", exact=True).click()
    visitor.page.get_by_text("This conversation has expired").wait_for()
    visitor.say("a comedy")
    assert visitor.titles()


def test_two_visitors_stay_apart(visit: Any) -> None:
    one, two = visit(), visit()
    one.say(ASK)
    two.say("a romantic film")
    assert "Interstellar" not in two.page.locator("#panel .understood").inner_text()


def test_it_speaks_the_language_of_the_browser(visit: Any) -> None:
    visitor = visit(locale="zh-CN")
    assert visitor.page.get_by_role("button", name="发送").is_visible()
    assert visitor.page.get_by_placeholder("今天想看点什么？").is_visible()
    visitor.say(ASK_ZH)
    assert "我的理解" in visitor.page.locator("#panel").inner_text()
    assert "不要" in visitor.page.locator(".chip.dislike").inner_text()


@pytest.mark.parametrize("width", [320, 390, 768])
def test_nothing_sticks_out_on_a_phone(visit: Any, width: int) -> None:
    visitor = visit(viewport={"width": width, "height": 844})
    visitor.say(ASK)
    assert visitor.page.evaluate("document.scrollingElement.scrollWidth") <= width


TALKS = {
    "en": [ASK, "Who directed the second one?", "Nothing too dark, please, and under two and a half hours"],
    "zh": [ASK_ZH, "第二部是谁导演的？", "再来几部，别太长，两个半小时以内"],
}


@pytest.mark.skipif("CHATREC_SCREENSHOTS" not in os.environ, reason="writes pictures only when asked to")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("device", "width", "height"), [("", 1280, 860), ("-phone", 390, 844)])
def test_pictures(visit: Any, scheme: str, language: str, device: str, width: int, height: int) -> None:
    locale = {"en": "en-US", "zh": "zh-CN"}[language]
    visitor = visit(locale=locale, color_scheme=scheme, viewport={"width": width, "height": height})
    for text in TALKS[language]:
        visitor.say(text)
    visitor.page.wait_for_timeout(500)
    name = f"page-{language}{device}{'-dark' if scheme == 'dark' else ''}.png"
    visitor.page.screenshot(path=str(DOCS / name))
