"""Several packs in one process: each session stays in the pack it began in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from chatrec.errors import ChatrecError, InputError
from chatrec.grounding.pack import Pack, open_pack
from chatrec.serving import render
from chatrec.serving.browser import NOTHING_KEPT, read_browser
from chatrec.serving.packs import Packs
from chatrec.serving.rest import create_app
from chatrec.serving.session import Service, UnknownSessionError, open_service
from tests.conftest import WINE_SHAPES, write_pack
from tests.serving.conftest import FakeEngine
from tests.serving.test_kept import request


@pytest.fixture
def packs(wines: Pack, pack: Pack) -> Packs:
    """Films, which are spoken of where nothing is said, and wines."""
    return Packs(Service(FakeEngine(pack)), Service(FakeEngine(wines)))


@pytest.fixture
def client(packs: Packs) -> Iterator[TestClient]:
    with TestClient(create_app(packs, page=False)) as client:
        yield client


def test_a_message_names_its_pack_and_the_session_remembers_it(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok", "packs": ["movies", "wines"]}
    film = client.post("/recommend", json={"user_input": "romance"}).json()
    wine = client.post("/recommend", json={"user_input": "Merlot", "pack": "wines"}).json()
    again = client.post("/recommend", json={"user_input": "Merlot", "session": wine["session"]}).json()
    assert film["items"][0]["label"] not in ("High Hill", "Old Oak")
    assert [item["label"] for item in wine["items"]] == ["High Hill", "Old Oak"]
    assert (again["session"], again["turn"]) == (wine["session"], 2)


def test_a_session_never_crosses_into_another_pack(client: TestClient) -> None:
    wine = client.post("/recommend", json={"user_input": "Merlot", "pack": "wines"}).json()["session"]
    film = client.post("/recommend", json={"user_input": "romance", "session": wine, "pack": "movies"}).json()
    assert (film["session"] != wine, film["turn"]) == (True, 1)
    assert [t["user"] for t in client.get(f"/sessions/{wine}").json()["turns"]] == ["Merlot"]


def test_an_unknown_pack_is_refused_with_the_known_ones(client: TestClient) -> None:
    answer = client.post("/recommend", data={"user_input": "x", "pack": "cheese"})
    assert answer.status_code == 422
    assert answer.json()["detail"] == "The pack 'cheese' is not served here. Known: movies, wines."


def test_feedback_and_forgetting_find_the_session_in_its_pack(client: TestClient) -> None:
    wine = client.post("/recommend", json={"user_input": "Merlot", "pack": "wines"}).json()
    sent = {"session": wine["session"], "item": wine["items"][0]["iri"], "rating": "like"}
    assert client.post("/feedback", json=sent).json()["likes"] == [sent["item"]]
    assert client.delete(f"/sessions/{wine['session']}").json()["deleted"]
    assert client.get(f"/sessions/{wine['session']}").status_code == 404


def test_all_packs_share_the_line_and_the_figures(packs: Packs, client: TestClient) -> None:
    for name in packs.names:
        client.post("/recommend", json={"user_input": "hello", "pack": name})
    assert (
        len({id(service.line) for service in packs}) == len({id(service.metrics) for service in packs}) == 1
    )
    assert "chatrec_sessions 2.0" in client.get("/metrics").text


def test_the_widget_talks_about_the_pack_of_its_attribute(client: TestClient) -> None:
    assert '"pack": "wines"' in client.get("/widget?pack=wines").text.replace("&#34;", '"')
    assert "movies, wines" in client.get("/widget?pack=cheese").text


def test_a_browser_goes_on_in_each_pack_where_it_left_off() -> None:
    def read(kept: object) -> object:
        return read_browser(kept, request(), ("en",), ("movies", "wines"))

    films = read_browser({**NOTHING_KEPT, "session": "f"}, request(), ("en",), ("movies", "wines"))
    wines = read_browser(films.turned("wines"), request(), ("en",), ("movies", "wines"))
    assert (films.pack, wines.pack, wines.session) == ("movies", "wines", "")
    back = read_browser({**wines.turned("movies")}, request(), ("en",), ("movies", "wines"))
    assert (back.pack, back.session) == ("movies", "f")
    assert read({"pack": "cheese", "others": ["x"]}) == read(NOTHING_KEPT)


def test_the_page_has_a_choice_only_where_there_is_one(packs: Packs) -> None:
    browser = read_browser(NOTHING_KEPT, request(), ("en",), packs.names)
    opened = [service.pack for service in packs]
    assert "<select" not in render.head(browser, ("en",), (), None, opened[:1])
    head = render.head(browser, ("en",), (), None, opened)
    assert '<option value="movies" selected>Films</option>' in head
    assert '<option value="wines">wines</option>' in head


def test_packs_that_cannot_be_served_together_are_refused(wines: Pack, tmp_path: Path) -> None:
    with pytest.raises(ChatrecError, match="same name"):
        Packs(Service(FakeEngine(wines)), Service(FakeEngine(wines)))
    shapes = WINE_SHAPES.replace('( "en" "zh" )', '( "fr" )')
    french = open_pack(str(write_pack(tmp_path / "vins", shapes)))
    with pytest.raises(ChatrecError, match="share no language"):
        Packs(Service(FakeEngine(wines)), Service(FakeEngine(french)))


@pytest.mark.parametrize("name", ["movies", "shop", "articles", "health"])
def test_the_examples_of_every_pack_get_a_list(name: str, configure: Callable[..., None]) -> None:
    configure(generate=False)
    service = open_service(name)
    for language in service.pack.schema.languages:
        assert service.pack.welcome.examples[language]
        for example in service.pack.welcome.examples[language]:
            turn = service.answer(None, example)
            assert (turn.intent, turn.language, bool(turn.candidates)) == ("recommend", language, True), (
                example
            )


def test_what_is_not_known_is_said(packs: Packs) -> None:
    with pytest.raises(UnknownSessionError):
        packs.holding("gone")
    with pytest.raises(InputError, match="'cheese'"):
        packs.named("cheese")
