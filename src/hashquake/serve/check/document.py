"""A checked text as one document for programs."""

from collections.abc import Sequence
from typing import Any

from hashquake.catalog.documents import reason_document
from hashquake.core.claim import Verdict
from hashquake.judge.arithmetic import Calculation
from hashquake.judge.check import Check
from hashquake.judge.claim_groups import ClaimGroup
from hashquake.observatory.claim_ledger import CheckedClaim
from hashquake.serve.check.words import calculation_because, group_because
from hashquake.serve.shapes import interval_shape, window_shape
from hashquake.serve.wording import verdict_because

_UNITS = {"hps": "hps", "usd": "usd", "mw": "mw", "share": "share"}


def check_document(check: Check) -> dict[str, Any]:
    """Return the document that ``hashquake check --json`` prints.

    Parameters
    ----------
    check : Check
        From `Observatory.check`.
    """
    then = check.at_publication or (None,) * len(check.verdicts)
    return {
        "claims": [
            {
                **claim_document(verdict),
                "at_publication": None if earlier is None else _verdict(earlier),
            }
            for verdict, earlier in zip(check.verdicts, then, strict=True)
        ],
        "groups": [_group(group, check.verdicts) for group in check.groups],
        "arithmetic": [_calculation(one) for one in check.calculations],
        "questions": [{"text": one.text, "span": list(one.span)} for one in check.questions],
        "language": check.language,
        "published_s": check.published_s,
        "known_s": check.known_s,
    }


def joined_documents(checks: Sequence[Check], names: Sequence[str]) -> dict[str, Any]:
    """Return the document of one or more texts; claims of several carry the name of theirs.

    Parameters
    ----------
    checks : sequence of Check
        Of the texts.
    names : sequence of str
        Of the texts.
    """
    documents = [check_document(check) for check in checks]
    if len(documents) == 1:
        return documents[0]
    joined: dict[str, Any] = {"claims": [], "groups": [], "arithmetic": [], "questions": []}
    for name, document in zip(names, documents, strict=True):
        shift = len(joined["claims"])
        for key in ("groups", "arithmetic"):
            for one in document[key]:
                moved = {**one, "claims": [at + shift for at in one["claims"]], "file": name}
                if moved.get("stated") is not None:
                    moved["stated"] += shift
                joined[key].append(moved)
        for key in ("claims", "questions"):
            joined[key] += [{**one, "file": name} for one in document[key]]
    return {
        **joined,
        "language": documents[0]["language"],
        "published_s": documents[0]["published_s"],
        "known_s": documents[0]["known_s"],
    }


def ledger_documents(kept: Sequence[CheckedClaim]) -> list[dict[str, Any]]:
    """Return the claims of a ledger, each with its last verdict, in order of the first check.

    Parameters
    ----------
    kept : sequence of CheckedClaim
        From `Observatory.claim_ledger`, oldest first.
    """
    first: dict[str, float] = {}
    last: dict[str, CheckedClaim] = {}
    for one in kept:
        first.setdefault(one.name, one.checked_s)
        last[one.name] = one
    documents = [
        {**revision_document(one), "first_checked_s": first[name]} for name, one in last.items()
    ]
    return sorted(documents, key=lambda one: (one["first_checked_s"], one["id"]))


def revision_document(one: CheckedClaim) -> dict[str, Any]:
    """Return one verdict of the ledger.

    Parameters
    ----------
    one : CheckedClaim
        A revision.
    """
    return {
        "id": one.name,
        "revision": one.revision,
        "checked_s": one.checked_s,
        "known_s": one.known_s,
        **claim_document(one.verdict),
    }


def claim_document(verdict: Verdict) -> dict[str, Any]:
    """Return a claim with its verdict.

    Parameters
    ----------
    verdict : Verdict
        Of one claim.
    """
    claim = verdict.about
    return {
        "text": claim.text,
        "span": list(claim.span or (0, len(claim.text))),
        "figure_span": None if claim.figure_span is None else list(claim.figure_span),
        "language": claim.language,
        "subject": claim.subject,
        "quantity": claim.quantity,
        "low": claim.low,
        "high": claim.high,
        "measure": claim.measure or None,
        "unit": _UNITS.get(claim.quantity.rpartition("_")[2], ""),
        "relation": claim.relation,
        "window": None if claim.window is None else window_shape(claim.window),
        "hedge": claim.hedge or None,
        "speaker": claim.speaker or None,
        "url": claim.url or None,
        "published_s": claim.published_s,
        **_verdict(verdict),
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "call": verdict.call,
        "consistent": verdict.is_consistent,
        "probability": verdict.probability,
        "measured": interval_shape(verdict.measured),
        "because": verdict_because(verdict.reason),
        "reason": reason_document(verdict.reason),
    }


def _group(group: ClaimGroup, verdicts: Sequence[Verdict]) -> dict[str, Any]:
    return {
        "quantity": group.quantity,
        "subject": group.subject,
        "claims": list(group.claims),
        "low": group.low,
        "high": group.high,
        "causes": list(group.causes),
        "because": group_because(group, verdicts),
    }


def _calculation(one: Calculation) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "claims": list(one.claims),
        "stated": one.stated,
        "value": {"low": one.value_low, "high": one.value_high},
        "agrees": one.agrees,
        "because": calculation_because(one),
    }
