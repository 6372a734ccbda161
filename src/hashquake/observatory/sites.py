"""Sites of an operator at an instant: what the record knows of each, judged."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from hashquake.catalog.documents import outage_of
from hashquake.catalog.outage_search import believed
from hashquake.core.candles import BTC
from hashquake.core.errors import HashquakeError, NoCoverage
from hashquake.core.incident import LEVEL
from hashquake.core.interval import Interval
from hashquake.core.reading import ReadingSpan
from hashquake.core.record import Record
from hashquake.core.result_table import ResultTable
from hashquake.core.site import DARK, Site, SiteEarnings, SiteStanding
from hashquake.core.subject import NETWORK
from hashquake.core.times import DAY_S, HOUR_S
from hashquake.core.window import Window
from hashquake.datasets.price_daily import prices_before
from hashquake.estimate.block_count import block_count
from hashquake.estimate.drop import drop_of
from hashquake.explain.fleet import (
    FEE_SHARE,
    FEE_SHARE_RANGE,
    PRICE_LOG_SD_PER_SQRT_DAY,
    usd_per_hash,
)
from hashquake.explain.incident import default_baseline
from hashquake.explain.site_history import SiteHistory, site_history
from hashquake.explain.site_status import (
    WATCHED_S,
    Darkness,
    darkness_at,
    judge_site,
    site_earnings,
)
from hashquake.observatory.cards import installed_detectors
from hashquake.observatory.instant_rates import drift_before
from hashquake.observatory.measure import CONTEXT_S, blocks_around

if TYPE_CHECKING:
    import polars as pl

HISTORY_S = 14.0 * DAY_S
"""How far back a site's own readings show how often it falls silent."""
_EARNED_BLOCKS = 144
_LEAST_CHANGE_S = 1.0 * HOUR_S
_FEE_LOG_SD = float(np.log((1 + FEE_SHARE_RANGE[1]) / (1 + FEE_SHARE_RANGE[0])) / (2 * 1.6449))


@dataclass(frozen=True, slots=True, kw_only=True)
class Meanwhile:
    """What the other sites and the network do while one is judged.

    Parameters
    ----------
    n_up, n_dark, n_unknown : int
        Other sites by status.
    up_hps : float
        Hash rate of the other sites that are up, hashes a second; sites whose hash rate is not
        known are left out.
    network_drop_share : Interval or None
        How much less hash rate the network has since the site went dark than in the two weeks
        before, 0 to 1, chance and drift included; None for a site that is not dark, in its first
        hour, and where blocks were not observed.
    """

    n_up: int
    n_dark: int
    n_unknown: int
    up_hps: float
    network_drop_share: Interval | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRow:
    """One site: how it stands, what is at risk, what happens elsewhere.

    Parameters
    ----------
    standing : SiteStanding
        How it stands.
    earnings : SiteEarnings or None
        What it earns a day while it runs; None where its hash rate, blocks or a price are missing.
    meanwhile : Meanwhile
        The others.
    """

    standing: SiteStanding
    earnings: SiteEarnings | None
    meanwhile: Meanwhile


class SiteRows(tuple[SiteRow, ...], ResultTable):
    """Sites in the order of the operator's file; a tuple that is also a table."""

    __slots__ = ()

    def to_polars(self) -> "pl.DataFrame":
        """Return a row a site.

        Returns
        -------
        polars.DataFrame
            Columns ``site``, ``country``, ``status``, ``since_s``, ``dark_probability``,
            ``hashrate_hps``, ``usd_per_day``; null where something is not known.
        """
        import polars as pl

        return pl.DataFrame([_cells(one) for one in self], infer_schema_length=None)


