"""The widget in a real Chromium, on a page of another origin: where it is allowed it works, elsewhere it is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from chatrec.serving.rest import create_app
from chatrec.serving.session import Service
from chatrec.serving.templates import WIDGET
from tests.serving.conftest import served

pytestmark = pytest.mark.browser

SITE = """<!doctype html><html lang="en"><head><title>A shop</title><style>button {{ display: none }}</style></head>
<body><h1>A shop</h1><script>
window.heard = [];
for (const name of ["opened", "closed", "recommended", "clicked", "liked"])
  addEventListener(`chatrec:${{name}}`, (event) => heard.push([name, event.detail]));
</script><script src="{server}/widget.js" data-pack="{pack}" data-lang="{lang}" data-position="left"
data-accent="#aa3300" {more} async></script></body></html>"""


@pytest.fixture
def visit(configure: Any, browser: Any, plain_service: Service) -> Iterator[Callable[..., Any]]:
    """Open the shop, another origin than chatrec's; chatrec allows `allowed`, or the shop where that is None."""
    shop, pages = FastAPI(), {}
    shop.add_api_route("/", lambda: HTMLResponse(pages["shop"]))
    with ExitStack() as stack:
        site = stack.enter_context(served(shop, "localhost"))

        def visit(allowed: str | None = None, pack: str = "movies", lang: str = "en", more: str = "") -> Any:
            configure(embed_origins=site if allowed is None else allowed)
            server = stack.enter_context(served(create_app(plain_service, page=False)))
            pages["shop"] = SITE.format(server=server, pack=pack, lang=lang, more=more)
            page = browser.new_context(locale="en-US").new_page()
            page.errors, page.server = [], server
            page.on("pageerror", lambda error: page.errors.append(str(error)))
            page.goto(site)
            return page

        yield visit


def opened(page: Any) -> Any:
    """Open the panel and return what is inside its frame."""
    page.get_by_role("button", name="Ask for a recommendation").click()
    return page.frame_locator("iframe")


def ask(frame: Any, text: str) -> None:
    frame.get_by_role("textbox").fill(text)
    frame.get_by_role("textbox").press("Enter")
    frame.locator(".card").first.wait_for()


def test_the_script_is_small() -> None:
    assert (WIDGET / "widget.js").stat().st_size < 10_000
    assert "http://" not in (WIDGET / "widget.js").read_text().replace("http://www.w3.org/2000/svg", "")


def test_an_allowed_site_talks_and_hears_events(visit: Callable[..., Any]) -> None:
    page = visit()
    frame = opened(page)
    ask(frame, "a science fiction film")
    title = frame.locator(".card .title").first.inner_text()
    frame.locator(".card .title").first.click()
    frame.get_by_role("button", name="Like", exact=True).first.click()
    frame.locator('.rate[aria-pressed="true"]').wait_for()
    page.wait_for_function("heard.length === 4")
    names, details = zip(*page.evaluate("heard"), strict=True)
    assert names == ("opened", "recommended", "clicked", "liked")
    assert details[1]["items"][0]["label"] == details[2]["label"] == details[3]["label"] == title
    assert page.errors == []


def test_another_site_is_refused(visit: Callable[..., Any]) -> None:
    page = visit(allowed="https://shop.example")
    with page.expect_response(lambda response: "/widget?" in response.url) as refused:
        page.get_by_role("button", name="Ask for a recommendation").click()
    assert refused.value.status == 403
    page.wait_for_timeout(500)
    assert page.frame_locator("iframe").get_by_role("textbox").count() == 0
    assert page.evaluate("heard.map(([name]) => name)") == ["opened"]


def test_frame_ancestors_alone_refuses_a_lying_site(visit: Callable[..., Any]) -> None:
    page = visit(allowed="https://shop.example")
    page.evaluate(
        """(server) => { const frame = document.createElement("iframe");
        frame.src = `${server}/widget?origin=https://shop.example`; document.body.append(frame); }""",
        page.server,
    )
    page.wait_for_timeout(1000)
    assert page.frame_locator("iframe").get_by_role("textbox").count() == 0


