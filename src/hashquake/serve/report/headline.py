"""The report's first sentences, made from numbers so that they cannot say more than those do."""

from hashquake.core.claim import Verdict
from hashquake.core.incident import Drop, Incident
from hashquake.core.interval import Interval
from hashquake.core.times import DAY_S
from hashquake.serve.format import (
    change_limits,
    count_word,
    days,
    negated,
    percent,
    prose,
    window_text,
)

CHANGE = "hashrate_change_share"
LEVEL = 0.95
"""Of every interval the page prints: one level, the same that claims are checked against."""
SLOW_S = 10 * DAY_S
"""From here on the ordinary growth of the network is no longer small beside luck."""


def title(incident: Incident) -> str:
    """Name the event; a window that somebody merely asked about is named by its time."""
    asked = incident.event.id == "window"
    name = "" if asked else prose(incident.event.name)
    return name or f"The hash rate, {window_text(incident.window)}"


def headline(incident: Incident) -> str:
    """Say what the blocks show, with its interval, and how it bears on what was claimed.

    Parameters
    ----------
    incident : Incident
        The incident.

    Returns
    -------
    str
        One sentence.
    """
    return f"{_finding(incident)}: {_bearing(incident)}."


def _finding(incident: Incident) -> str:
    moved = negated(incident.network.drop_share.interval(LEVEL))
    before = f"in the {days(incident.baseline.duration_s)} before"
    # A limit that rounds to zero would hide on which side of zero the interval ends.
    digits = int(not moved.holds(0) and percent(0) in (percent(moved.low), percent(moved.high)))
    limits = change_limits(moved, digits=digits)
    amount = percent(abs(moved.median), digits=digits)
    subject = "Blocks alone show the network\N{RIGHT SINGLE QUOTATION MARK}s hash rate"
    if amount == percent(0):
        return f"{subject} as high {limits} as {before}"
    side = "lower" if moved.median < 0 else "higher"
    return f"{subject} {amount} {side} {limits} than {before}"


def _bearing(incident: Incident) -> str:
    """Say what follows: a change beyond luck, or what so few blocks leave open."""
    moved = negated(incident.network.drop_share.interval(LEVEL))
    if not moved.holds(0):
        direction = "fall" if moved.median < 0 else "rise"
        beyond = f"a {direction} that luck alone does not explain"
        if moved.median > 0 and incident.window.duration_s > SLOW_S:
            return f"{beyond}, though in {days(incident.window.duration_s)} ordinary growth may"
        return f"{beyond}{_agreement(incident.verdicts)}"
    reference = reference_fall(incident)
    if reference is None:
        return (
            f"no change is shown, and a fall of less than {percent(incident.detectable_share)} "
            f"could well pass unseen in {days(incident.window.duration_s)}"
        )
    return _of(reference, incident.first_day or incident.network)


def _of(fall_share: float, drop: Drop) -> str:
    interval = drop.drop_share.interval(LEVEL)
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
    fitting, total = sum(fits(verdict) for verdict in about_network), len(about_network)
    if total == 1:
        side = "inside" if fitting else "outside"
        allowed = f"{side} what the blocks of its days allow"
        return f"; the one figure published for the network lies {allowed}"
    if fitting == total:
        who = "both figures" if total == 2 else f"all {count_word(total)} figures"
    elif fitting == 0:
        who = f"none of the {count_word(total)} figures"
    else:
        who = f"{count_word(fitting)} of {count_word(total)} figures"
    verb = "lies" if fitting == 1 else "lie"
    return f"; {who} published for the network {verb} inside what the blocks of their days allow"


def fits(verdict: Verdict) -> bool:
    """Tell whether any of the claimed range lies in the measured interval."""
    measured = verdict.measured
    return measured is not None and overlaps(measured, verdict.about.low, verdict.about.high)


def overlaps(interval: Interval, low: float, high: float) -> bool:
    """Tell whether a range and an interval have a value in common."""
    return low <= interval.high and high >= interval.low


def reference_fall(incident: Incident) -> float | None:
    """Give the fall that the public spoke of: the first one claimed for the network."""
    for claim in incident.event.claims:
        if claim.subject == "network" and claim.quantity == CHANGE and claim.high < 0:
            return -(claim.low + claim.high) / 2
    return None


def sight(incident: Incident) -> str:
    """Say how small a fall these blocks could have shown."""
    whole = (
        f"Four times in five, the {incident.network.n_blocks:,} blocks of these "
        f"{days(incident.window.duration_s)} would have shown a fall of "
        f"{percent(incident.detectable_share)} or more"
    )
    if incident.first_day is None:
        return f"{whole}."
    return (
        f"{whole}; the {incident.first_day.n_blocks:,} of the first 24 hours only one of "
        f"{percent(incident.detectable_first_day_share)}."
    )
