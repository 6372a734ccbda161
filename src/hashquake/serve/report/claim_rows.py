"""What was said, row by row: each published number with what the record allows."""

from collections import Counter
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
from hashquake.serve.language import between, message, number, translate
from hashquake.serve.report.claim_names import is_record, quantity_words, subject_of
from hashquake.serve.report.headline import CHANGE
from hashquake.serve.report.strip import Axis, Mark, axis_for, mark
from hashquake.serve.wording import rests_on_blocks, verdict_because
from hashquake.serve.wording.fixed import fixed
from hashquake.serve.wording.numbers import listed

CALLS = {
    "supported": message("Supported"),
    "contradicted": message("Contradicted"),
    "undecidable": message("Undecidable"),
    "unresolved": message("Not measured"),
}
CONSISTENT = message("Consistent")
"""A figure that agrees with the record without being favoured by 19 to 1 over no change."""
GROUPS = (
    message("The whole network"),
    message("The large pools together"),
    message("Single pools"),
    message("Other figures"),
)
_BOUNDS = {"above": message("at least "), "below": message("at most ")}
_URL_CHARACTERS = ":/?#[]@!$&'()*+,;=%~"
"""What an address may hold as it is; all else, control characters too, is percent-encoded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRow:
    """One published number compared with the measurement.

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
    """Compare each claim with its measurement: the network first, then pools, then the rest.

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
    bound = translate(_BOUNDS.get(claim.relation, ""))
    quantity = quantity_words(claim)
    if is_record(claim):
        return f"{subject_of(claim)}, {quantity}"
    return f"{subject_of(claim)}, {quantity}: {bound}{figure_words(claim)}"


def figure_words(claim: Claim) -> str:
    """Write the claimed number or range alone, with its unit.

    Parameters
    ----------
    claim : Claim
        Of any quantity.
    """
    if not claim.quantity.endswith("_share"):
        return _said(claim)
    return claimed(claim.low, claim.high, signed=claim.quantity.endswith("_change_share"))


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
        return "" if is_record(claim) else f"{measured.median:.0f}"
    median, low, high = (
        _written(one, claim.quantity) for one in (measured.median, measured.low, measured.high)
    )
    if measured.low == measured.high:
        return median
    value, _, unit = median.rpartition(" ")
    middle = f"{value}{NBSP}{unit}" if value else unit
    low, high = (limit.removesuffix(f" {unit}") for limit in (low, high))
    return f"{middle} [{low}{between()} {high}]"


def _claim_row(verdict: Verdict, axis: Axis) -> ClaimRow:
    claim = verdict.about
    signed = claim.relation == "change"
    is_share = claim.quantity.endswith("_share")
    said = claimed(claim.low, claim.high, signed=signed) if is_share else _said(claim)
    found = measured_words(verdict)
    on_axis = claim.quantity == CHANGE and verdict.measured is not None
    says = translate(
        "claimed {said}; measured {found}", said=said, found=found or translate("nothing")
    )
    return ClaimRow(
        group=_group(claim),
        text=prose(fixed(claim.text)),
        speaker=prose(fixed(claim.speaker)),
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
        return translate(CALLS[verdict.call])
    return translate(
        CONSISTENT if verdict.call == "supported" else message("Consistent, not proven")
    )


def _found(claim: Claim, measured: Interval) -> str:
    """Write what was measured; a number of the protocol has no interval to write."""
    if claim.quantity == "hashrate_hps":
        return eh_s_interval(measured)
    if not claim.quantity.endswith("_share"):
        return number(f"{measured.median:,.6g}")
    if measured.low == measured.high:
        return percent(measured.median, digits=2, signed=claim.relation == "change")
    if not claim.quantity.endswith("_change_share"):
        return share_interval(measured)
    return change(measured, digits=0 if claim.quantity == CHANGE else 1)


def _unplotted(verdict: Verdict) -> str:
    """Return why a claim has no place on the axis of changes."""
    if verdict.measured is None:
        return translate("nothing in the record measures it")
    if verdict.about.quantity == "rank":
        return translate("a rank, not a change")
    if verdict.about.quantity == "difficulty_change_share":
        return translate("the protocol\N{RIGHT SINGLE QUOTATION MARK}s own number")
    if verdict.about.quantity.endswith("_change_share"):
        return translate("a change of another quantity")
    return translate("a level, not a change")


def _said(claim: Claim) -> str:
    """Write a claimed number that is not a share."""
    low, high = (_written(value, claim.quantity) for value in (claim.low, claim.high))
    return low if low == high else translate("{low} to {high}", low=low, high=high)


def _written(value: float, quantity: str) -> str:
    if quantity == "hashrate_hps":
        return eh_s(value)
    return number(_WRITERS.get(quantity, "{:,.6g}".format)(value))


_WRITERS: dict[str, Callable[[float], str]] = {
    "power_mw": "{:,.0f} MW".format,
    "price_usd": "{:,.0f} $".format,
    "money_usd": "{:,.0f} $".format,
}


_ONE_FIGURE = {
    ("blocks", "supported"): message("The blocks support the published figure."),
    ("blocks", "consistent"): message("The blocks agree with the published figure."),
    ("blocks", "contradicted"): message("The blocks contradict the published figure."),
    ("blocks", "undecidable"): message(
        "The blocks can neither confirm nor exclude the published figure."
    ),
    ("record", "supported"): message("The record supports the published figure."),
    ("record", "consistent"): message("The record agrees with the published figure."),
    ("record", "contradicted"): message("The record contradicts the published figure."),
    ("record", "undecidable"): message(
        "The record can neither confirm nor exclude the published figure."
    ),
}
_ALL_FIGURES = {
    ("blocks", "supported"): message("The blocks support all of the {count} published figures."),
    ("blocks", "consistent"): message(
        "The blocks agree with all of the {count} published figures."
    ),
    ("blocks", "contradicted"): message(
        "The blocks contradict all of the {count} published figures."
    ),
    ("blocks", "undecidable"): message(
        "The blocks can neither confirm nor exclude any of the {count} published figures."
    ),
    ("record", "supported"): message("The record supports all of the {count} published figures."),
    ("record", "consistent"): message(
        "The record agrees with all of the {count} published figures."
    ),
    ("record", "contradicted"): message(
        "The record contradicts all of the {count} published figures."
    ),
    ("record", "undecidable"): message(
        "The record can neither confirm nor exclude any of the {count} published figures."
    ),
}
_SOME_FIGURES = {
    ("blocks", "supported"): message("support {count}"),
    ("blocks", "consistent"): message("agree with {count}"),
    ("blocks", "contradicted"): message("contradict {count}"),
    ("blocks", "undecidable"): message("leave {count} undecided"),
    ("record", "supported"): message("supports {count}"),
    ("record", "consistent"): message("agrees with {count}"),
    ("record", "contradicted"): message("contradicts {count}"),
    ("record", "undecidable"): message("leaves {count} undecided"),
}
_OF_FIGURES = {
    "blocks": message("Of the {count} published figures the blocks {parts}."),
    "record": message("Of the {count} published figures the record {parts}."),
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
        return translate("None of the published figures can be checked against the record.")
    who = "blocks" if all(row.by_blocks for row in measured) else "record"
    agrees = translate(CONSISTENT)
    counts = Counter("consistent" if row.call_word == agrees else row.call for row in measured)
    total = len(measured)
    found = [
        call for call in ("supported", "consistent", "contradicted", "undecidable") if counts[call]
    ]
    if total == 1:
        return translate(_ONE_FIGURE[who, found[0]])
    if len(found) == 1:
        return translate(_ALL_FIGURES[who, found[0]], count=count_word(total))
    parts = [translate(_SOME_FIGURES[who, call], count=count_word(counts[call])) for call in found]
    return translate(_OF_FIGURES[who], count=count_word(total), parts=listed(tuple(parts)))
