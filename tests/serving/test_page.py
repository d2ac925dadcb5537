"""The page beside the REST interface, without a browser: what is served, and what is kept private."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from chatrec.grounding.pack import Pack
from chatrec.serving.rest import create_app
from chatrec.serving.session import Service
from chatrec.serving.theme import build_theme
from tests.serving.conftest import FakeEngine


@pytest.fixture(scope="module")
def client(pack: Pack) -> Iterator[TestClient]:
    with TestClient(create_app(Service(FakeEngine(pack)))) as client:
        yield client


def test_the_page_and_the_interface_share_a_port(client: TestClient) -> None:
    assert "window.gradio_config" in client.get("/").text
    assert client.get("/docs").text.startswith("<!doctype html>")
    assert client.get("/healthz").json() == {"status": "ok", "packs": ["movies"]}
    assert client.post("/recommend", data={"user_input": "romance"}).json()["items"]
    assert client.get("/recommend").status_code == 405


def test_the_page_loads_nothing_from_elsewhere(client: TestClient) -> None:
    loaded = re.findall(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=[\"']([^\"']+)", client.get("/").text)
    assert [address for address in loaded if "//" in address] == []
    assert "http" not in re.sub(r"http://www\.w3\.org/\S+", "", client.get("/theme.css").text)


def test_the_theme_takes_fonts_of_the_system_only() -> None:
    assert "@import" not in build_theme()._get_theme_css()
    assert "@font-face" not in build_theme()._get_theme_css()


@pytest.mark.parametrize("path", ["/", "/config", "/gradio_api/info"])
def test_no_other_site_may_read_the_page(client: TestClient, path: str) -> None:
    answer = client.get(path, headers={"origin": "https://elsewhere.example", "host": "chat.example"})
    assert "access-control-allow-origin" not in answer.headers


def test_the_handlers_of_the_page_are_private(client: TestClient) -> None:
    info = client.get("/gradio_api/info").json()
    assert (info["named_endpoints"], info["unnamed_endpoints"]) == ({}, {})


def test_nothing_is_recorded_or_reported(client: TestClient) -> None:
    config = client.get("/config").json()
    assert config["analytics_enabled"] is False
    assert config.get("run_history") in (None, False)
