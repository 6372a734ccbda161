"""What an outage costs and saves: power, carbon, the price of an attack, payments that wait."""

from dataclasses import dataclass
from math import inf, log

import numpy as np
from numpy.typing import NDArray

from hashquake.core.interval import Interval
from hashquake.forward.amount import Amount
from hashquake.forward.block_by_block import QUEUE_COLUMNS, queue_paths
from hashquake.forward.scenario_course import lay_out
from hashquake.forward.simulation import Simulation
from hashquake.forward.stale import stale_share

Floats = NDArray[np.float64]
QUEUED_PATHS = 500
SPREAD_S = Amount(value=1.0, low=0.6, high=1.8)
"""How long a block takes to reach other pools; it gives the 0.09 to 0.18 % seen in 2023-2026."""
_J_PER_MWH = 3.6e9
_Z90 = 1.6448536269514722


@dataclass(frozen=True, slots=True, kw_only=True)
class Dark:
    """What was not used while it was dark; None where the hash rate is not known.

    Parameters
    ----------
    power_mw : Interval
        Mean over the window.
    energy_mwh, carbon_t : Interval
        Over the whole window, tonnes of carbon dioxide.
    """

    power_mw: Interval
    energy_mwh: Interval
    carbon_t: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """What it takes to outpace everybody who is online.

    Parameters
    ----------
    hashrate_hps : Interval
        To match.
    power_usd_per_h : Interval
        Electricity of so many hashes.
    rent_usd_per_h : Interval or None
        What miners earn, so what they would have to be offered; None without a price.
    """

    hashrate_hps: Interval
    power_usd_per_h: Interval
    rent_usd_per_h: Interval | None


def dark_energy(run: Simulation) -> Dark | None:
    """Return the power and carbon not used in the window, from the paths kept.

    Parameters
    ----------
    run : Simulation
        A finished run.
    """
    economy = run.scenario.economy
    lost_s = run.column("dark_full_rate_s")
    if not economy.hashrate_hps or not len(lost_s):
        return None
    start_s, end_s = run.scenario.window_s
    until_s = np.minimum(end_s, run.column(f"time_s_{run.place.epochs}"))
    span_s = np.maximum(until_s - start_s, 1.0)
    rng = np.random.Generator(np.random.Philox(key=[run.seed, 1]))
    energy_j = lost_s * economy.hashrate_hps / 1e12 * _drawn(economy.energy_j_per_th, lost_s, rng)
    carbon_t = energy_j / _J_PER_MWH * _drawn(economy.carbon_g_per_kwh, lost_s, rng) / 1e3
    return Dark(
        power_mw=_interval(energy_j / span_s / 1e6),
        energy_mwh=_interval(energy_j / _J_PER_MWH),
        carbon_t=_interval(carbon_t),
    )


def attack_cost(run: Simulation, *, dark: bool) -> Attack | None:
    """Return what it takes to outpace the network, in the window or before it.

    Parameters
    ----------
    run : Simulation
        A finished run.
    dark : bool
        Whether in the window, or before it.
    """
    economy = run.scenario.economy
    if not economy.hashrate_hps or not len(run.kept):
        return None
    online = np.ones(len(run.kept))
    if dark:
        start_s, end_s = run.scenario.window_s
        until_s = np.minimum(end_s, run.column(f"time_s_{run.place.epochs}"))
        span_s = np.maximum(until_s - start_s, 1.0)
        online = np.clip(1 - run.column("dark_full_rate_s") / span_s, 0.0, 1.0)
    rng = np.random.Generator(np.random.Philox(key=[run.seed, 2]))
    match = online * economy.hashrate_hps
    energy = _drawn(economy.energy_j_per_th, match, rng)
    price = _drawn(economy.power_price_usd_per_kwh, match, rng)
    power_usd = match / 1e12 * energy / 1e3 * price
    reward_usd = economy.subsidy_btc * (1 + economy.fees_share) * economy.price_usd
    return Attack(
        hashrate_hps=_interval(match),
        power_usd_per_h=_interval(power_usd),
        rent_usd_per_h=_interval(6.0 * online * reward_usd) if reward_usd else None,
    )


def payments_waiting(run: Simulation) -> tuple[int, dict[str, Interval | None]]:
    """Queue payments for room in blocks, mined one by one at the planned hash rate.

    Parameters
    ----------
    run : Simulation
        A finished run.

    Returns
    -------
    tuple of int and dict
        Paths mined, and the columns of the queue; None for what no path reached.
    """
    course = lay_out(run.scenario)
    count = min(run.paths, QUEUED_PATHS)
    out = np.empty((count, len(QUEUE_COLUMNS)))
    last_s = 1e300 if run.scenario.window_s[1] == inf else run.scenario.window_s[1]
    window = np.array([run.scenario.window_s[0], last_s], np.float64)
    load = float(run.scenario.economy.load_share)  # kernels are compiled again for whole numbers
    queue_paths(run.seed, 0, count, course.plan.pieces, window, run.place.epochs, load, out)
    found: dict[str, Interval | None] = {}
    for at, name in enumerate(QUEUE_COLUMNS):
        known = out[:, at][np.isfinite(out[:, at])]
        # A wait that some paths never end has no upper limit to give.
        found[name] = _interval(known) if len(known) == count else None
    return count, found


def stale_shares(run: Simulation) -> dict[str, Interval]:
    """Return the share of blocks that go stale before and in the window.

    Parameters
    ----------
    run : Simulation
        A finished run.
    """
    names = [f"window_share_pool:{pool}" for pool in run.pools[:-1]]
    during = np.array([run.spread(name).mean for name in names])
    blocks = run.spread("blocks_in_window").mean
    start_s, end_s = run.scenario.window_s
    end_s = min(end_s, run.spread(f"time_s_{run.place.epochs}").mean)
    shares = {"before": (run.pool_share[:-1], 600.0)}
    if blocks > 0 and np.isfinite(during).all():
        shares["during"] = (during, (end_s - start_s) / blocks)
    return {
        phase: Interval(
            median=stale_share(part, delay_s=SPREAD_S.value, interval_s=interval_s),
            low=stale_share(part, delay_s=SPREAD_S.low, interval_s=interval_s),
            high=stale_share(part, delay_s=SPREAD_S.high, interval_s=interval_s),
            level=0.9,
        )
        for phase, (part, interval_s) in shares.items()
    }


def _drawn(amount: Amount, like: Floats, rng: np.random.Generator) -> Floats:
    """Draw an amount for each path: log-normal, its middle the value, its spread the limits'."""
    if amount.fixed or amount.low <= 0:
        return np.full(len(like), amount.value)
    spread = (log(amount.high) - log(amount.low)) / (2 * _Z90)
    return amount.value * np.exp(spread * rng.standard_normal(len(like)))


def _interval(values: Floats) -> Interval:
    low, median, high = np.quantile(values, [0.05, 0.5, 0.95]).tolist()
    return Interval(median=median, low=low, high=high, level=0.9)
