"""The catalog of quakes in the record: opinions are added, never changed."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, insert, select

from hashquake.store.additions import next_id
from hashquake.store.schema import opinions


def append_opinions(
    connection: Connection, documents: Sequence[Mapping[str, Any]], *, recorded_s: float
) -> int:
    """Add the opinions that are new.

    An opinion already held under its revision is left as it is. One that differs from what is held
    under the same revision is a changed opinion, and becomes the quake's next revision.

    Parameters
    ----------
    connection : Connection
        Inside a transaction.
    documents : sequence of mapping
        Opinions as `hashquake.detect.catalog_text.quake_document` writes them, in their order.
    recorded_s : float
        UTC Unix seconds.

    Returns
    -------
    int
        Opinions added.
    """
    held: dict[tuple[float, str], list[str]] = {}
    rows = connection.execute(
        select(opinions.c.false_alarms_per_year, opinions.c.quake, opinions.c.document).order_by(
            opinions.c.revision
        )
    )
    for per_year, quake, text in rows:
        held.setdefault((per_year, quake), []).append(_core(json.loads(text)))
    at = next_id(connection, opinions)
    added = 0
    for document in documents:
        key = (float(document["false_alarms_per_year"]), str(document["id"]))
        known = held.setdefault(key, [])
        if _core(document) in known:
            continue
        known.append(_core(document))
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


def read_opinions(connection: Connection) -> tuple[dict[str, Any], ...]:
    """Give every opinion held, in the order in which they were recorded."""
    texts = connection.execute(select(opinions.c.document).order_by(opinions.c.id)).scalars()
    return tuple(json.loads(text) for text in texts)


def _core(document: Mapping[str, Any]) -> str:
    """Give what makes an opinion, without the number it goes by."""
    return json.dumps({k: v for k, v in document.items() if k != "revision"}, sort_keys=True)
