"""schemathesis reads the OpenAPI description and looks for answers that break it, or a fault of the server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode

import chatrec.config
from chatrec.serving.rest import create_app
from chatrec.serving.session import Service

OPERATIONS = [  # the first two take what could be wrong
    ("POST", "/recommend"),
    ("POST", "/feedback"),
    ("GET", "/sessions/{session_id}"),
    ("DELETE", "/sessions/{session_id}"),
    ("DELETE", "/sessions/{session_id}/wishes"),
    ("GET", "/users/{user}"),
    ("DELETE", "/users/{user}"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/metrics"),
]


@pytest.fixture(scope="module")
def described(plain_service: Service) -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHATREC_RATE_LIMIT", "0")
        chatrec.config.settings.cache_clear()
        yield schemathesis.openapi.from_asgi("/openapi.json", create_app(plain_service, page=False))
    chatrec.config.settings.cache_clear()


def test_every_operation_is_tried(described: Any) -> None:
    found = {(result.ok().method.upper(), result.ok().path) for result in described.get_all_operations()}
    assert found == set(OPERATIONS)


@pytest.mark.parametrize(
    ("method", "path", "mode"),
    [(*operation, GenerationMode.POSITIVE) for operation in OPERATIONS]
    + [(*operation, GenerationMode.NEGATIVE) for operation in OPERATIONS[:2]],
)
def test_the_answers_are_as_described(described: Any, method: str, path: str, mode: GenerationMode) -> None:
    operation = described[path][method]

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    def check(case: Any) -> None:
        case.call_and_validate()

    check()
