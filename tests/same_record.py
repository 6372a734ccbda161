"""What two records say, made comparable: what a fault must not change."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hashquake.core.header import hash_text
from hashquake.core.opinion import OpinionKind
from hashquake.observatory import open_observatory

_OF_THE_RUN = ("seen_s", "at_s", "id", "revised_s", "made_s", "received_s")


def blocks_of(where: str | Path) -> list[tuple[Any, ...]]:
    """Return every block of a record, by height and hash, with all that is kept of it.

    Of a stale block whoever came after the reorganisation knows the header alone.
    """
    with open_observatory(str(where)) as observatory:
        found = observatory.record.blocks(stale=True, detail=True)
        return sorted(
            (
                one.height,
                hash_text(one.hash or b""),
                one.header_s,
                one.bits,
                one.fate,
                *((one.pool, one.coinbase, one.payouts) if one.fate == "main" else ()),
            )
            for one in found.blocks()
        )


def opinions_of(where: str | Path, *kinds: OpinionKind) -> list[str]:
    """Return every opinion of some kinds, all revisions."""
    with open_observatory(str(where)) as observatory:
        return sorted(
            json.dumps(
                [one.kind, one.scope, one.name, one.revision, _timeless(one.document)],
                sort_keys=True,
            )
            for kind in kinds
            for one in observatory.record.opinions(kind)
        )


def changes_of(where: str | Path, kinds: Sequence[str]) -> "Counter[str]":
    """Count the changes of some kinds, each without its number and time."""
    with open_observatory(str(where)) as observatory:
        return Counter(
            json.dumps([one.kind, one.subject, _timeless(one.document)], sort_keys=True)
            for one in observatory.changes(limit=1_000_000)
            if one.kind in kinds
        )


def _timeless(document: Any) -> Any:
    """Return a document without the times of the run that made it."""
    if isinstance(document, dict):
        return {
            name: _timeless(value) for name, value in document.items() if name not in _OF_THE_RUN
        }
    return document
