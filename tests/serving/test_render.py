"""The HTML of the page: facts are marked, and no text becomes markup."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import pytest

from chatrec.dialogue.values import Claim, Constraint, State, Turn
from chatrec.errors import ChatrecError
from chatrec.grounding.pack import Pack
from chatrec.serving import render, texts
from chatrec.serving.paths import Box, Picture
from chatrec.serving.payload import turn_json
from chatrec.serving.session import Service
from chatrec.serving.templates import _environment
from tests.serving.conftest import FakeEngine

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"' {{ 7*7 }} ${alert(3)}"
KNOWN_TAGS = {
    "div",
    "section",
    "h2",
    "h3",
    "p",
    "span",
    "small",
    "button",
    "article",
    "header",
    "footer",
    "dl",
}
KNOWN_TAGS |= {"dt", "dd", "ul", "li", "details", "summary", "i", "em", "pre", "h1", "code", "mark", "dialog"}
KNOWN_TAGS |= {"svg", "title", "desc", "g", "path", "rect", "text"}
ARRIVAL = "urn:chatrec:movies:film:interstellar-2014"


class Outline(HTMLParser):
    """Collects the tags, the attributes and the text of a piece of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attributes

    def handle_data(self, data: str) -> None:
        self.text += data


def turn_of(service: Service, text: str) -> Turn:
    return service.answer(None, text)


def test_a_fact_is_marked_and_tells_its_triple(service: Service, pack: Pack) -> None:
    turn = turn_of(service, "romance")
    html = render.chat([render.reply(turn.reply, turn.claims, pack, "en")], pack, "en")
    outline = Outline(html)
    title = turn.claims[0].text
    assert ("aria-description", f"{title} · title · {title}") in outline.attributes
    assert ("aria-description", f"{title} · year · {turn.claims[1].text}") in outline.attributes
    assert {("data-whose", title), ("data-property", "year")} <= set(outline.attributes)
    assert turn.reply.strip() in outline.text


def test_a_claim_about_the_users_words_is_told_as_it_is(pack: Pack) -> None:
    claim = Claim(0, 6, "horror", ("session", "said", "horror"))
    assert render.statement(claim, pack, "en") == ("session", "said", "horror")


def test_overlapping_claims_lose_no_text(pack: Pack) -> None:
    claims = (Claim(0, 4, "abcd", ("s", "p", "o")), Claim(2, 6, "cdef", ("s", "p", "o")))
    line = render.reply("abcdefgh", claims, pack, "en")
    assert "".join(text for text, _ in line.parts) == "abcdefgh"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_text_becomes_markup(service: Service, pack: Pack, language: str) -> None:
    turn = turn_of(service, "science fiction")
    state = replace(turn.state, constraints=(Constraint("genre", "=", HOSTILE), *turn.state.constraints))
    claims = (Claim(0, len(HOSTILE), HOSTILE, (ARRIVAL, HOSTILE, HOSTILE)),)
    hostile = replace(turn, user=HOSTILE, reply=HOSTILE, claims=claims, state=state, sparql=HOSTILE)
    lines = [render.said(HOSTILE), render.reply(HOSTILE, claims, pack, language)]
    parts = [render.chat(lines, pack, language), render.panel(state, hostile, pack, language)]
    parts.append(render.proof(hostile, pack, language))
    for html in parts:
        outline = Outline(html)
        assert set(outline.tags) <= KNOWN_TAGS
        assert not [name for name, _ in outline.attributes if name.startswith("on")]
        assert HOSTILE in outline.text


def test_no_text_becomes_markup_in_the_picture_of_a_path() -> None:
    boxes = (Box("wish", HOSTILE, (HOSTILE,)), Box("item", HOSTILE, (HOSTILE,), 300))
    draw = _environment().get_template("path.html").module.draw  # type: ignore[attr-defined]
    html = draw(Picture(60, boxes, (("wish", "M0 0"),)), "why-1", HOSTILE, [HOSTILE])
    outline = Outline(str(html))
    assert set(outline.tags) == {"svg", "title", "desc", "path", "g", "rect", "text"}
    assert HOSTILE in outline.text


def test_the_panel_shows_wishes_and_cards(service: Service, pack: Pack) -> None:
    turn = turn_of(service, "Interstellar, romance")
    panel = Outline(render.panel(turn.state, turn, pack, "en"))
    assert panel.tags.count("article") == len(turn.candidates) > 0
    assert ("data-wish", "genre|=|urn:chatrec:movies:genre:romance|like") in panel.attributes
    assert ("aria-label", "Remove romance") in panel.attributes
    assert ("aria-label", "Remove Interstellar") in panel.attributes


def test_a_pressed_button_takes_its_rating_back(service: Service, pack: Pack) -> None:
    turn = turn_of(service, "romance")
    item = turn.candidates[0].item.iri
    liked = render.panel(replace(turn.state, likes=(item,)), turn, pack, "en")
    assert ("data-key", f"like {item}") in (outline := Outline(liked)).attributes
    assert outline.attributes.count(("data-rating", "none")) == 3  # the button, the chip and the undo


@pytest.mark.parametrize(
    ("wish", "english", "chinese"),
    [
        (Constraint("year", ">", 2014), "> 2014", "> 2014"),
        (Constraint("runtime", "<=", 90), "≤ 90 minutes", "≤ 90分钟"),
        (
            Constraint("genre", "=", "horror", "urn:chatrec:movies:genre:horror", "dislike"),
            "not horror",
            "不要恐怖",
        ),
        (Constraint("rating", "=", "PG-13"), "PG-13", "PG-13"),
    ],
)
def test_a_wish_reads_well(pack: Pack, wish: Constraint, english: str, chinese: str) -> None:
    for language, text in (("en", english), ("zh", chinese)):
        assert text in Outline(render.panel(State(constraints=(wish,)), None, pack, language)).text


def test_another_domain_needs_no_code(wines: Pack) -> None:
    service = Service(FakeEngine(wines))
    turn = service.answer(None, "Merlot")
    panel = Outline(render.panel(turn.state, turn, wines, "en"))
    assert "High Hill" in panel.text
    assert "30 euros" in panel.text
    assert "matches your wish: Merlot" in panel.text
    assert turn_json(turn, "s", wines)["items"][0]["label"] == "High Hill"
    assert "High Hill · name · High Hill" in render.chat(
        [render.reply(turn.reply, turn.claims, wines, "en")], wines, "en"
    )


def test_every_language_has_every_text(pack: Pack) -> None:
    assert texts.texts("en").keys() == texts.texts("zh").keys()
    assert texts.examples(pack, "zh")
    assert texts.texts("xx") == texts.texts("en")


def test_a_bad_file_of_texts_is_named(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "xx").mkdir()
    (tmp_path / "xx" / "page.yaml").write_text("send: [1]")
    monkeypatch.setattr(texts, "prompts_dir", lambda: tmp_path)
    with pytest.raises(ChatrecError, match=r"page\.yaml: the value of 'send'"):
        texts.texts.__wrapped__("xx")
