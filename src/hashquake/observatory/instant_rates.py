"""The filter and the smoother run over a record: rates at an instant, and the next difficulty."""

import numpy as np

from hashquake.core.columns import BlockColumns
from hashquake.core.errors import NoCoverage
from hashquake.core.network import require_steady_bits
from hashquake.core.record import Record
from hashquake.core.subject import NETWORK, parse_subject, pool_subject
from hashquake.core.times import DAY_S, format_time
from hashquake.core.window import Window
from hashquake.estimate.adaptive import LEARN_DAYS, adapted
from hashquake.estimate.filter import (
    FilterParameters,
    FilterState,
    follow,
    look,
    start,
)
from hashquake.estimate.fitted import FITTED
from hashquake.estimate.smoother import smooth
from hashquake.estimate.volatility import Drift, learned
from hashquake.forward.difficulty_forecast import DifficultyForecast, forecast_difficulty
from hashquake.observatory.measure import check_subject, heights_between
from hashquake.observatory.tables import Rate, Rates

WARM_UP_S = 120 * DAY_S
"""Blocks before an instant that the filter is given; older ones no longer move it."""
_NO_BLOCKS = "no block was seen in the {days} days around"
ACTIVE_S = 14 * DAY_S
"""A pool that found a block in this time before an instant is followed without being named."""


def filtered_rates(record: Record, at_s: float, subjects: tuple[str, ...]) -> Rates:
    """Estimate hash rates at an instant from what was known then.

    Parameters
    ----------
    record : Record
        Observed at that instant.
    at_s : float
        UTC Unix seconds.
    subjects : tuple of str
        ``network`` or pools; empty means the network and every pool active then.

    Raises
    ------
    NoCoverage
        When the record was not watching.
    UsageError
        For subjects that blocks do not tell.
    """
    require_steady_bits(record.network, "the filter")
    for subject in subjects:
        check_subject(record, subject)
    wanted = subjects or (NETWORK, *_active(record, at_s))
    pools = tuple(dict.fromkeys(parse_subject(s).name for s in wanted if s != NETWORK))
    posterior = look(_state(record, at_s, pools), at_s)
    return Rates(Rate(hashrate=posterior.estimate(subject), share=None) for subject in wanted)


def smoothed_rates(record: Record, at_s: float, subjects: tuple[str, ...]) -> Rates:
    """Estimate hash rates at an instant from blocks on both sides of it; see `filtered_rates`.

    Parameters
    ----------
    record : Record
        Blocks and what was watched.
    at_s : float
        The instant, UTC Unix seconds.
    subjects : tuple of str
        Empty is the network and every pool active then.

    Raises
    ------
    NoCoverage
        When the record was not watching.
    """
    require_steady_bits(record.network, "the smoother")
    for subject in subjects:
        check_subject(record, subject)
    seen = require_watched(record, at_s)
    wanted = subjects or (NETWORK, *_active(record, at_s))
    around = Window(start_s=at_s - WARM_UP_S / 2, end_s=at_s + WARM_UP_S / 2)
    blocks = heights_between(record, around)
    if not len(blocks):
        raise NoCoverage(_NO_BLOCKS.format(days=WARM_UP_S // DAY_S))
    parameters = parameters_at(record, around.end_s)
    instant = Window(start_s=at_s, end_s=at_s + 1)
    curves = (
        smooth(
            parameters,
            blocks,
            window=instant,
            subject=subject,
            until_s=min(seen.end_s, around.end_s),
            chain=record.network,
        )
        for subject in wanted
    )
    return Rates(Rate(hashrate=curve.estimate(at_s), share=None) for curve in curves)


def forecast(record: Record, at_s: float) -> DifficultyForecast:
    """Forecast the next difficulty and when it comes, from what was known at an instant.

    Parameters
    ----------
    record : Record
        Blocks and what was watched.
    at_s : float
        The instant, UTC Unix seconds.

    Raises
    ------
    NoCoverage
        When the record was not watching, or does not hold the epoch's first block.
    """
    require_steady_bits(record.network, "a forecast of difficulty")
    return forecast_difficulty(_state(record, at_s, ()), at_s)


def _state(record: Record, at_s: float, pools: tuple[str, ...]) -> FilterState:
    require_watched(record, at_s)
    # A block dated at the very instant is known then, the record's last one above all.
    end_s = float(np.nextafter(at_s, np.inf))
    known = heights_between(record, Window(start_s=at_s - WARM_UP_S, end_s=end_s))
    if not len(known):
        raise NoCoverage(_NO_BLOCKS.format(days=WARM_UP_S // DAY_S))
    parameters = parameters_at(record, end_s)
    return follow(start(parameters, pools=pools, chain=record.network), known)


def parameters_at(record: Record, until_s: float) -> FilterParameters:
    """Return the filter's parameters, with drift and growth learned from the blocks before.

    Parameters
    ----------
    record : Record
        Whose blocks.
    until_s : float
        UTC Unix seconds.
    """
    return learned_from(_blocks_to_learn_from(record, until_s))


def drift_before(record: Record, until_s: float, *, days: float = LEARN_DAYS) -> Drift:
    """Return how fast the network's hash rate drifts, learned from the blocks before an instant.

    Parameters
    ----------
    record : Record
        Whose blocks.
    until_s : float
        UTC Unix seconds.
    days : float
        How many days of blocks before.
    """
    return learned(_blocks_to_learn_from(record, until_s, days), until_s=until_s)


def _blocks_to_learn_from(record: Record, until_s: float, days: float = LEARN_DAYS) -> BlockColumns:
    since_s = max(0.0, until_s - days * DAY_S)
    return heights_between(record, Window(start_s=since_s, end_s=until_s))


def learned_from(blocks: BlockColumns) -> FilterParameters:
    """Return the filter's parameters, with drift and growth learned from blocks.

    Parameters
    ----------
    blocks : BlockColumns, shape (n,)
        In height order.
    """
    return adapted(FITTED, learned(blocks))


def require_watched(record: Record, at_s: float) -> Window:
    """Return the watch that an instant lies in; the very end of a watch is part of it.

    Parameters
    ----------
    record : Record
        With its coverage.
    at_s : float
        UTC Unix seconds.

    Raises
    ------
    NoCoverage
        When the record was not watching.
    """
    watched = record.coverage().windows
    for seen in watched:
        if seen.start_s < at_s <= seen.end_s:
            return seen
    covered = "; ".join(str(seen) for seen in watched) or "nothing"
    raise NoCoverage(
        f"the network was not observed at {format_time(at_s)}", hint=f"covered: {covered}"
    )


def _active(record: Record, at_s: float) -> tuple[str, ...]:
    """Name the pools that found a block of late, the largest first."""
    blocks = record.blocks(window=Window(start_s=at_s - ACTIVE_S, end_s=at_s))
    named = blocks.pool_code[blocks.pool_code >= 0]
    counts = np.bincount(named, minlength=len(blocks.pool_names))
    order = np.argsort(-counts, kind="stable")
    return tuple(pool_subject(blocks.pool_names[code]) for code in order if counts[code])
