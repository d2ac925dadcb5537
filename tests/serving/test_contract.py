"""schemathesis reads the OpenAPI description and looks for answers that break it, or a fault of the server."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings

from chatrec.serving.rest import create_app
from chatrec.serving.session import Service


@pytest.fixture
def described(plain_service: Service, configure: Any) -> Any:
    configure(rate_limit=0)
    return schemathesis.openapi.from_asgi("/openapi.json", create_app(plain_service, page=False))


api = schemathesis.pytest.from_fixture("described")


@api.parametrize()
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_the_answers_are_as_described(case: Any) -> None:
    case.call_and_validate()
