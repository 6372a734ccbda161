"""Whether a site stands behind a dark network or grid, from outages and from who sees it at work.

Bayes' rule with two pieces. Before the site itself is asked, the chance that it is dark is the
outage's chance of being real times the part of the place's connectivity that is gone. A site that
was heard regularly and is silent now is likelier dark: by how rarely so long a silence came while
nothing was wrong, which its own past shows. A site that is seen at work is up, whatever its
country does. Not seen is not dark: without an outage a silent site is unknown.

Theory and limits: ``docs/how-to/sites.md``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, sqrt

from hashquake.core.interval import Interval
from hashquake.core.outage import Outage
from hashquake.core.site import (
    HEARTBEAT,
    Knowledge,
    Site,
    SiteEarnings,
    SiteStanding,
    SiteStatus,
)
from hashquake.core.site_reason import (
    BehindOutage,
    NeverSeen,
    PartlyDark,
    SiteReason,
    SiteSeen,
    SiteSilent,
)
from hashquake.core.times import DAY_S, HOUR_S
from hashquake.core.window import Window
from hashquake.explain.site_history import LEAST_SILENT_S, Z90, SiteHistory, strayed

WATCHED_S = 6.0 * HOUR_S
"""A place whose readings ended longer ago is not watched any more."""
LEAST_DARK = 0.5
"""From this probability on a site is called dark."""
_FILE_LOG_SD = 0.05
"""How far a site runs from what is installed: machines in repair."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Darkness:
    """An outage as it stands at an instant.

    Parameters
    ----------
    outage : Outage
        Its latest opinion.
    onset : Window
        When the stretch began that is dark at the instant.
    real_probability, power_probability : float
        That it reaches a site: it is neither an artefact of instruments nor one of mobile
        networks alone; and of such an outage, that electricity failed.
    """

    outage: Outage
    onset: Window
    real_probability: float
    power_probability: float

    @property
    def depth_share(self) -> float:
        """Part of the usual connectivity that is gone, 0 to 1."""
        return min(1.0, max(0.0, self.outage.depth_share.median))


def darkness_at(outage: Outage, at_s: float, *, watched_until_s: float) -> Darkness | None:
    """Return an outage as it stands at an instant, or None where it is not dark then.

    Parameters
    ----------
    outage : Outage
        Its latest opinion.
    at_s : float
        UTC Unix seconds.
    watched_until_s : float
        End of the readings of its place: an outage without an end is open no longer than
        `WATCHED_S` after that.
    """
    if outage.status == "rejected":
        return None
    dark = [one for one in outage.dark_windows if one.start_s <= at_s]
    if not dark:
        return None
    last = dark[-1]
    is_open = outage.end_s is None and last == outage.dark_windows[-1]
    if at_s >= last.end_s and not (is_open and at_s < watched_until_s + WATCHED_S):
        return None
    # A site does not hang on mobile phones' networks, and an artefact darkens nothing.
    real = max(0.0, 1.0 - outage.probability("artefact") - outage.probability("mobile_only"))
    onset = outage.onset if last == outage.dark_windows[0] else _around(last.start_s)
    return Darkness(
        outage=outage,
        onset=onset,
        real_probability=real,
        power_probability=min(1.0, outage.probability("power") / real) if real > 0.0 else 0.0,
    )


def _around(time_s: float) -> Window:
    return Window(start_s=time_s - LEAST_SILENT_S, end_s=time_s + LEAST_SILENT_S)


def judge_site(
    site: Site,
    history: SiteHistory,
    *,
    darkness: Sequence[Darkness],
    watched: frozenset[str],
    others_seen: bool | None,
) -> SiteStanding:
    """Judge how a site stands at an instant.

    Parameters
    ----------
    site : Site
        The site.
    history : SiteHistory
        What was heard of it.
    darkness : sequence of Darkness
        Outages of any place at the instant.
    watched : frozenset of str
        Subjects whose connectivity is watched at the instant.
    others_seen : bool or None
        Whether another site that sends is seen; False where all are silent at once, None where
        no other one sends.
    """
    network, grid = _network(site, darkness, watched), _grid(site, darkness)
    silence = 1.0 if others_seen is False else history.usual_silence_probability()
    p_network = p_grid = 0.0
    for one in dict.fromkeys((network, grid)):
        if one is None:
            continue
        dark = one.real_probability * one.depth_share
        power = one.power_probability if one is grid else 0.0
        p_network += dark * (1.0 - power) if one is network else 0.0
        p_grid += dark * power
    summed = p_network + p_grid
    if summed > 0.0:
        prior = min(1.0, summed)
        posterior = 0.0 if history.seen else prior / (prior + (1.0 - prior) * silence)
        p_network, p_grid = (part * posterior / summed for part in (p_network, p_grid))
    worst = grid if grid is not None and (network is None or p_grid > p_network) else network
    status, reason = _status(
        history, worst, p_network, p_grid, watched=_is_watched(site, watched), others=others_seen
    )
    known = network is not None or grid is not None or _is_watched(site, watched)
    since_s, since_range_s = _since(status, history, worst)
    rate_hps, rate_from = _rate(site, history)
    return SiteStanding(
        site=site,
        at_s=history.at_s,
        status=status,
        since_s=since_s,
        since_range_s=since_range_s,
        network_probability=p_network if known else None,
        grid_probability=p_grid if known else None,
        outage=None if worst is None else worst.outage.id,
        signals=history.signals,
        hashrate_hps=rate_hps,
        hashrate_from=rate_from,
        reason=reason,
    )


