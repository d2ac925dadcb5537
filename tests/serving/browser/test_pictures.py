"""Pictures of the page for docs/, written when CHATREC_SCREENSHOTS is set: to a folder it names, or to docs/."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.serving.browser.visitor import PHONE

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif("CHATREC_SCREENSHOTS" not in os.environ, reason="writes pictures only when asked to"),
]

DOCS = Path(__file__).parents[3] / "docs"
TALKS = {
    "en": ["I loved Interstellar. Something like it, but newer?", "Who directed the second one?"],
    "zh": ["我喜欢《星际穿越》，想看类似的，不要恐怖片", "第二部是谁导演的？"],
}
MORE = {
    "en": "Nothing too dark, please, and under two and a half hours",
    "zh": "再来几部，别太长，两个半小时以内",
}
LOCALES = {"en": "en-US", "zh": "zh-CN"}


def write(visitor: Any, name: str) -> None:
    """Write a picture of the window, once nothing moves any more."""
    folder = Path(os.environ["CHATREC_SCREENSHOTS"])
    visitor.page.mouse.move(0, 0)
    visitor.page.evaluate("document.fonts.ready")
    target = folder if folder.is_dir() else DOCS
    visitor.page.screenshot(path=str(target / f"{name}.png"), animations="disabled")


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("zh", "dark")])
def test_the_page(visit: Any, language: str, scheme: str) -> None:
    visitor = visit(locale=LOCALES[language], color_scheme=scheme)
    for text in [*TALKS[language], MORE[language]]:
        visitor.say(text)
    write(visitor, f"page-{language}")


def test_a_phone(visit: Any) -> None:
    visitor = visit(viewport=PHONE, device_scale_factor=2)
    for text in TALKS["en"]:
        visitor.say(text)
    write(visitor, "page-phone")


def test_the_picture_of_a_path(visit: Any) -> None:
    visitor = visit()
    visitor.say(TALKS["en"][0])
    visitor.button("Why this one", ".card").click()
    visitor.page.get_by_role("dialog").wait_for()
    write(visitor, "page-why")
