"""The bodies that REST takes: a JSON object or a form."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import parse_qs

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field, field_validator
from starlette.exceptions import HTTPException

from chatrec.serving.memory import USER

FORM, JSON = "application/x-www-form-urlencoded", "application/json"

Named = Annotated[str, Field(max_length=100)]
SessionId = Annotated[str, Field(max_length=200)]
UserId = Annotated[str, Field(pattern=f"^{USER.pattern}$")]


class Surroundings(BaseModel):
    """Where and when a person asks, as far as the client wants to tell: it brings soft wishes."""

    model_config = ConfigDict(extra="ignore", strict=True)

    time: Annotated[
        datetime | None, Field(strict=False, description="The person's own clock, e.g. 2026-10-30T20:15.")
    ] = None
    place: Named = ""
    device: Named = ""
    occasion: Named = ""


class Message(BaseModel):
    """What `POST /recommend` takes, as JSON or as a form."""

    model_config = ConfigDict(extra="ignore", strict=True)

    user_input: Annotated[
        str, Field(description="What the user typed.", examples=["Something like Interstellar"])
    ]
    session: SessionId | None = Field(
        None, description="The session to go on with; a new one is started without it."
    )
    language: str | None = Field(
        None, max_length=20, description="Language to assume where the text does not tell."
    )

    @field_validator("language", "diversity", mode="before")
    @classmethod
    def _none_in_a_form(cls, value: Any) -> Any:
        """Read `null`, which is all that a form can send for it, as nothing said."""
        return None if value == "null" else value

    user: str = Field(
        "",
        pattern=f"^({USER.pattern})?$",
        description="Drawn at random and kept by a client whose user agrees to be remembered; else empty.",
    )
    pack: str = Field(
        "",
        max_length=200,
        description="The pack to talk about; without it the session's own, or the first. Another starts a new session.",
    )
    diversity: Annotated[
        float | None,
        Field(
            strict=False,
            ge=0,
            le=1,
            description="How much lists avoid items that are alike, from this one on: 0 (the best, however alike) to 1.",
        ),
    ] = None
    context: Surroundings | None = Field(
        None, description="Time, place, device, occasion; only where it is given does it count. JSON only."
    )


class Feedback(BaseModel):
    """What `POST /feedback` takes."""

    model_config = ConfigDict(extra="ignore", strict=True)

    session: SessionId
    item: Annotated[str, Field(max_length=2000, description="The `iri` of an item.")]
    rating: Annotated[str, Field(max_length=20, description="like, dislike, seen, or none (takes it back).")]


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
