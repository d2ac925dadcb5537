"""The page `/docs`: the REST interface as plain HTML, without a script or a style from elsewhere."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from chatrec.dialogue.feedback import RATINGS
from chatrec.serving.packs import Packs
from chatrec.serving.problems import Problem
from chatrec.serving.templates import render


def describe(app: FastAPI, packs: Packs) -> None:
    """Complete the OpenAPI description of an application with what only the running service knows."""
    made = app.openapi

    def complete() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = made()
            schema.setdefault("components", {}).setdefault("schemas", {})["Problem"] = (
                Problem.model_json_schema()
            )
            _allow(schema, "/recommend", "language", [None, "", *packs.languages])
            _allow(schema, "/recommend", "pack", ["", *packs.names])
            _allow(schema, "/feedback", "rating", list(RATINGS))
        return app.openapi_schema or {}

    app.openapi = complete  # type: ignore[method-assign]


def _allow(schema: dict[str, Any], path: str, field: str, values: list[str | None]) -> None:
    """Name the values that a field of a request may have."""
    for body in schema["paths"][path]["post"]["requestBody"]["content"].values():
        body["schema"]["properties"][field]["enum"] = values


def docs_page(openapi: dict[str, Any]) -> str:
    """Return an HTML page that lists the operations of an OpenAPI description."""
    operations = [
        {
            "method": method.upper(),
            "path": path,
            "description": operation.get("description", ""),
            **_body(operation.get("requestBody")),
        }
        for path, methods in openapi["paths"].items()
        for method, operation in methods.items()
    ]
    return render("docs.html", info=openapi["info"], operations=operations)


def _body(body: dict[str, Any] | None) -> dict[str, Any]:
    """Return the content types that an operation takes, and its fields with a word about each."""
    if body is None:
        return {"kinds": (), "fields": {}}
    schema = next(iter(body["content"].values()))["schema"]
    fields = {name: field.get("description", "a text") for name, field in schema["properties"].items()}
    return {"kinds": tuple(body["content"]), "fields": fields}
