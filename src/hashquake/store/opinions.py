"""Opinions of quakes and of outages in the record: they are added, never changed."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, insert, select

from hashquake.core.contracts import OpinionKind
from hashquake.store.additions import next_id
from hashquake.store.schema import opinions

_PREFIX: dict[OpinionKind, str] = {"quake": "hq", "outage": "ou"}
"""Identifiers tell what an opinion is of."""
_NO_RATE_PER_YEAR = 0.0
"""Outages have no dial for false alarms: the column holds this, their documents nothing."""


def append_opinions(
    connection: Connection,
    documents: Sequence[Mapping[str, Any]],
    *,
    recorded_s: float,
    about: OpinionKind = "quake",
) -> int:
    """Add the opinions that are new.

    A changed opinion becomes the next revision of its quake or outage. A quake's opinion is known
    when it was ever held, since a replay tells all of them again; an outage's when it is the one
    held last, whenever it was formed.

    Parameters
    ----------
    connection : Connection
        Inside a transaction.
    documents : sequence of mapping
        Opinions as `hashquake.catalog.documents.quake_document` or
        `hashquake.catalog.outage_documents.outage_document` writes them, in their order.
    recorded_s : float
        UTC Unix seconds.
    about : {"quake", "outage"}
        What they are of.

    Returns
    -------
    int
        Opinions added.
    """
    held: dict[tuple[float, str], list[str]] = {}
    rows = connection.execute(
        select(opinions.c.false_alarms_per_year, opinions.c.quake, opinions.c.document)
        .where(opinions.c.quake.startswith(_PREFIX[about]))
        .order_by(opinions.c.revision)
    )
    for per_year, name, text in rows:
        held.setdefault((per_year, name), []).append(_core(json.loads(text), about))
    at = next_id(connection, opinions)
    added = 0
    for document in documents:
        per_year = float(document.get("false_alarms_per_year", _NO_RATE_PER_YEAR))
        key = (per_year, str(document["id"]))
        known = held.setdefault(key, [])
        core = _core(document, about)
        if core in (known if about == "quake" else known[-1:]):
            continue
        known.append(core)
        text = json.dumps({**document, "revision": len(known)}, sort_keys=True)
        connection.execute(
            insert(opinions).values(
                id=at + added,
                quake=key[1],
                revision=len(known),
                false_alarms_per_year=key[0],
                recorded_s=recorded_s,
                document=text,
            )
        )
        added += 1
    return added


def read_opinions(
    connection: Connection, *, about: OpinionKind = "quake"
) -> tuple[dict[str, Any], ...]:
    """Give every opinion held of quakes or of outages, in the order in which they were recorded."""
    texts = connection.execute(
        select(opinions.c.document)
        .where(opinions.c.quake.startswith(_PREFIX[about]))
        .order_by(opinions.c.id)
    ).scalars()
    return tuple(json.loads(text) for text in texts)


def _core(document: Mapping[str, Any], about: OpinionKind) -> str:
    """Give what makes an opinion: not the number it goes by, nor, of an outage, its date.

    Every new value moves the date on to which signals had come; that alone is no other opinion.
    """
    apart = {"revision"} if about == "quake" else {"revision", "issued_s"}
    return json.dumps({k: v for k, v in document.items() if k not in apart}, sort_keys=True)
