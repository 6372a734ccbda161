"""Outages as documents: the shape the command line promises, cut to what is known."""

from typing import Any

from hashquake.core.outage import Outage, Witness
from hashquake.core.window import Window
from hashquake.detect.series import BGP, PROBING, TELESCOPE, TRAFFIC

SIGNALS = (PROBING, TRAFFIC, BGP, TELESCOPE)
"""In the order in which they tell of users."""


def outage_document(outage: Outage) -> dict[str, Any]:
    """Give an outage as a document of plain values.

    Parameters
    ----------
    outage : Outage
        One opinion.

    Returns
    -------
    dict
        With the keys of the command line's contract, every witness, and what was not watched.
    """
    saw = {witness.signal for witness in outage.seen_by}
    witnesses = [
        *(_witness(witness, saw=True) for witness in outage.seen_by),
        *(_witness(witness, saw=False) for witness in outage.not_seen_by),
    ]
    watched = {witness.signal for witness in outage.not_seen_by if witness.covered_share > 0.0}
    return {
        "id": outage.id,
        "revision": outage.revision,
        "issued_s": round(outage.issued_s),
        "status": outage.status,
        "subject": outage.subject,
        "country": outage.subject.partition(":")[2],
        "onset": _window(outage.onset),
        "end_s": None if outage.end_s is None else round(outage.end_s),
        "dark_windows": [_window(window) for window in outage.dark_windows],
        "restorations": [_window(window) for window in outage.restorations],
        "depth_share": {
            "median": _share(outage.depth_share.median),
            "low": _share(outage.depth_share.low),
            "high": _share(outage.depth_share.high),
            "level": outage.depth_share.level,
        },
        "seen_by": _ordered(saw),
        # A signal without a value in the dark neither saw the outage nor missed it.
        "not_seen_by": _ordered(watched - saw),
        "coverage": _coverage(outage),
        "classes": [
            {
                "name": each.name,
                "probability": round(each.probability, 4),
                "because": each.because,
            }
            for each in outage.classes
        ],
        "witnesses": witnesses,
        "evidence": outage.evidence,
        "made_by": outage.made_by,
    }


def _witness(witness: Witness, *, saw: bool) -> dict[str, Any]:
    remaining = witness.remaining_share
    return {
        "signal": witness.signal,
        "sources": [witness.source] if witness.source else [],
        "quantity": witness.quantity,
        "evidence": witness.evidence,
        "saw": saw,
        "covered_share": _share(witness.covered_share),
        "remaining_share": None if remaining is None else _share(remaining),
        "onset": None if witness.onset is None else _window(witness.onset),
        "because": witness.because,
        "made_by": witness.made_by,
    }


def _coverage(outage: Outage) -> list[dict[str, Any]]:
    """Say for each signal what part of the dark time it covered, and why where it is none."""
    rows = []
    witnesses = (*outage.seen_by, *outage.not_seen_by)
    for signal in _ordered({*SIGNALS, *(witness.signal for witness in witnesses)}):
        mine = [witness for witness in witnesses if witness.signal == signal]
        best = max(mine, key=lambda witness: witness.covered_share, default=None)
        rows.append(
            {
                "signal": signal,
                "covered_share": 0.0 if best is None else _share(best.covered_share),
                "because": "no source of it is in the record" if best is None else best.because,
            }
        )
    return rows


def _ordered(signals: set[str]) -> list[str]:
    known = [signal for signal in SIGNALS if signal in signals]
    return [*known, *sorted(signals.difference(SIGNALS))]


def _window(window: Window) -> dict[str, int]:
    return {"start_s": round(window.start_s), "end_s": round(window.end_s)}


def _share(value: float) -> float:
    return round(value, 4)
