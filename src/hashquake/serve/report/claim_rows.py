"""What was said, row by row: each published number with what the record allows."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from hashquake.core.claim import Claim, Verdict
from hashquake.core.incident import Incident
from hashquake.core.interval import Interval
from hashquake.core.subject import NETWORK
from hashquake.serve.format import (
    NBSP,
    change,
    claimed,
    count_word,
    eh_s,
    eh_s_interval,
    percent,
    prose,
    share_interval,
)
from hashquake.serve.format_times import short_window
from hashquake.serve.report.headline import CHANGE
from hashquake.serve.report.strip import Axis, Mark, axis_for, mark
from hashquake.serve.subject_names import subject_words
from hashquake.serve.wording import rests_on_blocks, verdict_because

CALLS = {
    "supported": "Supported",
    "contradicted": "Contradicted",
    "undecidable": "Undecidable",
    "unresolved": "Not measured",
}
GROUPS = ("The whole network", "The large pools together", "Single pools", "Other figures")
QUANTITY_WORDS = {
    "hashrate_change_share": "change of hash rate",
    "hashrate_share": "share of the hash rate",
    "hashrate_hps": "hash rate",
    "connectivity_share": "connectivity",
    "connectivity_change_share": "change of connectivity",
    "price_usd": "price of bitcoin",
    "price_change_share": "change of price",
    "power_mw": "power drawn",
    "generation_share": "share of electricity",
    "count": "number",
    "money_usd": "money",
    "difficulty_change_share": "change of difficulty",
    "rank": "rank",
}
_MEASURE_WORDS = {
    "blocks": "blocks found",
    "machines": "machines",
    "sites": "sites",
    "revenue_per_day": "revenue a day",
    "revenue": "revenue",
    "hashprice": "what 1 PH/s earns a day",
}
_STEP_WORDS = {"hashrate_hps": "change of hash rate", "price_usd": "change of price"}
_SUBJECTS = {
    "network": "the network",
    "pools": "several pools",
    "asset:btc": "bitcoin",
    "unknown": "not said of whom",
}
_BOUNDS = {"above": "at least ", "below": "at most "}
_URL_CHARACTERS = ":/?#[]@!$&'()*+,;=%~"
"""What an address may hold as it is; all else, control characters too, is percent-encoded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRow:
    """One published number beside the measurement.

    Parameters
    ----------
    group : str
        One of `GROUPS`.
    text, speaker, url, when : str
        What was said, by whom, where and of which time; url may be empty.
    claimed, measured : str
        Both numbers in words of the page.
    call : {"supported", "contradicted", "undecidable", "unresolved"}
        The verdict.
    call_word : str
        The verdict as the page words it.
    by_blocks : bool
        Whether counted blocks judge it, not a map, prices, machines or signals.
    because : str
        Why, as a sentence.
    mark : Mark or None
        Place of both numbers on the axis; None where the claim is of another quantity.
    unplotted : str
        Why nothing is marked; else empty.
    """

    group: str
    text: str
    speaker: str
    url: str
    when: str
    claimed: str
    measured: str
    call: str
    call_word: str
    by_blocks: bool
    because: str
    mark: Mark | None
    unplotted: str


def safe_link(url: str) -> str:
    """Return an address fit for a link, or nothing: a stranger's address may be a script.

    Parameters
    ----------
    url : str
        Of a claim.
    """
    if not url.startswith(("https://", "http://")):
        return ""
    return quote(url, safe=_URL_CHARACTERS)


def claim_axis(incident: Incident) -> Axis:
    """Choose the axis on which all claims and their measurements stand.

    Parameters
    ----------
    incident : Incident
        With its verdicts.
    """
    values: list[float] = []
    for verdict in incident.verdicts:
        if verdict.about.quantity == CHANGE:
            values += [verdict.about.low, verdict.about.high]
            # A small pool's interval spans everything; it is cut and would squeeze all others.
            if verdict.measured is not None and not verdict.about.subject.startswith("pool:"):
                values += [max(-1.0, verdict.measured.low), min(0.5, verdict.measured.high)]
    return axis_for(values)


def claim_rows(incident: Incident, axis: Axis) -> tuple[ClaimRow, ...]:
    """Set each claim beside its measurement: the network first, then pools, then the rest.

    Parameters
    ----------
    incident : Incident
        With its verdicts.
    axis : Axis
        From `claim_axis`.
    """
    rows = [_claim_row(verdict, axis) for verdict in incident.verdicts]
    return tuple(sorted(rows, key=lambda row: GROUPS.index(row.group)))


def _group(claim: Claim) -> str:
    if claim.quantity == CHANGE and claim.subject == NETWORK:
        return GROUPS[0]
    if claim.quantity == CHANGE and claim.subject == "pools":
        return GROUPS[1]
    if claim.quantity == CHANGE and claim.subject.startswith("pool:"):
        return GROUPS[2]
    return GROUPS[3]


def claimed_words(claim: Claim) -> str:
    """Write who is claimed to have what, as in *network, change of hash rate, -12 %*.

    Parameters
    ----------
    claim : Claim
        Of any quantity.
    """
    is_share = claim.quantity.endswith("_share")
    signed = claim.quantity.endswith("_change_share")
    said = claimed(claim.low, claim.high, signed=signed) if is_share else _said(claim)
    bound = _BOUNDS.get(claim.relation, "")
    return f"{_who(claim.subject)}, {_quantity_words(claim)}: {bound}{said}"


