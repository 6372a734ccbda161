"""Alerts on sites of one's own, in words."""

from collections.abc import Mapping
from typing import Any

from hashquake.catalog.documents.fields import reason_of
from hashquake.core.site import DARK
from hashquake.core.site_reason import SiteReason
from hashquake.serve.format import chance
from hashquake.serve.format_times import utc
from hashquake.serve.language import between, number, translate
from hashquake.serve.wording.sites import site_sentence

Facts = Mapping[str, Any]


def site_alert(subject: str, facts: Facts) -> tuple[str, str, str]:
    """Return title, finding and other explanations of an alert on a site.

    Parameters
    ----------
    subject : str
        Such as ``site:north``.
    facts : mapping
        Of its notice.
    """
    name = str(facts.get("name") or facts.get("site") or subject.partition(":")[2])
    since = (
        ""
        if facts.get("since_s") is None
        else translate(" since {time}", time=utc(facts["since_s"]))
    )
    sure = facts.get("dark_probability")
    if sure is not None and facts["status"] in DARK:
        since += translate(" ({chance} sure)", chance=chance(sure))
    reason = _site_reason(facts)
    because = f"{name}: {translate(facts['status'])}{since}{f'; {reason}' if reason else ''}"
    at_risk = facts.get("usd_per_day_interval")
    if at_risk is not None and facts["status"] in DARK:
        because += translate("; at risk, US dollars a day: {whole}", whole=_whole(at_risk))
    return f"{name}: {translate(facts['status'])}", f"{because}.", ""


def _site_reason(facts: Facts) -> str:
    if facts.get("reason") is None:
        return str(facts.get("because") or "")
    return site_sentence(reason_of(SiteReason, facts, str))


def _whole(interval: Facts) -> str:
    middle, low, high = (
        f"{number(f'{interval[name]:,.0f}')}" for name in ("median", "low", "high")
    )
    return f"{middle} [{low}{between()} {high}]"
