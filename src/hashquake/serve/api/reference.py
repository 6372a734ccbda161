"""The description of the API in words: for the page at /docs and for docs/reference/api.md."""

from dataclasses import dataclass
from typing import Any

_METHODS = ("get", "post", "delete")


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribedField:
    """A parameter of a path, or a key of a document.

    Parameters
    ----------
    name, kind, text : str
        Its name, what it is, and a sentence on it.
    """

    name: str
    kind: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribedPath:
    """One path with one method.

    Parameters
    ----------
    method, path : str
        Such as ``GET`` and ``/api/v1/quakes``.
    group : str
        What it is about.
    title : str
        Its first sentence.
    text : str
        The rest.
    parameters : tuple of DescribedField
        Of the path, the query and the body.
    answers : tuple of str
        Media types it may answer with.
    document : str
        The name of its document; empty where nothing is answered.
    """

    method: str
    path: str
    group: str
    title: str
    text: str
    parameters: tuple[DescribedField, ...]
    answers: tuple[str, ...]
    document: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribedDocument:
    """A document with its keys.

    Parameters
    ----------
    name, text : str
        Its name in the schemas, and a sentence.
    fields : tuple of DescribedField
        Its keys.
    """

    name: str
    text: str
    fields: tuple[DescribedField, ...]


def described_paths(document: dict[str, Any]) -> list[DescribedPath]:
    """Return every path of an OpenAPI document.

    Parameters
    ----------
    document : dict
        As `hashquake.serve.api.openapi` makes it.
    """
    return [
        _path(document, path, method, operations[method])
        for path, operations in document["paths"].items()
        for method in _METHODS
        if method in operations
    ]


def described_documents(document: dict[str, Any]) -> list[DescribedDocument]:
    """Return every schema of an OpenAPI document, by name.

    Parameters
    ----------
    document : dict
        As `hashquake.serve.api.openapi` makes it.
    """
    return [
        DescribedDocument(
            name=name,
            text=" ".join(schema.get("description", "").split()),
            fields=tuple(
                DescribedField(name=key, kind=_kind(one), text=one.get("description", ""))
                for key, one in schema.get("properties", {}).items()
            ),
        )
        for name, schema in sorted(document["components"]["schemas"].items())
    ]


def _path(
    document: dict[str, Any], path: str, method: str, operation: dict[str, Any]
) -> DescribedPath:
    title, _, rest = operation.get("description", "").partition("\n\n")
    fields = [
        DescribedField(
            name=one["name"],
            kind={"query": "query", "path": "path", "header": "header"}[one["in"]],
            text=one.get("description", one["schema"].get("description", "")),
        )
        for one in operation.get("parameters", ())
    ]
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    if body:
        schema = document["components"]["schemas"][_name(body["schema"])]
        fields += [
            DescribedField(name=key, kind="body", text=one.get("description", ""))
            for key, one in schema["properties"].items()
        ]
    success = next(
        answer for status, answer in operation["responses"].items() if status.startswith("2")
    )
    content = success.get("content", {})
    return DescribedPath(
        method=method.upper(),
        path=path,
        group=operation.get("tags", [""])[0],
        title=" ".join(title.split()),
        text=" ".join(rest.split()),
        parameters=tuple(fields),
        answers=tuple(content),
        document=_kind(content.get("application/json", {}).get("schema", {})),
    )


def _name(schema: dict[str, Any]) -> str:
    """Return the name of the schema referred to, which may be one that can be left out."""
    named = [schema, *schema.get("anyOf", ())]
    return str(next(one["$ref"] for one in named if "$ref" in one)).rpartition("/")[2]


def _kind(schema: dict[str, Any]) -> str:
    """Return what a schema is, in a few words."""
    if "$ref" in schema:
        return _name(schema)
    if "anyOf" in schema:
        kinds = [_kind(one) for one in schema["anyOf"]]
        return " or ".join(dict.fromkeys(kinds))
    if "enum" in schema:
        return " or ".join(f"`{one}`" for one in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    kinds_of = {"number": "number", "integer": "whole number", "string": "text"}
    kind = str(schema.get("type", ""))
    return kinds_of.get(kind, kind or "any")


def reference_markdown(document: dict[str, Any]) -> str:
    """Return ``docs/reference/api.md``.

    Parameters
    ----------
    document : dict
        The OpenAPI document.
    """
    lines = [
        "# The API",
        "",
        "<!-- made by scripts/build_api_reference.py; a test compares it with the code -->",
        "",
        *document["info"]["description"].strip().splitlines(),
        "",
        "`hashquake serve` answers under `/api/v1`; [how to run it](../how-to/serve_the_api.md).",
        "Keys may be added to documents, none is ever renamed. Lists come in pages: `next` is the",
        "`cursor` of the next one. Every answer about the record has an `ETag`.",
    ]
    group = ""
    for path in described_paths(document):
        if path.group != group:
            group = path.group
            lines += ["", f"## {group.capitalize()}"]
        lines += ["", f"### `{path.method} {path.path}`", "", path.title]
        if path.text:
            lines += ["", path.text]
        if path.parameters:
            lines += ["", "| parameter | in | |", "|---|---|---|"]
            lines += [f"| `{one.name}` | {one.kind} | {one.text} |" for one in path.parameters]
        lines += ["", f"Answers: {', '.join(f'`{one}`' for one in path.answers) or 'nothing'}"]
        if path.document:
            lines[-1] += f"; the document is {path.document}."
    lines += ["", "## Documents"]
    for one in described_documents(document):
        lines += ["", f"### {one.name}", "", one.text, "", "| key | value | |", "|---|---|---|"]
        lines += [f"| `{key.name}` | {key.kind} | {key.text} |" for key in one.fields]
    return "\n".join(lines) + "\n"