def _quantity_words(claim: Claim) -> str:
    if claim.relation == "change" and claim.quantity in _STEP_WORDS:
        return _STEP_WORDS[claim.quantity]
    return _MEASURE_WORDS.get(claim.measure, QUANTITY_WORDS[claim.quantity])


def measured_words(verdict: Verdict) -> str:
    """Write what was measured, in the claim's unit; empty where nothing was.

    Parameters
    ----------
    verdict : Verdict
        Of one claim.
    """
    measured = verdict.measured
    if measured is None:
        return ""
    claim = verdict.about
    if claim.quantity.endswith("_share") or claim.quantity == "hashrate_hps":
        return _found(claim, measured)
    if claim.quantity == "rank":
        return "" if claim.subject == NETWORK else f"{measured.median:.0f}"
    write = _WRITERS.get(claim.quantity, "{:,.6g}".format)
    if measured.low == measured.high:
        return write(measured.median)
    number, _, unit = write(measured.median).rpartition(" ")
    low, high = (write(one).removesuffix(f" {unit}") for one in (measured.low, measured.high))
    middle = f"{number}{NBSP}{unit}" if number else unit
    return f"{middle} [{low}, {high}]"


def _who(subject: str) -> str:
    return _SUBJECTS.get(subject) or subject_words(subject)


def _claim_row(verdict: Verdict, axis: Axis) -> ClaimRow:
    claim = verdict.about
    signed = claim.relation == "change"
    is_share = claim.quantity.endswith("_share")
    said = claimed(claim.low, claim.high, signed=signed) if is_share else _said(claim)
    found = measured_words(verdict)
    on_axis = claim.quantity == CHANGE and verdict.measured is not None
    says = f"claimed {said}; measured {found or 'nothing'}"
    return ClaimRow(
        group=_group(claim),
        text=prose(claim.text),
        speaker=prose(claim.speaker),
        url=safe_link(claim.url),
        when=short_window(claim.window) if claim.window else "",
        claimed=said,
        measured=found,
        call=verdict.call,
        call_word=call_word(verdict),
        by_blocks=rests_on_blocks(verdict.reason),
        because=prose(verdict_because(verdict.reason), limit=600),
        mark=mark(axis, verdict.measured, (claim.low, claim.high), says=says) if on_axis else None,
        unplotted="" if on_axis else _unplotted(verdict),
    )


def call_word(verdict: Verdict) -> str:
    """Write a call; a figure that agrees, where no change at all might too, is consistent.

    Parameters
    ----------
    verdict : Verdict
        Of one claim.
    """
    if not verdict.is_consistent:
        return CALLS[verdict.call]
    return "Consistent" if verdict.call == "supported" else "Consistent, not proven"


def _found(claim: Claim, measured: Interval) -> str:
    """Write what was measured; a number of the protocol has no interval to write."""
    if claim.quantity == "hashrate_hps":
        return eh_s_interval(measured)
    if not claim.quantity.endswith("_share"):
        return f"{measured.median:,.6g}"
    if measured.low == measured.high:
        return percent(measured.median, digits=2, signed=claim.relation == "change")
    if not claim.quantity.endswith("_change_share"):
        return share_interval(measured)
    return change(measured, digits=0 if claim.quantity == CHANGE else 1)


def _unplotted(verdict: Verdict) -> str:
    """Return why a claim has no place on the axis of changes."""
    if verdict.measured is None:
        return "nothing in the record measures it"
    if verdict.about.quantity == "rank":
        return "a rank, not a change"
    if verdict.about.quantity == "difficulty_change_share":
        return "the protocol\N{RIGHT SINGLE QUOTATION MARK}s own number"
    if verdict.about.quantity.endswith("_change_share"):
        return "a change of another quantity"
    return "a level, not a change"


def _said(claim: Claim) -> str:
    """Write a claimed number that is not a share."""
    one = _WRITERS.get(claim.quantity, "{:,.6g}".format)
    low, high = one(claim.low), one(claim.high)
    return low if low == high else f"{low} to {high}"


_WRITERS: dict[str, Callable[[float], str]] = {
    "hashrate_hps": eh_s,
    "power_mw": "{:,.0f} MW".format,
    "price_usd": "{:,.0f} $".format,
    "money_usd": "{:,.0f} $".format,
}


def claims_sentence(rows: tuple[ClaimRow, ...]) -> str:
    """Sum up the calls in a sentence.

    Parameters
    ----------
    rows : tuple of ClaimRow
        From `claim_rows`.
    """
    measured = [row for row in rows if row.call != "unresolved"]
    if not measured:
        return "None of the published figures can be checked against the record."
    by_blocks = all(row.by_blocks for row in measured)
    who, s = ("blocks", "") if by_blocks else ("record", "s")
    counts = {call: sum(row.call == call for row in measured) for call in CALLS}
    total = len(measured)
    figures = f"the {count_word(total)} published figures" if total > 1 else "the published figure"
    if counts["undecidable"] == total:
        some = f"any of {figures}" if total > 1 else figures
        return f"The {who} can neither confirm nor exclude {some}."
    if total in (counts["supported"], counts["contradicted"]):
        verb = "support" if counts["supported"] else "contradict"
        return f"The {who} {verb}{s} {'all of ' if total > 1 else ''}{figures}."
    parts = [
        f"{verb}{s} {count_word(counts[call])}"
        for call, verb in (("supported", "support"), ("contradicted", "contradict"))
        if counts[call]
    ]
    if counts["undecidable"]:
        parts.append(f"leave{s} {count_word(counts['undecidable'])} undecided")
    return f"Of {figures} the {who} {', '.join(parts[:-1])} and {parts[-1]}."
