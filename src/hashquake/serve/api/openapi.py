"""The description of the API: /openapi.json, from the paths as they are."""

from typing import Any

from fastapi import FastAPI

_TABLE = {
    "text/csv": {"schema": {"type": "string"}},
    "application/vnd.apache.parquet": {"schema": {"type": "string", "format": "binary"}},
}
_NUMBERS = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
_METHODS = ("get", "post", "delete")


def openapi_document(app: FastAPI, *, tables: tuple[str, ...], root_path: str) -> dict[str, Any]:
    """Return the OpenAPI document.

    Parameters
    ----------
    app : FastAPI
        With all of its paths.
    tables : tuple of str
        Paths that have tables too.
    root_path : str
        Where a proxy shows the server.
    """
    document: dict[str, Any] = {**app.openapi()}
    document["servers"] = [{"url": root_path or "/"}]
    for path, methods in document["paths"].items():
        for method in _METHODS:
            if method not in methods:
                continue
            responses = methods[method]["responses"]
            responses.pop("422", None)  # what cannot be read is 400 here, as every wrong question
            content = responses.get("200", {}).get("content", {})
            if path in tables:
                content |= _TABLE
            if path.endswith("/rates"):
                content |= _NUMBERS
            if method == "get" and "application/json" in content:
                responses["304"] = {"description": "Nothing changed since the tag was given."}
    schemas = document["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    return document
