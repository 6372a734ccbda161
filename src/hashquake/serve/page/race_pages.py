"""Pages of the laboratory that need no queue: two chains of a cut, and stale blocks."""

from contextlib import nullcontext
from typing import Any

from hashquake.core.errors import HashquakeError
from hashquake.core.interval import Interval
from hashquake.observatory import Observatory
from hashquake.serve.api.race_worker import raced_apart
from hashquake.serve.api.routes_races import BLOCKS, asked_delays_s
from hashquake.serve.language import message, translate
from hashquake.serve.page.website import Website
from hashquake.serve.race_documents import partition_document, stale_documents
from hashquake.serve.source_names import pool_name


def partition_page(ask: Observatory, site: Website, asked: dict[str, str]) -> str:
    """Return the page of a country that is cut off and mines on.

    Parameters
    ----------
    ask : Observatory
        Of the record.
    site : Website
        Where the page is.
    asked : dict of str to str
        ``country``, ``share``, ``duration`` and ``domestic`` as typed; empty is not given. What
        cannot be answered is said on the page, next to what was typed.
    """
    document: dict[str, Any] | None = None
    trouble = ""
    try:
        document = partition_document(
            lambda: nullcontext(ask),
            duration=asked["duration"],
            share=asked["share"] or None,
            country=None if asked["share"] else asked["country"] or None,
            domestic=asked["domestic"] or "100%",
        )
    except HashquakeError as error:
        trouble = "; ".join(one for one in (error.message, error.hint) if one)
    return site.render(
        "partition.html.j2",
        section="laboratory",
        title=translate("A country cut off that mines on"),
        description=translate(
            "Two chains while a country is cut off, and what is undone when it heals."
        ),
        asked=asked,
        document=document,
        trouble=trouble,
        sides=[]
        if document is None
        else [_side(document, name) for name in (message("inside"), message("outside"))],
    )


def stale_page(ask: Observatory, site: Website, asked: dict[str, str]) -> str:
    """Return the page of stale blocks by the time a block takes to spread.

    Parameters
    ----------
    ask : Observatory
        Of the record.
    site : Website
        Where the page is.
    asked : dict of str to str
        ``delays`` and ``shares`` as typed.
    """
    documents: list[dict[str, Any]] = []
    trouble = ""
    try:
        documents = stale_documents(
            lambda: nullcontext(ask),
            delays_s=asked_delays_s(asked["delays"]),
            shares=asked["shares"] or None,
            blocks=BLOCKS,
            raced=raced_apart,
        )
    except HashquakeError as error:
        trouble = "; ".join(one for one in (error.message, error.hint) if one)
    return site.render(
        "stale.html.j2",
        section="laboratory",
        title=translate("Stale blocks"),
        description=translate("The share of each pool's blocks that come too late."),
        asked=asked,
        documents=documents,
        rows=_pool_rows(documents),
        blocks=BLOCKS,
        trouble=trouble,
    )


def _side(document: dict[str, Any], name: str) -> dict[str, Any]:
    return {
        "name": name,
        "blocks": Interval(**document[f"{name}_blocks"]),
        "undone": Interval(**document[f"undone_{name}_blocks"]),
        "interval_s": document[f"{name}_interval_s"],
    }


def _pool_rows(documents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a row a pool with a cell a delay; equal small pools once."""
    if not documents:
        return []
    rows = []
    for k, one in enumerate(documents[0]["pools"]):
        name = one["pool"]
        if name.startswith("other ") and name != "other 1":
            continue
        rows.append(
            {
                "name": translate("a small pool") if name == "other 1" else pool_name(name),
                "share": one["share"],
                "stale": [each["pools"][k]["stale_share"] for each in documents],
            }
        )
    return rows