def site_rows(
    record: Record, sites: Sequence[Site], at_s: float, *, price_usd: float | None = None
) -> SiteRows:
    """Judge sites at an instant; see `Observatory.sites`.

    Parameters
    ----------
    record : Record
        Outages, readings of the sites, blocks.
    sites : sequence of Site
        Of one operator.
    at_s : float
        UTC Unix seconds.
    price_usd : float or None
        Price of a bitcoin; None is the record's own, else the bundled one.
    """
    standings = site_standings(record, sites, at_s)
    earned = _Earned.at(record, at_s, price_usd)
    changes: dict[float, Interval | None] = {}
    rows = []
    for one in standings:
        others = [other for other in standings if other is not one]
        up = [other for other in others if other.status == "up"]
        drop = None
        if one.status in DARK and one.since_s is not None:
            if one.since_s not in changes:
                changes[one.since_s] = _network_drop(record, one.since_s, at_s)
            drop = changes[one.since_s]
        rows.append(
            SiteRow(
                standing=one,
                earnings=None if earned is None else earned.of(one),
                meanwhile=Meanwhile(
                    n_up=len(up),
                    n_dark=sum(other.status in DARK for other in others),
                    n_unknown=sum(other.status == "unknown" for other in others),
                    up_hps=sum(
                        other.hashrate_hps.median for other in up if other.hashrate_hps is not None
                    ),
                    network_drop_share=drop,
                ),
            )
        )
    return SiteRows(rows)


def site_standings(record: Record, sites: Sequence[Site], at_s: float) -> tuple[SiteStanding, ...]:
    """Judge how sites stand at an instant, from the outages and readings of a record.

    Parameters
    ----------
    record : Record
        Read, never searched: outages are those that the catalog has.
    sites : sequence of Site
        Of one operator.
    at_s : float
        UTC Unix seconds.
    """
    places = {name for one in sites for name in (*one.networks, *one.places, one.grid_subject)}
    places |= {f"country:{one.country}" for one in sites}
    spans = [one for one in record.reading_spans() if one.subject in places]
    watched_until_s = _watched_until_s(record, spans, at_s)
    darkness = _darkness(record, places, watched_until_s, at_s)
    past = Window(start_s=at_s - HISTORY_S, end_s=at_s + 1.0)
    histories = [
        site_history(record.readings(subject=one.subject, window=past), at_s) for one in sites
    ]
    watched = frozenset(
        name for name, until_s in watched_until_s.items() if until_s > at_s - WATCHED_S
    )
    return tuple(
        judge_site(
            site,
            history,
            darkness=darkness,
            watched=watched,
            others_seen=_others_seen([one for one in histories if one is not history]),
        )
        for site, history in zip(sites, histories, strict=True)
    )


def _others_seen(others: Sequence[SiteHistory]) -> bool | None:
    heard = [one for one in others if one.last_s is not None]
    return any(one.seen for one in heard) if heard else None


def _watched_until_s(record: Record, spans: Sequence[ReadingSpan], at_s: float) -> dict[str, float]:
    """Return how far the connectivity of each place was read, up to an instant."""
    detectors = installed_detectors()
    near = Window(start_s=at_s - WATCHED_S, end_s=at_s + 1.0)
    found: dict[str, float] = {}
    for subject in {one.subject for one in spans if one.window.overlap(near) is not None}:
        ends_s = [
            min(one.window.end_s, at_s)
            for one in record.readings(subject=subject, window=near)
            if detectors.signal_of(one.quantity) is not None and one.window.start_s < at_s
        ]
        if ends_s:
            found[subject] = max(ends_s)
    return found


def _darkness(
    record: Record, places: set[str], watched_until_s: dict[str, float], at_s: float
) -> list[Darkness]:
    found = believed(
        record,
        subjects=tuple(sorted(places)),
        window=None,
        rejected=False,
        search_rest=False,
        detectors=installed_detectors(),
    )
    judged = []
    for one in found:
        outage = outage_of(one.document)
        until_s = watched_until_s.get(outage.subject, outage.issued_s)
        dark = darkness_at(outage, at_s, watched_until_s=until_s)
        if dark is not None:
            judged.append(dark)
    return judged


