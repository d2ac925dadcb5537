"""The tools over MCP: a real server, and the client of the mcp package."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from mcp import Client

from chatrec.serving.rest import create_app
from chatrec.serving.session import Service
from tests.serving.conftest import served

ARRIVAL = {"item": "Arrival", "question": "Who directed it?"}


@pytest.fixture(scope="module")
def address(plain_service: Service) -> Iterator[str]:
    with served(create_app(plain_service, page=False)) as address:
        yield f"{address}/mcp"


@pytest.fixture
def call(address: str) -> Callable[..., Any]:
    """Call a tool as an agent does."""

    def call(name: str, **arguments: Any) -> Any:
        async def talk() -> Any:
            async with Client(address) as client:
                return await client.call_tool(name, arguments)

        return asyncio.run(talk())

    return call


def test_the_tools_are_described(address: str) -> None:
    async def listed() -> dict[str, Any]:
        async with Client(address) as client:
            return {tool.name: tool for tool in (await client.list_tools()).tools}

    tools = asyncio.run(listed())
    assert set(tools) == {"recommend", "ask_about"}
    assert all(tool.description for tool in tools.values())
    assert tools["recommend"].input_schema["required"] == ["message"]
    assert tools["ask_about"].input_schema["required"] == ["item", "question"]


def test_recommend_goes_on_with_a_session(call: Callable[..., Any]) -> None:
    first = call("recommend", message="a science fiction film").structured_content
    second = call("recommend", message="newer than 2014", session=first["session"]).structured_content
    assert first["items"]
    assert second["turn"] == 2
    assert {wish["slot"] for wish in second["constraints"]} == {"genre", "year"}


def test_lists_avoid_what_is_alike_as_much_as_is_asked_for(
    call: Callable[..., Any], plain_service: Service
) -> None:
    varied = call("recommend", message="a science fiction film", diversity=0.9).structured_content
    assert plain_service.known(varied["session"]).state.diversity == 0.9
    call("recommend", message="another", session=varied["session"])
    assert plain_service.known(varied["session"]).state.diversity == 0.9, "from this list on"
    assert call("recommend", message="a comedy", diversity=0).structured_content["items"]


def test_a_question_about_an_item_is_answered_with_its_facts(call: Callable[..., Any]) -> None:
    answer = call("ask_about", **ARRIVAL).structured_content
    assert "Denis Villeneuve" in answer["reply"]
    assert answer["facts"]["director"] == ["Denis Villeneuve"]
    chinese = call("ask_about", item="降临", question="导演是谁？").structured_content
    assert chinese["item"] == answer["item"]
    assert chinese["language"] == "zh"


def test_a_question_leaves_no_session_behind(call: Callable[..., Any], plain_service: Service) -> None:
    before = len(plain_service.sessions)
    call("ask_about", **ARRIVAL)
    assert len(plain_service.sessions) == before


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("recommend", {}, "message"),
        ("recommend", {"message": 7}, "message"),
        ("recommend", {"message": ""}, "message"),
        ("recommend", {"message": "a comedy", "language": "xx"}, "Spoken: en, zh"),
        ("recommend", {"message": "a comedy", "diversity": 2}, "diversity"),
        ("ask_about", {"item": "Arival", "question": "Who directed it?"}, "Near to it: Arrival"),
        ("ask_about", {"item": "Arrival"}, "question"),
        ("nothing", {}, "nothing"),
    ],
)
def test_what_is_wrong_with_the_arguments_is_told(
    call: Callable[..., Any], name: str, arguments: dict[str, Any], said: str
) -> None:
    result = call(name, **arguments)
    assert result.is_error
    assert said in result.content[0].text
    assert "Traceback" not in result.content[0].text
