"""What blocks, prices and maps say of counts, sums of money and a country's change."""

from math import ceil, exp, floor, hypot, log
from typing import TYPE_CHECKING

import numpy as np

from hashquake.core.claim import Claim
from hashquake.core.columns import BlockColumns
from hashquake.core.coverage import Coverage
from hashquake.core.errors import NoCoverage
from hashquake.core.interval import Interval
from hashquake.core.network import Network
from hashquake.core.record import Record
from hashquake.core.subject import NETWORK
from hashquake.core.times import DAY_S, HOUR_S
from hashquake.core.window import Window
from hashquake.estimate.block_count import block_count
from hashquake.estimate.window import window_rate
from hashquake.explain.fleet import FEE_SHARE, FEE_SHARE_RANGE, subsidy_btc
from hashquake.explain.mining_table import CARRIED
from hashquake.judge.interval_claims import Measurement
from hashquake.observatory.prices import daily_prices

if TYPE_CHECKING:
    from hashquake.explain.mining_table import CountryRow

MONEY_MEASURES = ("revenue_per_day", "revenue", "hashprice")
"""Sums that the record knows of the whole network."""
_LEVEL = 0.9
_EXACT = 1e-9
_MONEY_REACH = 0.1
_SHORT_S = 2 * DAY_S
_ZONES_H = 12
_THS_PER_PHS = 1000.0


def blocks_found(
    claim: Claim,
    window: Window,
    blocks: BlockColumns,
    coverage: Coverage,
    *,
    network: Network,
) -> Measurement:
    """Return how many blocks the network or a pool found in a window: a count without luck.

    Where it is not the number claimed, days that begin in another time zone are counted as well.

    Parameters
    ----------
    claim : Claim
        Of the network or of a pool.
    window : Window
        The time it is about.
    blocks : BlockColumns, shape (n,)
        In height order, about the window.
    coverage : Coverage
        What was observed.
    network : Network
        Whose blocks they are.

    Raises
    ------
    NoCoverage
        When the window was not observed throughout.
    """
    coverage.require(window, what=claim.subject)

    def counted(part: Window) -> float:
        found = block_count(blocks, part, claim.subject, coverage, network=network)
        return float(found.n_blocks)

    found = counted(window)
    # "About 140 blocks" is one of ten, or of so many as its last digit that is not 0 says.
    reach = _rounding(claim.high) if claim.hedge else _EXACT
    low = high = found
    said = claim.low * (1 - reach) <= found <= claim.high * (1 + reach)
    if claim.relation == "level" and not said and window.duration_s <= _SHORT_S:
        # The day of another time zone has other blocks.
        shifted = [counted(part) for part in _shifted(window) if not coverage.gaps(part)]
        low, high = min([found, *shifted]), max([found, *shifted])
    return Measurement(
        evidence="blocks_found",
        measured=Interval(median=found, low=low, high=high, level=1.0),
        window=window,
        reach=reach,
    )


def _shifted(window: Window) -> list[Window]:
    """Return a window as days of other time zones have it."""
    return [
        Window(start_s=window.start_s + hours * HOUR_S, end_s=window.end_s + hours * HOUR_S)
        for hours in range(-_ZONES_H, _ZONES_H + 1)
    ]


def money(record: Record, claim: Claim, window: Window) -> Measurement:
    """Return what the network's miners earned, or what 1 PH/s earned, in dollars.

    Fees are not in a block's header: the interval is that of fees over subsidy in the years 2019
    to 2022.

    Parameters
    ----------
    record : Record
        Blocks, and prices where it has them.
    claim : Claim
        With its `measure`, one of `MONEY_MEASURES`.
    window : Window
        The time it is about, taken in whole days.

    Raises
    ------
    NoCoverage
        When a price or blocks are missing.
    UsageError
        On another network than the main one.
    """
    start_s = floor(window.start_s / DAY_S) * DAY_S
    days = Window(start_s=start_s, end_s=max(floor(window.end_s / DAY_S) * DAY_S, start_s + DAY_S))
    if claim.measure == "hashprice":
        return _hashprice(record, days)
    price = daily_prices(record, days)
    blocks = record.blocks(window=days).main()
    blocks = blocks.take((blocks.header_s >= days.start_s) & (blocks.header_s < days.end_s))
    if np.isnan(price).any() or not len(blocks):
        raise NoCoverage(
            f"prices or blocks of {days} are not known throughout", code="price-missing"
        )
    day = np.floor((blocks.header_s - days.start_s) / DAY_S).astype(np.int64)
    paid_usd = float((subsidy_btc(blocks.height) * price[day]).sum())
    per = 1.0 if claim.measure == "revenue" else days.duration_s / DAY_S
    return _with_fees("revenue", paid_usd / per, days)


