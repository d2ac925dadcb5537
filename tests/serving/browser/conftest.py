"""One real server with the real engine, and one Chromium, for all tests of this folder.

Replies are the plain ones, which come at once and are always the same; pictures are taken with the language model.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chatrec.config import settings
from chatrec.serving.rest import create_app
from chatrec.serving.session import Service, open_service
from tests.serving.browser.visitor import Slow, Visitor
from tests.serving.conftest import served

CHROMIUM = Path("/usr/bin/chromium")
QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
QUIET += ["--no-sandbox", "--disable-gpu"]


@pytest.fixture(scope="package")
def browser() -> Iterator[Any]:
    """Start Chromium, or skip where there is none and none is required."""
    playwright = pytest.importorskip("playwright.sync_api")
    if not CHROMIUM.exists() and "CHATREC_REQUIRE_BROWSER" not in os.environ:
        pytest.skip(f"needs Chromium at {CHROMIUM} (Debian: apt-get install chromium fonts-noto-cjk)")
    with playwright.sync_playwright() as runner:
        chromium = runner.chromium.launch(executable_path=str(CHROMIUM), args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture(scope="package")
def slow(browser: Any) -> Slow:
    """The engine, with time between the pieces of a reply."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHATREC_GENERATE", str("CHATREC_SCREENSHOTS" in os.environ))
        settings.cache_clear()
        engine = open_service("movies").engine
    settings.cache_clear()
    return Slow(engine)


@pytest.fixture(scope="package")
def service(slow: Slow) -> Service:
    return Service(slow)


@pytest.fixture(scope="package")
def address(service: Service) -> Iterator[str]:
    """The address of a server that runs while the tests of this folder do."""
    with served(create_app(service)) as found:
        yield found


def person(browser: Any, **settings: Any) -> Any:
    """Make a browser profile of its own: English and on a desktop, unless told otherwise."""
    return browser.new_context(**{"locale": "en-US", "viewport": {"width": 1280, "height": 860}, **settings})


@pytest.fixture(scope="package")
def somebody(browser: Any) -> Iterator[Any]:
    """The profile that most tests share, which spares them loading the page's scripts anew."""
    context = person(browser)
    yield context
    context.close()


@pytest.fixture
def visit(browser: Any, somebody: Any, address: str) -> Iterator[Any]:
    """Open the page as a new visitor; in the end none of them has seen a surprise or asked elsewhere.

    A second visitor of a test, or one with other settings, has a profile of their own.
    """
    visitors: list[Visitor] = []

    def open_page(query: str = "", **settings: Any) -> Visitor:
        profile = person(browser, **settings) if settings or visitors else somebody
        visitors.append(Visitor(profile, address + query))
        return visitors[-1]

    yield open_page
    for visitor in visitors:
        visitor.leave()
        assert visitor.hosts <= {"127.0.0.1", ""}
        assert visitor.surprises == []
