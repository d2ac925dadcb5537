"""What a browser sends is read with care: the language it wants, and what it remembers."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from chatrec.serving.browser import NOTHING_KEPT, read_browser

SPOKEN = ("en", "zh")


def request(accept: str = "", lang: str = "") -> Any:
    """Make a request with the two things that are read of it."""
    headers = {"accept-language": accept} if accept else {}
    return SimpleNamespace(headers=headers, query_params={"lang": lang} if lang else {})


@pytest.mark.parametrize(
    ("chosen", "lang", "accept", "language"),
    [
        ("", "", "", "en"),
        ("", "", "zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("", "", "fr-FR, ZH-TW;q=0.5", "zh"),
        ("", "zh", "en-US", "zh"),
        ("en", "zh", "zh-CN", "en"),
        ("xx", "yy", "de", "en"),
    ],
)
def test_the_language_that_was_chosen_goes_first(chosen: str, lang: str, accept: str, language: str) -> None:
    browser = read_browser({"session": "s", "language": chosen}, request(accept, lang), SPOKEN)
    assert browser.language == language


@pytest.mark.parametrize(
    "kept", [None, "", [], 7, {}, {"session": None}, {"language": ["zh"]}, {"user": "me"}, NOTHING_KEPT]
)
def test_what_makes_no_sense_is_nothing_kept(kept: object) -> None:
    browser = read_browser(kept, request(), SPOKEN)
    assert (browser.session, browser.chosen) == ("", "")
    assert browser.kept("new") == {**NOTHING_KEPT, "session": "new"}