def _hashprice(record: Record, days: Window) -> Measurement:
    from hashquake.observatory.earnings import daily_earnings

    subsidy = daily_earnings(record, days).subsidy_usd
    if np.isnan(subsidy).all():
        raise NoCoverage(f"no price of {days} is known", code="price-missing")
    return _with_fees("hashprice", float(np.nanmean(subsidy)) * _THS_PER_PHS, days)


def _with_fees(evidence: str, subsidy_usd: float, days: Window) -> Measurement:
    low, high = FEE_SHARE_RANGE
    return Measurement(
        evidence="hashprice" if evidence == "hashprice" else "revenue",
        measured=Interval(
            median=subsidy_usd * (1 + FEE_SHARE),
            low=subsidy_usd * (1 + low),
            high=subsidy_usd * (1 + high),
            level=_LEVEL,
        ),
        window=days,
        source="price and usual fees",
        reach=_MONEY_REACH,
    )


def map_change(
    before: "CountryRow", after: "CountryRow", window: Window, *, source: str
) -> Measurement | None:
    """Return how a country's hash rate changed from the beginning of a window to its end.

    The errors of the two ends are taken as independent, which they are not wholly: the interval is
    rather too wide.

    Parameters
    ----------
    before, after : CountryRow
        Of the two ends.
    window : Window
        The time between.
    source : str
        Which map.

    Returns
    -------
    Measurement or None
        None where a share was carried over from an earlier map, which then is not a change.
    """
    if CARRIED in (*before.flags, *after.flags):
        return None
    if before.hashrate_hps is None or after.hashrate_hps is None:
        return None
    one, other = (end.interval(_LEVEL) for end in (before.hashrate_hps, after.hashrate_hps))
    if min(one.low, other.low) <= 0:
        return None
    middle = log(other.median / one.median)
    down = hypot(log(other.median / other.low), log(one.high / one.median))
    up = hypot(log(other.high / other.median), log(one.median / one.low))
    return Measurement(
        evidence="map_change",
        measured=Interval(
            median=exp(middle) - 1.0,
            low=exp(middle - down) - 1.0,
            high=exp(middle + up) - 1.0,
            level=_LEVEL,
        ),
        window=window,
        source=source,
        reach=0.02,
    )


def bound_by_network(
    network: Interval, share: Interval, window: Window, *, source: str
) -> Measurement:
    """Return what a country's change would be if it alone had changed the network.

    Parameters
    ----------
    network : Interval
        Change of the network.
    share : Interval
        The country's share of it; its low end makes the widest bound.
    window : Window
        The time of the change.
    source : str
        Which map.
    """
    least = max(share.low, _EXACT)
    return Measurement(
        evidence="network_bound",
        measured=Interval(
            median=max(-1.0, network.median / max(share.median, _EXACT)),
            low=max(-1.0, network.low / least),
            high=max(network.high, network.high / least),
            level=network.level,
        ),
        window=window,
        source=source,
        reach=0.02,
    )


def hashrate_step(
    claim: Claim,
    before: Window,
    window: Window,
    blocks: BlockColumns,
    coverage: Coverage,
    *,
    network: Network,
) -> Measurement:
    """Return a change of hash rate in its own unit: "fell by 30 EH/s".

    Parameters
    ----------
    claim : Claim
        Of the network or of a pool.
    before, window : Window
        What it changed from, and the time it is about.
    blocks : BlockColumns, shape (n,)
        In height order, over both.
    coverage : Coverage
        What was observed.
    network : Network
        Whose blocks they are.

    Raises
    ------
    NoCoverage
        When either was not observed throughout.
    """
    one, other = (
        window_rate(blocks, part, claim.subject, coverage, network=network).interval(_LEVEL)
        for part in (before, window)
    )
    middle = other.median - one.median
    return Measurement(
        evidence="hashrate_step",
        measured=Interval(
            median=middle,
            low=middle - hypot(other.median - other.low, one.high - one.median),
            high=middle + hypot(other.high - other.median, one.median - one.low),
            level=_LEVEL,
        ),
        window=window,
    )


def _rounding(value: float) -> float:
    """Return half a unit of the last digit of a count that is not 0, as a share of it."""
    whole = ceil(abs(value))
    step = 1
    while whole and whole % (10 * step) == 0:
        step *= 10
    return max(0.5 * step / whole, 0.05) if whole else _EXACT


def is_of_network(claim: Claim) -> bool:
    """Return whether a claim is about the network or a pool, whose blocks can be counted.

    Parameters
    ----------
    claim : Claim
        Of any kind.
    """
    return claim.subject == NETWORK or claim.subject.startswith("pool:")
