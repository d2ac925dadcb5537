"""The bodies that REST takes: a JSON object or a form."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs

from fastapi import Request
from starlette.exceptions import HTTPException

FORM, JSON = "application/x-www-form-urlencoded", "application/json"


async def fields(request: Request) -> dict[str, Any]:
    """Read the fields of a JSON object or a form. Raises HTTPException where the body is neither."""
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind == "multipart/form-data":
        async with request.form(max_files=0, max_fields=20) as form:
            return dict(form)
    body = await request.body()
    if kind == FORM:
        return {key: values[-1] for key, values in parse_qs(body.decode("utf-8", "replace"), True).items()}
    if kind == JSON:
        return _json_object(body)
    raise HTTPException(
        415, f"Send {JSON} or a form ({FORM}), not {kind or 'a body without a content type'}."
    )


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise HTTPException(400, f"The body is no valid JSON: {error}") from error
    if not isinstance(sent, dict):
        raise HTTPException(422, "The body has to be a JSON object with named fields.")
    return sent
