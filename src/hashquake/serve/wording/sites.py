"""Why a site has its status, in a sentence."""

from collections.abc import Callable
from typing import Any

from hashquake.core.site import HEARTBEAT
from hashquake.core.site_reason import (
    BehindOutage,
    NeverSeen,
    PartlyDark,
    SiteReason,
    SiteSeen,
    SiteSilent,
)
from hashquake.core.subject import parse_subject
from hashquake.serve.format import percent
from hashquake.serve.format_times import utc
from hashquake.serve.place_names import country_name

_EVEN = 0.5


def site_sentence(reason: SiteReason) -> str:
    """Return why a site has its status, without a full stop.

    Parameters
    ----------
    reason : SiteReason
        A code and values.
    """
    return _WORDED[reason.code](reason)


def signal_name(source: str) -> str:
    """Name what sees a site.

    Parameters
    ----------
    source : str
        ``heartbeat``, or the name of a source.

    Examples
    --------
    >>> signal_name("heartbeat"), signal_name("site_pool:kz1")
    ('its heartbeat', 'its pool (site_pool:kz1)')
    """
    return "its heartbeat" if source == HEARTBEAT else f"its pool ({source})"


def _place(subject: str) -> str:
    kind, name = parse_subject(subject)
    if kind == "country":
        return country_name(name)
    return f"network {name}" if kind == "asn" else name


def _last(last_s: float | None) -> str:
    if last_s is None:
        return "the site sends no heartbeat, and no pool account of it is read"
    return f"the site was last seen {utc(last_s)}"


def _seen(reason: SiteSeen) -> str:
    names = " and ".join(signal_name(one) for one in reason.sources)
    shows = "shows" if len(reason.sources) == 1 else "show"
    text = f"{names} {shows} it at work, last {utc(reason.last_s)}"
    if reason.dark_place is not None:
        text += f", although {_place(reason.dark_place)} is dark"
    return text


def _outage(reason: BehindOutage | PartlyDark) -> str:
    kind = "a power cut" if reason.power_probability >= _EVEN else "an Internet outage"
    return (
        f"{_place(reason.place)} is in {kind} that took {percent(reason.depth_share)} of its "
        "connectivity"
    )


def _behind(reason: BehindOutage) -> str:
    return f"{_outage(reason)}; {_last(reason.last_s)}"


def _partly(reason: PartlyDark) -> str:
    return f"{_outage(reason)}, so the site is likelier up than dark; {_last(reason.last_s)}"


def _silent(reason: SiteSilent) -> str:
    said = "its pool answers and sees no work of it" if reason.zero else "nothing is heard of it"
    text = f"{said} since {utc(reason.last_s)}"
    if reason.all_silent:
        return f"{text}, nor of any other site: the fault may lie with what listens"
    if reason.watched:
        return f"{text}; no outage of its network or grid is known"
    return f"{text}; nothing watches its network and grid"


def _never(reason: NeverSeen) -> str:
    network = "no outage is known" if reason.watched else "nothing watches its network and grid"
    return f"no heartbeat of it came and no pool account of it was read; {network}"


_WORDED: dict[str, Callable[[Any], str]] = {
    SiteSeen.code: _seen,
    BehindOutage.code: _behind,
    PartlyDark.code: _partly,
    SiteSilent.code: _silent,
    NeverSeen.code: _never,
}
