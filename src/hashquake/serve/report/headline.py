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
    name = "" if asked else prose(incident.event.name)
    return name or f"The hash rate, {window_text(incident.window)}"


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
    if incident.finding == "none":
        return f"No fall beyond luck and drift is shown: {_finding(incident)}{_bearing(incident)}."
    return f"{_capital(_finding(incident))}{_bearing(incident)}."


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
    before = f"in the {days(incident.baseline.duration_s)} before"
    # A limit that rounds to zero would hide on which side of zero the interval ends.
    digits = int(not moved.holds(0) and percent(0) in (percent(moved.low), percent(moved.high)))
    limits = change_limits(moved, digits=digits)
    amount = percent(abs(moved.median), digits=digits)
    if amount == percent(0):
        return f"hash rate was as high {limits} as {before}"
    side = "lower" if moved.median < 0 else "higher"
    return f"hash rate was {amount} {side} {limits} than {before}"


def _bearing(incident: Incident) -> str:
    """Return what follows: a change beyond luck and drift, or what so few blocks leave open."""
    if incident.finding == "fall":
        return f", a fall beyond luck and drift{_agreement(incident.verdicts)}"
    if incident.finding == "rise":
        grown = incident.window.duration_s > SLOW_S
        length = days(incident.window.duration_s)
        may = f", which ordinary growth in {length} may explain" if grown else ""
        return f", a rise beyond luck and drift{may}"
    if moved_share(incident).high < 0:
        return (
            f", and luck and drift remain the likeliest explanation "
            f"({chance(incident.null_probability)})"
        )
    reference = reference_fall(incident)
    if reference is None:
        return (
            f", and a fall of less than {percent(incident.detectable_share)} could pass unseen in "
            f"{days(incident.window.duration_s)}"
        )
    return f", and {_of(reference, incident.first_day or incident.network)}"


def _of(fall_share: float, drop: Drop) -> str:
    interval = drop.shown_share.interval(LEVEL)
    amount, span = percent(fall_share), _span(drop)
    zero, fall = interval.holds(0), interval.holds(fall_share)
    if zero and fall:
        return f"a fall of {amount} can neither be confirmed nor excluded {span}"
    if fall:
        return f"a fall of {amount} {span} fits the blocks, and no change does not"
    if zero:
        return f"a fall of {amount} {span} is excluded"
    return f"neither a fall of {amount} nor no change at all fits the blocks {span}"


def _span(drop: Drop) -> str:
    length = days(drop.window.duration_s)
    return "within a day" if length == "24 hours" else f"within {length}"


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
        fits_it = "agrees" if fitting else "does not agree"
        return f"; the one figure published for the network {fits_it} with the blocks of its days"
    if fitting == total:
        who = "both figures" if total == 2 else f"all {count_word(total)} figures"
    elif fitting == 0:
        who = f"none of the {count_word(total)} figures"
    else:
        who = f"{count_word(fitting)} of {count_word(total)} figures"
    verb = "agrees" if fitting == 1 else "agree"
    return f"; {who} published for the network {verb} with the blocks of their days"


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
    return (
        f"{found.n_blocks:,} blocks were found where {found.expected_blocks:,.0f} were expected. "
        f"In 4 of 5 cases they would have shown a fall of {percent(incident.detectable_share)} or "
        f"more."
    )
