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
from hashquake.serve.language import translate
from hashquake.serve.place_names import country_name
from hashquake.serve.wording.numbers import listed

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
    return (
        translate("its heartbeat")
        if source == HEARTBEAT
        else translate("its pool ({source})", source=source)
    )


def _place(subject: str) -> str:
    kind, name = parse_subject(subject)
    if kind == "country":
        return country_name(name)
    return translate("network {name}", name=name) if kind == "asn" else name


def _last(last_s: float | None) -> str:
    if last_s is None:
        return translate("the site sends no heartbeat, and no pool account of it is read")
    return translate("the site was last seen {time}", time=utc(last_s))


def _seen(reason: SiteSeen) -> str:
    names = listed(tuple(signal_name(one) for one in reason.sources))
    text = (
        translate("{name} shows it at work, last {time}", name=names, time=utc(reason.last_s))
        if len(reason.sources) == 1
        else translate("{names} show it at work, last {time}", names=names, time=utc(reason.last_s))
    )
    if reason.dark_place is not None:
        text += translate(", although {place} is dark", place=_place(reason.dark_place))
    return text


def _outage(reason: BehindOutage | PartlyDark) -> str:
    kind = (
        translate("a power cut")
        if reason.power_probability >= _EVEN
        else translate("an Internet outage")
    )
    return translate(
        "{place} is in {kind} that took {share} of its connectivity",
        place=_place(reason.place),
        kind=kind,
        share=percent(reason.depth_share),
    )


def _behind(reason: BehindOutage) -> str:
    return f"{_outage(reason)}; {_last(reason.last_s)}"


def _partly(reason: PartlyDark) -> str:
    return translate(
        "{outage}, so the site is likelier up than dark; {last}",
        outage=_outage(reason),
        last=_last(reason.last_s),
    )


def _silent(reason: SiteSilent) -> str:
    said = (
        translate("its pool answers and sees no work of it")
        if reason.zero
        else translate("nothing is heard of it")
    )
    text = translate("{said} since {time}", said=said, time=utc(reason.last_s))
    if reason.all_silent:
        return translate(
            "{text}, nor of any other site: the fault may lie with what listens", text=text
        )
    if reason.watched:
        return translate("{text}; no outage of its network or grid is known", text=text)
    return translate("{text}; nothing watches its network and grid", text=text)


def _never(reason: NeverSeen) -> str:
    network = (
        translate("no outage is known")
        if reason.watched
        else translate("nothing watches its network and grid")
    )
    return translate(
        "no heartbeat of it came and no pool account of it was read; {network}", network=network
    )


_WORDED: dict[str, Callable[[Any], str]] = {
    SiteSeen.code: _seen,
    BehindOutage.code: _behind,
    PartlyDark.code: _partly,
    SiteSilent.code: _silent,
    NeverSeen.code: _never,
}