def _is_watched(site: Site, watched: frozenset[str]) -> bool:
    return not watched.isdisjoint((*site.networks, *site.places, site.grid_subject))


def _network(site: Site, darkness: Sequence[Darkness], watched: frozenset[str]) -> Darkness | None:
    """Return the outage of its networks, or of the smallest place that is watched."""
    by_subject = {one.outage.subject: one for one in darkness}
    own = [by_subject.get(name) for name in site.networks]
    if own and all(one is not None for one in own):
        # One way out is enough, so the least deep of the outages decides.
        return min((one for one in own if one is not None), key=lambda one: one.depth_share)
    if any(name in watched and name not in by_subject for name in site.networks):
        return None
    for place in site.places:
        if place in by_subject:
            return by_subject[place]
        if place in watched:
            return None
    return None


def _grid(site: Site, darkness: Sequence[Darkness]) -> Darkness | None:
    wanted = {site.grid_subject}
    if site.grid == site.region:
        wanted.add(f"country:{site.country}")
    found = [one for one in darkness if one.outage.subject in wanted]
    return max(found, key=lambda one: one.power_probability, default=None)


def _status(
    history: SiteHistory,
    worst: Darkness | None,
    p_network: float,
    p_grid: float,
    *,
    watched: bool,
    others: bool | None,
) -> tuple[SiteStatus, SiteReason]:
    last_s = history.last_s
    if history.seen:
        sources = tuple(one.source for one in history.signals if one.state == "alive")
        place = None if worst is None else worst.outage.subject
        return "up", SiteSeen(sources=sources, last_s=last_s or history.at_s, dark_place=place)
    if worst is not None:
        dark = p_network + p_grid >= LEAST_DARK
        kind = BehindOutage if dark else PartlyDark
        reason = kind(
            place=worst.outage.subject,
            depth_share=worst.depth_share,
            power_probability=worst.power_probability,
            last_s=last_s,
        )
        if not dark:
            return "unknown", reason
        return ("grid dark" if p_grid > p_network else "network dark"), reason
    if last_s is None:
        return "unknown", NeverSeen(watched=watched)
    zero = any(one.state == "zero" for one in history.signals)
    return "unknown", SiteSilent(
        last_s=last_s, zero=zero, all_silent=others is False, watched=watched
    )


def _since(
    status: SiteStatus, history: SiteHistory, worst: Darkness | None
) -> tuple[float | None, tuple[float, float] | None]:
    if status == "up":
        return history.run_start_s, None
    last_s = history.last_s
    if worst is None or status == "unknown":
        return last_s, None
    onset = worst.onset
    middle_s = 0.5 * (onset.start_s + onset.end_s)
    if last_s is None or last_s <= onset.start_s:
        return middle_s, (onset.start_s, onset.end_s)
    # It was seen after the place began to go dark: it went dark itself between then and now.
    until_s = max(last_s, onset.end_s)
    return max(middle_s, last_s), (last_s, min(until_s + LEAST_SILENT_S, history.at_s))


def _rate(site: Site, history: SiteHistory) -> tuple[Interval | None, Knowledge | None]:
    """Return its hash rate: of a pool before its own word, its own word before the file."""
    spoken = [one for one in history.signals if one.hashrate_hps is not None]
    recent = [one for one in spoken if one.last_s > history.at_s - DAY_S]
    ranked = sorted(recent, key=lambda one: (one.source == HEARTBEAT, -one.last_s))
    if ranked:
        who: Knowledge = "heartbeat" if ranked[0].source == HEARTBEAT else "pool"
        return ranked[0].hashrate_hps, who
    if site.hashrate_hps is not None:
        return strayed(site.hashrate_hps, _FILE_LOG_SD), "file"
    return None, None


def site_earnings(
    site: Site,
    hashrate_hps: Interval,
    *,
    hash_usd: float,
    fee_log_sd: float,
    price_usd: float,
    price_age_s: float,
    price_log_sd: float,
) -> SiteEarnings:
    """Return what a site earns a day while it runs, and the electricity it pays for.

    Parameters
    ----------
    site : Site
        Its megawatts and its tariff.
    hashrate_hps : Interval
        While it runs, hashes a second.
    hash_usd : float
        What a hash earns with subsidy and usual fees, dollars.
    fee_log_sd, price_log_sd : float
        How far fees and the price may be from what went in, as standard deviations of logarithms.
    price_usd, price_age_s : float
        The price of a bitcoin that went in, and how old it is, seconds.
    """
    rate_log_sd = log(hashrate_hps.high / hashrate_hps.low) / (2.0 * Z90)
    middle = hashrate_hps.median * DAY_S * hash_usd
    off = exp(Z90 * sqrt(rate_log_sd**2 + fee_log_sd**2 + price_log_sd**2))
    cost = None
    if site.power_mw is not None and site.tariff_usd_per_kwh is not None:
        cost = site.power_mw * 1000.0 * 24.0 * site.tariff_usd_per_kwh
    return SiteEarnings(
        usd_per_day=Interval(median=middle, low=middle / off, high=middle * off, level=0.9),
        power_usd_per_day=cost,
        price_usd=price_usd,
        price_age_s=price_age_s,
    )