def test_the_keyboard_and_a_screen_reader_find_their_way(visit: Callable[..., Any]) -> None:
    page = visit()
    button = page.locator("button[aria-expanded]")
    assert button.get_attribute("aria-expanded") == "false"
    button.focus()
    page.keyboard.press("Enter")
    frame = page.frame_locator("iframe")
    frame.locator("#box:focus").wait_for()
    assert button.get_attribute("aria-expanded") == "true"
    page.keyboard.press("Escape")
    page.locator('button[aria-expanded="false"]:focus').wait_for()
    assert page.evaluate("heard.map(([name]) => name)") == ["opened", "closed"]


def test_it_remembers_being_open_and_the_conversation(visit: Callable[..., Any]) -> None:
    page = visit()
    ask(opened(page), "a science fiction film")
    page.reload()
    frame = page.frame_locator("iframe")
    frame.get_by_text("a science fiction film").wait_for()
    assert frame.locator(".card").count() > 0
    frame.get_by_role("button", name="New conversation").click()
    frame.locator(".starter").first.wait_for()
    page.reload()
    frame.locator(".starter").first.wait_for()
    assert frame.locator(".said").count() == 0


def test_it_speaks_the_wanted_language(visit: Callable[..., Any]) -> None:
    page = visit(lang="zh")
    page.get_by_role("button", name="请给我推荐").click()
    assert page.frame_locator("iframe").get_by_role("button", name="发送").is_visible()


def test_a_wish_of_the_context_is_seen_and_removed(visit: Callable[..., Any]) -> None:
    page = visit(more='data-occasion="date night"')
    frame = opened(page)
    ask(frame, "a science fiction film")
    chips = frame.get_by_role("list", name="What I understood").get_by_role("listitem")
    assert "because it is for a date" in chips.first.inner_text()
    before = chips.count()
    first = chips.first.get_by_role("button")
    assert (first.get_attribute("aria-label") or "").startswith("Remove ideally")
    first.click()
    frame.locator(f"#wishes:not(:has(li:nth-child({before})))").wait_for(state="attached")
    frame.locator("#box:focus").wait_for()
    assert chips.count() == before - 1
    page.reload()
    page.frame_locator("iframe").locator(".said").wait_for()
    page.wait_for_timeout(300)
    assert page.frame_locator("iframe").locator(".wish").count() == before - 1, "the server has dropped it"
    frame.get_by_role("button", name="New conversation").click()
    frame.locator(".starter").first.wait_for()
    assert frame.locator(".wish").count() == 0
    assert page.errors == []


def test_another_pack_is_told(visit: Callable[..., Any]) -> None:
    frame = opened(visit(pack="wines"))
    frame.get_by_text("This server talks about something else: movies.").wait_for()


def test_messages_from_elsewhere_are_not_believed(visit: Callable[..., Any]) -> None:
    page = visit()
    frame = opened(page)
    frame.get_by_role("textbox").wait_for()
    page.evaluate("postMessage({ chatrec: 'liked', detail: { iri: 'urn:forged' } }, '*')")
    page.evaluate("postMessage({ chatrec: 'escape' }, '*')")
    page.wait_for_timeout(300)
    assert page.evaluate("heard.map(([name]) => name)") == ["opened"]


def test_text_in_the_frame_is_text(visit: Callable[..., Any]) -> None:
    page = visit()
    frame = opened(page)
    ask(frame, "a comedy <img src=x onerror=\"parent.postMessage('run', '*')\"><script>alert(1)</script>")
    assert frame.locator("main img, main script").count() == 0
    assert "<img" in frame.locator(".said").inner_text()


def test_the_demo_shows_the_events(configure: Any, browser: Any, plain_service: Service) -> None:
    with served(create_app(plain_service, page=False)) as server:
        page = browser.new_context(locale="en-US").new_page()
        page.goto(f"{server}/demo")
        opened(page).get_by_role("textbox").wait_for()
        page.get_by_text("opened {}").wait_for()
        assert "data-pack=" in page.locator("#line").inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(browser: Any, plain_service: Service, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    with served(create_app(plain_service, page=False)) as server:
        page = browser.new_context(locale="en-US", color_scheme=scheme).new_page()
        page.goto(f"{server}/widget?pack=movies&occasion=date+night")
        ask(page, "a science fiction film")
        found = axe.run(page).response["violations"]
        page.goto(f"{server}/demo")
        opened(page).get_by_role("textbox").wait_for()
        found += axe.run(page).response["violations"]
    assert [
        (one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in ("serious", "critical")
    ] == []
