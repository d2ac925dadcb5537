"""The page `/docs`: the REST interface as plain HTML, without a script or a style from elsewhere."""

from __future__ import annotations

from typing import Any

from chatrec.serving.templates import render


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
