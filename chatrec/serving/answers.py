"""What REST answers, for the OpenAPI description: the models document the JSON and do not filter it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from chatrec.serving.problems import MEDIA_TYPE

_ABOUT = {
    400: "The body cannot be read.",
    404: "There is no such session.",
    413: "The body is too large.",
    415: "The body is neither JSON nor a form.",
    422: "Something is missing or unusable; the detail names it.",
    429: "Too many requests from this client; Retry-After says when to try again.",
    500: "A fault of the server.",
    503: "Too many people wait, or the graph or the database does not answer; Retry-After says when to try again.",
}


class Wish(BaseModel):
    """A wish in force."""

    slot: str
    op: str = Field(description="One of = > >= < <=.")
    value: str | int | float | None
    polarity: str = Field(description="like or dislike.")
    soft: bool = Field(False, description="True for a wish that need not be met.")
    label: str = Field("", description="A soft wish in words.")
    reason: str = Field("", description="What in the context brought a soft wish, in words; else empty.")


class Act(BaseModel):
    """What one part of a message does."""

    act: str
    slot: str | None
    op: str | None
    value: str | int | float | None
    iri: str | None
    polarity: str
    text: str = Field(description="The words it was read from.")
    soft: bool = Field(False, description="True for a wish that need not be met.")


class Item(BaseModel):
    """A recommended item."""

    iri: str
    label: str
    why: list[str]
    facts: list[list[str]]


class Claim(BaseModel):
    """A stretch of the reply, in code points, and the triple that it states."""

    start: int
    end: int
    text: str
    triple: list[str]


class TurnAnswer(BaseModel):
    """A turn of the conversation."""

    turn: int
    session: str
    user: str
    language: str
    intent: str
    acts: list[Act]
    constraints: list[Wish]
    reply: str
    items: list[Item]
    claims: list[Claim]
    sparql: str
    timings_ms: dict[str, float]


class Recommendation(TurnAnswer):
    """The answer to a message."""

    recommendation: str = Field(description="The same as `reply`.")


class Rated(BaseModel):
    """What the session holds after a rating, by IRI."""

    likes: list[str]
    dislikes: list[str]
    seen: list[str]
    session: str
    item: str
    rating: str


class SessionAnswer(BaseModel):
    """All that is kept of a session."""

    session: str
    language: str
    constraints: list[Wish]
    likes: list[str]
    dislikes: list[str]
    seen: list[str]
    diversity: float = Field(description="How much its lists avoid items that are alike, from 0 to 1.")
    turns: list[TurnAnswer]


class Wishes(BaseModel):
    """The wishes in force after one was dropped."""

    session: str
    constraints: list[Wish]


class Forgotten(BaseModel):
    """A session is gone."""

    session: str
    deleted: bool


class Remembered(BaseModel):
    """What a user who agreed to be remembered has rated, by IRI."""

    user: str
    likes: list[str]
    dislikes: list[str]
    seen: list[str]


class ForgottenUser(BaseModel):
    """A user is forgotten."""

    user: str
    sessions: int = Field(description="How many sessions were erased.")


class Alive(BaseModel):
    """The server runs."""

    status: str
    packs: list[str] = Field(description="The packs that it talks about, the default one first.")


class Ready(BaseModel):
    """The server can answer."""

    status: str
    pack: str


def responses(
    model: type[BaseModel], *refusals: int, stream: bool = False
) -> dict[int | str, dict[str, Any]]:
    """Return the documented answers of an operation: its model, and problems for the given statuses."""
    good: dict[str, Any] = {"model": model, "description": (model.__doc__ or "").strip()}
    if stream:
        good["content"] = {"text/event-stream": {"schema": {"type": "string"}}}
    shape = {"schema": {"$ref": "#/components/schemas/Problem"}}
    found: dict[int | str, dict[str, Any]] = {200: good}
    for status in refusals:
        found[status] = {"description": _ABOUT[status], "content": {MEDIA_TYPE: shape}}
    return found
