"""The page of `chatrec eval report` in Chromium without a network: light and dark, on a desktop and on a phone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from chatrec.learning.report.page import report_html
from chatrec.learning.report.reading import Evaluation
from tests.learning.test_report import BENCH, RECOMMEND, SIMULATE

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with three evaluations."""
    found = {"recommend": RECOMMEND, "simulate": SIMULATE, "turn": BENCH}
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(report_html([Evaluation(kind, kind, figures) for kind, figures in found.items()]))
    return path


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [380, 1280])
def test_the_page_stands_alone_and_fits(browser: Any, page_file: Path, scheme: str, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme, offline=True)
    page, asked = context.new_page(), []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(page_file.as_uri())
    assert asked == [page_file.as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("svg rect").count() > 10
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    faults = axe.run(page).response["violations"]
    assert not [fault["id"] for fault in faults if fault["impact"] in ("serious", "critical")]
    context.close()
