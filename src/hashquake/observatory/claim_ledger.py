"""The ledger of checked claims: what was said, what the record said of it, and when that changed.

A claim is an opinion like a quake: a changed verdict is a new revision, and none is ever edited.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from hashquake.catalog.documents.fields import plain, reading, typed
from hashquake.core.claim import Verdict
from hashquake.core.opinion import Opinion
from hashquake.core.record import Record
from hashquake.judge.check import Check

CLAIM_SCOPE = ""
"""Claims have one ledger."""
_NAME_LETTERS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedClaim:
    """One verdict on one claim, as the ledger keeps it.

    Parameters
    ----------
    name : str
        Of the claim: the same words about the same thing have the same name.
    revision : int
        1 for the first verdict on it.
    checked_s : float
        When it was judged, UTC Unix seconds.
    known_s : float
        What was known by then was used, UTC Unix seconds.
    verdict : Verdict
        With the claim.
    """

    name: str
    revision: int
    checked_s: float
    known_s: float
    verdict: Verdict


def claim_name(verdict: Verdict) -> str:
    """Return the name of a claim in the ledger.

    Parameters
    ----------
    verdict : Verdict
        Of the claim; its words, what they are about and when they were published count.
    """
    claim = verdict.about
    window = None if claim.window is None else (claim.window.start_s, claim.window.end_s)
    parts = (
        claim.text,
        claim.subject,
        claim.quantity,
        claim.low,
        claim.high,
        claim.relation,
        window,
        claim.speaker,
        claim.url,
        claim.published_s,
    )
    digest = hashlib.sha256(json.dumps(parts, ensure_ascii=True).encode()).hexdigest()
    return f"cl{digest[:_NAME_LETTERS]}"


def keep(record: Record, check: Check, *, now_s: float) -> int:
    """Keep the verdicts of a check that are new or have changed.

    Parameters
    ----------
    record : Record
        To write to.
    check : Check
        From `Observatory.check`.
    now_s : float
        The clock, UTC Unix seconds.

    Returns
    -------
    int
        How many were kept.

    Raises
    ------
    RecordError
        ``record-read-only`` and what else writing may meet.
    """
    with record.writing() as writing:
        latest = {one.name: one for one in writing.opinions("claim")}
        arriving: dict[str, Opinion] = {}
        for verdict in check.verdicts:
            name = claim_name(verdict)
            before = latest.get(name)
            document = {"verdict": plain(verdict), "checked_s": now_s, "known_s": check.known_s}
            if before is not None and _same(before.document["verdict"], document["verdict"]):
                continue
            arriving.setdefault(
                name,
                Opinion(
                    kind="claim",
                    scope=CLAIM_SCOPE,
                    name=name,
                    revision=1 if before is None else before.revision + 1,
                    document=document,
                ),
            )
        if arriving:
            writing.add_opinions(tuple(arriving.values()))
    return len(arriving)


def ledger(record: Record) -> tuple[CheckedClaim, ...]:
    """Return every verdict that the record keeps, oldest first.

    Parameters
    ----------
    record : Record
        To read.

    Raises
    ------
    RecordError
        ``opinion-unreadable``.
    """
    return tuple(_checked(one) for one in record.opinions("claim"))


def _checked(opinion: Opinion) -> CheckedClaim:
    with reading("a checked claim"):
        document = opinion.document
        return CheckedClaim(
            name=opinion.name,
            revision=opinion.revision,
            checked_s=float(document["checked_s"]),
            known_s=float(document["known_s"]),
            verdict=typed(Verdict, document["verdict"]),
        )


def _same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return all(one[key] == other[key] for key in ("call", "probability", "measured"))
