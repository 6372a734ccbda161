"""The reasons of outages in sentences: of their classes, and of signals that covered nothing."""

from collections.abc import Iterable
from typing import Any

from hashquake.catalog.documents.outages import SIGNALS, ordered
from hashquake.core.outage import Outage, OutageClass
from hashquake.core.reason import (
    Finding,
    Sentence,
    ShortHistory,
    SilenceReason,
    SilentSince,
    SilentUntil,
    SourceFailed,
)
from hashquake.core.times import format_time
from hashquake.serve.wording.numbers import length, listed, percent, times

NO_SOURCE = "no source of it is in the record"
_SIGNAL_NAMES = {
    "bgp": "routes",
    "connectivity": "connectivity as a whole",
    "probing": "active probing",
}


def signal_name(signal: str) -> str:
    """Name what was measured as readers know it; other names stay as they are.

    Parameters
    ----------
    signal : str
        Its code, such as ``bgp``.

    Examples
    --------
    >>> signal_name("bgp"), signal_name("traffic")
    ('routes', 'traffic')
    """
    return _SIGNAL_NAMES.get(signal, signal)


def class_because(one: OutageClass) -> str:
    """Return what speaks for and against a class, in up to two sentences without a full stop.

    Parameters
    ----------
    one : OutageClass
        A class with its reason.
    """
    reason = one.reason
    if isinstance(reason, Sentence):
        return reason.text
    parts = []
    if reason.supporting:
        parts.append(f"for it: {'; '.join(map(finding_text, reason.supporting))}")
    if reason.opposing:
        parts.append(f"against it: {'; '.join(map(finding_text, reason.opposing))}")
    if not parts:
        before = percent(reason.prior_probability)
        parts.append(f"no evidence for or against; {before} of outages are of this class")
    return ". ".join(parts)


def finding_text(finding: Finding) -> str:
    """Return one piece of evidence in words.

    Parameters
    ----------
    finding : Finding
        Code and values of one piece of evidence.
    """
    value = 0.0 if finding.value is None else finding.value
    saw, missed = (listed(tuple(map(signal_name, some))) for some in (finding.saw, finding.missed))
    texts = {
        "total": f"{percent(value)} of the usual connectivity was lost",
        "partial": f"only {percent(value)} of the usual connectivity was lost",
        "agreement": f"{saw} agree",
        "traffic_only": "traffic fell while hosts still answered probes",
        "lone_witness": f"only {saw} saw it, {missed} did not",
        "routes_only": f"only routes fell, {missed} did not",
        "routes_stay": f"{percent(value)} of the routes remained",
        "routes_gone": f"only {percent(value)} of the routes remained",
        "elsewhere": f"outages began in {percent(value)} of other countries at the same time",
        "recurrence": "it recurred at the same time of day",
        "switched": f"connectivity came back {times(value)} in between",
        "mostly_dark": f"connectivity was lost for {percent(value)} of the time",
        "half_hour": "it begins and ends on the hour or half hour",
        "long": f"it lasted {length(value)}" if finding.value else "it lasted for days",
        "slid": f"connectivity fell over {length(value)}",
        "climbed": f"connectivity took {length(value)} to come back",
        "sprang_back": "connectivity came back abruptly",
        "simultaneous": f"{percent(value)} of the networks fell within 15 minutes",
        "staggered": f"the networks fell one after another over {length(value)}",
        "stepwise": f"the networks fell one after another over {length(value)}, each at once",
        "gradual": f"{percent(value)} of the networks declined for over half an hour",
        "abrupt": "networks fell abruptly",
        "together_back": f"{percent(value)} of the networks came back within 15 minutes",
        "slow_return": f"only {percent(value)} of the networks came back within 15 minutes",
        "thinned": f"networks that fell lost {percent(value)} of their own connectivity each",
        "mobile_fell": "mobile networks fell and fixed ones did not",
        "both_fell": "mobile and fixed networks fell alike",
        "upstream": "the networks that fell share an upstream that the others do not use",
    }
    return texts.get(finding.name, finding.name.replace("_", " "))


def silence_because(reasons: Iterable[SilenceReason]) -> str:
    """Return why a witness covered nothing; empty when it covered something.

    Parameters
    ----------
    reasons : iterable of SilenceReason
        Codes and values.
    """
    return "; ".join(map(_silence, reasons))


def _silence(reason: SilenceReason) -> str:
    match reason:
        case Sentence():
            return reason.text
        case ShortHistory():
            return "it had values, but too little history to know what is usual"
        case SilentSince():
            return f"it was silent; its last value before is of {format_time(reason.last_s)}"
        case SilentUntil():
            return f"it was silent; its values begin at {format_time(reason.first_s)}"
        case SourceFailed():
            return f"its last run, {format_time(reason.ended_s)}, failed [{reason.error}]"


def coverage_rows(outage: Outage) -> list[dict[str, Any]]:
    """Return for each signal what part of the dark time it covered, or why it covered nothing.

    Parameters
    ----------
    outage : Outage
        With its witnesses.
    """
    rows = []
    witnesses = (*outage.seen_by, *outage.not_seen_by)
    for signal in ordered({*SIGNALS, *(witness.signal for witness in witnesses)}):
        mine = [witness for witness in witnesses if witness.signal == signal]
        best = max(mine, key=lambda witness: witness.covered_share, default=None)
        rows.append(
            {
                "signal": signal,
                "covered_share": 0.0 if best is None else round(best.covered_share, 4),
                "because": NO_SOURCE if best is None else silence_because(best.reasons),
            }
        )
    return rows
