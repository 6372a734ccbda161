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
from hashquake.serve.format_times import utc
from hashquake.serve.language import message, translate
from hashquake.serve.wording.numbers import length, listed, percent, times

NO_SOURCE = message("no source of it is in the record")
_SIGNAL_NAMES = {
    "bgp": message("routes"),
    "connectivity": message("connectivity as a whole"),
    "probing": message("active probing"),
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
    return translate(_SIGNAL_NAMES.get(signal, signal))


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
        parts.append(
            translate(
                "for it: {findings}", findings="; ".join(map(finding_text, reason.supporting))
            )
        )
    if reason.opposing:
        parts.append(
            translate(
                "against it: {findings}", findings="; ".join(map(finding_text, reason.opposing))
            )
        )
    if not parts:
        before = percent(reason.prior_probability)
        parts.append(
            translate(
                "no evidence for or against; {before} of outages are of this class", before=before
            )
        )
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
        "total": translate("{share} of the usual connectivity was lost", share=percent(value)),
        "partial": translate(
            "only {share} of the usual connectivity was lost", share=percent(value)
        ),
        "agreement": translate("{saw} agree", saw=saw),
        "traffic_only": translate("traffic fell while hosts still answered probes"),
        "lone_witness": translate("only {saw} saw it, {missed} did not", saw=saw, missed=missed),
        "routes_only": translate("only routes fell, {missed} did not", missed=missed),
        "routes_stay": translate("{share} of the routes remained", share=percent(value)),
        "routes_gone": translate("only {share} of the routes remained", share=percent(value)),
        "elsewhere": translate(
            "outages began in {share} of other countries at the same time", share=percent(value)
        ),
        "recurrence": translate("it recurred at the same time of day"),
        "switched": translate("connectivity came back {times} in between", times=times(value)),
        "mostly_dark": translate(
            "connectivity was lost for {share} of the time", share=percent(value)
        ),
        "half_hour": translate("it begins and ends on the hour or half hour"),
        "long": translate("it lasted {length}", length=length(value))
        if finding.value
        else translate("it lasted for days"),
        "slid": translate("connectivity fell over {length}", length=length(value)),
        "climbed": translate("connectivity took {length} to come back", length=length(value)),
        "sprang_back": translate("connectivity came back abruptly"),
        "simultaneous": translate(
            "{share} of the networks fell within 15 minutes", share=percent(value)
        ),
        "staggered": translate(
            "the networks fell one after another over {length}", length=length(value)
        ),
        "stepwise": translate(
            "the networks fell one after another over {length}, each at once", length=length(value)
        ),
        "gradual": translate(
            "{share} of the networks declined for over half an hour", share=percent(value)
        ),
        "abrupt": translate("networks fell abruptly"),
        "together_back": translate(
            "{share} of the networks came back within 15 minutes", share=percent(value)
        ),
        "slow_return": translate(
            "only {share} of the networks came back within 15 minutes", share=percent(value)
        ),
        "thinned": translate(
            "networks that fell lost {share} of their own connectivity each", share=percent(value)
        ),
        "mobile_fell": translate("mobile networks fell and fixed ones did not"),
        "both_fell": translate("mobile and fixed networks fell alike"),
        "upstream": translate(
            "the networks that fell share an upstream that the others do not use"
        ),
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
            return translate("it had values, but too little history to know what is usual")
        case SilentSince():
            return translate(
                "it was silent; its last value before is of {time}",
                time=utc(reason.last_s),
            )
        case SilentUntil():
            return translate(
                "it was silent; its values begin at {time}",
                time=utc(reason.first_s),
            )
        case SourceFailed():
            return translate(
                "its last run, {time}, failed [{error}]",
                time=utc(reason.ended_s),
                error=reason.error,
            )


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
                "because": translate(NO_SOURCE) if best is None else silence_because(best.reasons),
            }
        )
    return rows
