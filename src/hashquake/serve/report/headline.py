"""The report's first sentences, made from numbers so that they cannot say more than those do."""

from hashquake.core.claim import Verdict
from hashquake.core.incident import LEVEL, Drop, Incident
from hashquake.core.interval import Interval
from hashquake.core.times import DAY_S
from hashquake.serve.format import (
    chance,
    change_limits,
    count_word,
    negated,
    percent,
    prose,
)
from hashquake.serve.format_times import days, window_text
from hashquake.serve.language import message, number, translate, translate_plural

CHANGE = "hashrate_change_share"
SLOW_S = 10 * DAY_S
"""From here on the ordinary growth of the network stops being small against luck."""


def title(incident: Incident) -> str:
    """Name the event; a window that somebody merely asked about is named by its time.

    Parameters
    ----------
    incident : Incident
        What a report knows of the event.
    """
    asked = incident.event.id == "window"
    name = "" if asked else prose(translate(incident.event.name))
    return name or translate("The hash rate, {window}", window=window_text(incident.window))


def headline(incident: Incident) -> str:
    """Return what the blocks show, with its interval, and how it bears on what was claimed.

    Parameters
    ----------
    incident : Incident
        The incident; its `finding` decides what is said.

    Returns
    -------
    str
        One sentence.
    """
    found = _finding(incident)
    if incident.finding == "none":
        return translate(
            "No fall beyond luck and drift is shown: {finding}{bearing}.",
            finding=found,
            bearing=_bearing(incident),
        )
    return f"{_capital(found)}{_bearing(incident)}."


def moved_share(incident: Incident) -> Interval:
    """Return the signed change of hash rate over the window, with its interval.

    Parameters
    ----------
    incident : Incident
        What a report knows of the event.
    """
    return negated(incident.network.shown_share.interval(LEVEL))


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _finding(incident: Incident) -> str:
    moved = moved_share(incident)
    before = days(incident.baseline.duration_s)
    # A limit that rounds to zero would hide on which side of zero the interval ends.
    digits = int(not moved.holds(0) and percent(0) in (percent(moved.low), percent(moved.high)))
    limits = change_limits(moved, digits=digits)
    amount = percent(abs(moved.median), digits=digits)
    if amount == percent(0):
        return translate(
            "hash rate was as high {limits} as in the {before} before", limits=limits, before=before
        )
    sentence = (
        message("hash rate was {amount} lower {limits} than in the {before} before")
        if moved.median < 0
        else message("hash rate was {amount} higher {limits} than in the {before} before")
    )
    return translate(sentence, amount=amount, limits=limits, before=before)


def _bearing(incident: Incident) -> str:
    """Return what follows: a change beyond luck and drift, or what so few blocks leave open."""
    if incident.finding == "fall":
        return translate(
            ", a fall beyond luck and drift{agreement}", agreement=_agreement(incident.verdicts)
        )
    if incident.finding == "rise":
        grown = incident.window.duration_s > SLOW_S
        length = days(incident.window.duration_s)
        may = (
            translate(", which ordinary growth in {length} may explain", length=length)
            if grown
            else ""
        )
        return translate(", a rise beyond luck and drift{may}", may=may)
    if moved_share(incident).high < 0:
        return translate(
            ", and luck and drift remain the likeliest explanation ({chance})",
            chance=chance(incident.null_probability),
        )
    reference = reference_fall(incident)
    if reference is None:
        return translate(
            ", and a fall of less than {share} could pass unseen in {duration}",
            share=percent(incident.detectable_share),
            duration=days(incident.window.duration_s),
        )
    return translate(
        ", and {finding}", finding=_of(reference, incident.first_day or incident.network)
    )


def _of(fall_share: float, drop: Drop) -> str:
    interval = drop.shown_share.interval(LEVEL)
    amount, span = percent(fall_share), _span(drop)
    zero, fall = interval.holds(0), interval.holds(fall_share)
    if zero and fall:
        return translate(
            "a fall of {amount} can neither be confirmed nor excluded {span}",
            amount=amount,
            span=span,
        )
    if fall:
        return translate(
            "a fall of {amount} {span} fits the blocks, and no change does not",
            amount=amount,
            span=span,
        )
    if zero:
        return translate("a fall of {amount} {span} is excluded", amount=amount, span=span)
    return translate(
        "neither a fall of {amount} nor no change at all fits the blocks {span}",
        amount=amount,
        span=span,
    )


def _span(drop: Drop) -> str:
    duration_s = drop.window.duration_s
    if duration_s == DAY_S:
        return translate("within a day")
    return translate("within {duration}", duration=days(duration_s))


def _agreement(verdicts: tuple[Verdict, ...]) -> str:
    about_network = [
        verdict
        for verdict in verdicts
        if verdict.about.subject == "network"
        and verdict.about.quantity == CHANGE
        and verdict.measured is not None
    ]
    if not about_network:
        return ""
    fitting, total = sum(agrees(verdict) for verdict in about_network), len(about_network)
    if total == 1:
        return (
            translate(
                "; the one figure published for the network agrees with the blocks of its days"
            )
            if fitting
            else translate(
                "; the one figure published for the network does not agree with the blocks of its "
                "days"
            )
        )
    if fitting == total == 2:
        return translate(
            "; both figures published for the network agree with the blocks of their days"
        )
    if fitting == total:
        return translate(
            "; all {total} figures published for the network agree with the blocks of their days",
            total=count_word(total),
        )
    if fitting == 0:
        return translate(
            "; none of the {total} figures published for the network agree with the blocks of "
            "their days",
            total=count_word(total),
        )
    return translate_plural(
        "; {fitting} of {total} figures published for the network agrees with the blocks of their "
        "days",
        "; {fitting} of {total} figures published for the network agree with the blocks of their "
        "days",
        fitting,
        fitting=count_word(fitting),
        total=count_word(total),
    )


def agrees(verdict: Verdict) -> bool:
    """Return whether the record agrees with a claim: the verdict's own call, as the table has it.

    Parameters
    ----------
    verdict : Verdict
        Of one claim.
    """
    return verdict.call == "supported" or verdict.is_consistent


def reference_fall(incident: Incident) -> float | None:
    """Return the fall that the public spoke of: the first one claimed for the network.

    Parameters
    ----------
    incident : Incident
        With the claims of its event.
    """
    for claim in incident.event.claims:
        if claim.subject == "network" and claim.quantity == CHANGE and claim.high < 0:
            return -(claim.low + claim.high) / 2
    return None


def sight(incident: Incident) -> str:
    """Return how many blocks there were, and how small a fall they could have shown.

    Parameters
    ----------
    incident : Incident
        What a report knows of the event.
    """
    found = incident.network
    return translate(
        "{n_blocks} blocks were found where {expected_blocks} were "
        "expected. In 4 of 5 cases they would have shown a fall of {share} "
        "or more.",
        n_blocks=number(f"{found.n_blocks:,}"),
        expected_blocks=number(f"{found.expected_blocks:,.0f}"),
        share=percent(incident.detectable_share),
    )
