"""Coverage of the filter, the smoother and the forecast on `tests.power.worlds`."""

from functools import lru_cache

import numpy as np
from tests.power.figures import Figure, share
from tests.power.records import record
from tests.power.worlds import DAY_S, World, make_chain

from hashquake.estimate.fitted import FITTED
from hashquake.judge.forecast_backtest import backtest_forecast

YEAR_DAYS = 365.25
WARM_UP_DAYS = 120.0
SEVENFOLD = float(np.log(7.0)) / YEAR_DAYS
"""Growth of the log rate per day when hash rate grows sevenfold in a year."""


@lru_cache
def forecasts(
    *, walk: float, growth_log_per_day: float, chains: int, seed: int
) -> tuple[tuple[float, bool, int], ...]:
    """Forecast every retarget at four stages of its epoch; two years a chain.

    Returns
    -------
    tuple of (float, bool, int)
        Share of the epoch elapsed, whether the 90 % interval contained the truth, and which chain.
    """
    world = World(walk=walk, growth_log_per_day=growth_log_per_day)
    found: list[tuple[float, bool, int]] = []
    for at, child in enumerate(np.random.SeedSequence(seed).spawn(chains)):
        days = WARM_UP_DAYS + 2 * YEAR_DAYS
        chain = make_chain(world, days=days, rng=np.random.default_rng(child))
        rows = backtest_forecast(chain.blocks, FITTED)
        first = rows[0].epoch + round(WARM_UP_DAYS / 14)
        found += [
            (row.elapsed_share, row.low <= row.truth <= row.high, at)
            for row in rows
            if row.epoch >= first
        ]
    return tuple(found)


def of_forecasts(elapsed_share: float, **asked: float) -> Figure:
    """Return how often the forecasts made at one stage contained the truth."""
    found = [row for row in forecasts(**asked) if row[0] == elapsed_share]
    return share([row[1] for row in found], [row[2] for row in found])


def rate_coverage(world: World, *, method: str, chains: int, seed: int) -> Figure:
    """Return how often the 90 % interval holds the hash rate, asked every ten days.

    A record is asked as a user asks it, so that the drift is learned as it is in use.

    Parameters
    ----------
    world : World
        How hash rate moves.
    method : str
        ``filter`` or ``smoother``; the smoother is not asked of the last two months.
    chains, seed : int
        Networks of two years, and which draws.
    """
    hits: list[bool] = []
    groups: list[int] = []
    last_day = WARM_UP_DAYS + 2 * YEAR_DAYS - (10.0 if method == "filter" else 70.0)
    for at, child in enumerate(np.random.SeedSequence(seed).spawn(chains)):
        rng = np.random.default_rng(child)
        chain = make_chain(world, days=WARM_UP_DAYS + 2 * YEAR_DAYS, rng=rng)
        with record(chain.blocks) as opened:
            for day in np.arange(WARM_UP_DAYS, last_day, 10):
                now_s = float(chain.true_s[0] + (day + rng.random()) * DAY_S)
                (rate,) = opened.rate_at(now_s, subjects=("network",), method=method)
                asked = rate.hashrate.interval(0.9)
                hits.append(bool(asked.low <= chain.rate_hps(now_s) <= asked.high))
                groups.append(at)
    return share(hits, groups)
