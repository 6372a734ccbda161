"""The page at /docs: the description of the API for people, which loads nothing from outside."""

from importlib import resources
from itertools import groupby
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup, escape

from hashquake import __version__
from hashquake.serve.api.reference import described_documents, described_paths

_NEEDING = ("/api/v1/rates", "/api/v1/report")
"""Paths that answer nothing without a parameter: a link to them alone would be an error."""


def docs_html(document: dict[str, Any], *, root_path: str) -> str:
    """Return the page.

    Parameters
    ----------
    document : dict
        The OpenAPI document.
    root_path : str
        Where a proxy shows the server.
    """
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["marked"] = _marked
    paths = described_paths(document)
    return environment.from_string(_text("docs.html.j2")).render(
        version=__version__,
        needing=_NEEDING,
        root=root_path,
        description=document["info"]["description"].strip(),
        groups=[(group, list(some)) for group, some in groupby(paths, lambda one: one.group)],
        documents=described_documents(document),
    )


def _marked(text: str) -> Markup:
    """Return text with what stands between backticks as code, everything escaped."""
    parts = (
        Markup("<code>{}</code>").format(part) if at % 2 else escape(part)
        for at, part in enumerate(text.split("`"))
    )
    return Markup("").join(parts)


def docs_css() -> str:
    """Return the style of the page."""
    return _text("docs.css")


def _text(name: str) -> str:
    return (resources.files("hashquake.serve.api") / name).read_text(encoding="utf-8")