def _network_drop(record: Record, since_s: float, at_s: float) -> Interval | None:
    """Return how much less hash rate the network has since an instant than before it."""
    if at_s - since_s < _LEAST_CHANGE_S:
        return None
    window, coverage = Window(start_s=since_s, end_s=at_s), record.coverage()
    try:
        baseline = default_baseline(window, coverage)
        around = Window(start_s=baseline.start_s, end_s=at_s)
        blocks = blocks_around(record, around, after_s=CONTEXT_S)
        during, before = (
            block_count(blocks, one, NETWORK, coverage, network=record.network)
            for one in (window, baseline)
        )
        drift = drift_before(record, min(window.end_s, baseline.end_s)).without_growth()
        return drop_of(during, before, drift=drift).shown_share.interval(LEVEL)
    except HashquakeError:  # not observed then: nothing is said
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Earned:
    """What a hash earned of late.

    Parameters
    ----------
    hash_usd : float
        With subsidy and usual fees, dollars.
    price_usd, price_age_s : float
        The price that went in.
    """

    hash_usd: float
    price_usd: float
    price_age_s: float

    @classmethod
    def at(cls, record: Record, at_s: float, price_usd: float | None) -> "_Earned | None":
        """Return it, or None where blocks or a price are missing.

        Parameters
        ----------
        record : Record
            With blocks, and prices where it has them.
        at_s : float
            UTC Unix seconds.
        price_usd : float or None
            Known better by the user.
        """
        if not record.network.has_main_facts:
            return None
        window = Window(start_s=at_s - 2 * DAY_S, end_s=at_s)
        blocks = record.blocks(window=window).main()
        blocks = blocks.take(np.arange(max(0, len(blocks) - _EARNED_BLOCKS), len(blocks)))
        if not len(blocks):
            return None
        try:
            price, age_s = (price_usd, 0.0) if price_usd is not None else _price(record, at_s)
        except NoCoverage:
            return None
        hash_usd = usd_per_hash(
            blocks.height, blocks.work_hashes, np.full(len(blocks), price), fee_share=FEE_SHARE
        )
        return cls(hash_usd=hash_usd, price_usd=price, price_age_s=age_s)

    def of(self, standing: SiteStanding) -> SiteEarnings | None:
        """Return what a site earns; None without its hash rate.

        Parameters
        ----------
        standing : SiteStanding
            With its hash rate.
        """
        if standing.hashrate_hps is None:
            return None
        return site_earnings(
            standing.site,
            standing.hashrate_hps,
            hash_usd=self.hash_usd,
            fee_log_sd=_FEE_LOG_SD,
            price_usd=self.price_usd,
            price_age_s=self.price_age_s,
            price_log_sd=PRICE_LOG_SD_PER_SQRT_DAY * float(np.sqrt(self.price_age_s / DAY_S)),
        )


def _price(record: Record, at_s: float) -> tuple[float, float]:
    """Return the last price of a bitcoin before an instant, and its age in seconds."""
    daily, carried_s = None, 0.0
    near = Window(start_s=at_s - 7 * DAY_S, end_s=at_s)
    own = [
        one
        for one in record.readings(subject=BTC, window=near)
        if one.quantity == "close_usd" and one.window.end_s <= at_s
    ]
    if own:
        last = max(own, key=lambda one: one.window.end_s)
        return last.value, at_s - last.window.end_s
    daily, carried_s = prices_before(at_s, days=1)
    return float(daily[-1]), carried_s + at_s % DAY_S


def _cells(row: SiteRow) -> dict[str, Any]:
    one = row.standing
    return {
        "site": one.site.id,
        "country": one.site.country,
        "status": one.status,
        "since_s": one.since_s,
        "dark_probability": one.dark_probability,
        "hashrate_hps": None if one.hashrate_hps is None else one.hashrate_hps.median,
        "usd_per_day": None if row.earnings is None else row.earnings.usd_per_day.median,
    }
