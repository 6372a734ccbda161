"""The energy of a hash on a day: what blocks of the record earned, and the bundled machines."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hashquake.core.network import require_main
from hashquake.core.record import Record
from hashquake.core.times import DAY_S
from hashquake.core.window import Window
from hashquake.datasets.hardware import bundled_machines
from hashquake.datasets.price_daily import prices_before
from hashquake.explain.fleet import (
    ELECTRICITY_USD_PER_KWH,
    FEE_SHARE,
    Efficiency,
    draw_efficiency,
    efficiency_at,
    threshold_j_per_th,
    usd_per_hash,
)

THRESHOLD_DAYS = 14
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyPrices:
    """What miners earn and pay, where the user knows better than the bundled facts.

    Parameters
    ----------
    price_usd : float or None
        Price of a bitcoin; None is the bundled daily price.
    electricity_usd_per_kwh : float
        The middle of what miners pay for electricity.
    """

    price_usd: float | None = None
    electricity_usd_per_kwh: float = ELECTRICITY_USD_PER_KWH


def machines_at(
    record: Record,
    at_s: float,
    prices: EnergyPrices,
    rng: np.random.Generator,
    n_draws: int,
) -> tuple[Efficiency, Floats, tuple[str, ...]]:
    """Weigh the machines by what the blocks of the last fourteen days earned.

    Parameters
    ----------
    record : Record
        Observed in those days.
    at_s : float
        UTC Unix seconds.
    prices : EnergyPrices
        Prices the user knows better.
    rng : Generator
        Randomness.
    n_draws : int
        How many.

    Returns
    -------
    Efficiency
        By Cambridge's method, at the prices given.
    array of float64, shape (n_draws,)
        Draws of joules a terahash at the wall.
    tuple of str
        What to know before using it.

    Raises
    ------
    NoCoverage
        ``price-missing``, or when those days were not observed.
    """
    require_main(record.network, "the efficiency of machines")
    window = Window(start_s=at_s - THRESHOLD_DAYS * DAY_S, end_s=at_s)
    record.coverage().require(window, what="the network")
    blocks = record.blocks(window=window)
    day = np.minimum((at_s - blocks.header_s) // DAY_S, THRESHOLD_DAYS - 1).astype(int)
    caveats: list[str] = []
    carried_days = 0.0
    if prices.price_usd is not None:
        daily = np.full(THRESHOLD_DAYS, prices.price_usd)
    else:
        daily, carried_s = prices_before(at_s, days=THRESHOLD_DAYS)
        carried_days = carried_s / DAY_S
        if carried_days:
            caveats.append(
                f"The last bundled price of bitcoin is {carried_days:.0f} days older; the "
                "interval allows for how far it may have moved since then."
            )
    hash_usd = usd_per_hash(
        blocks.height, blocks.work_hashes, daily[::-1][day], fee_share=FEE_SHARE
    )
    machines = bundled_machines()
    electricity = prices.electricity_usd_per_kwh
    threshold = threshold_j_per_th(hash_usd, electricity_usd_per_kwh=electricity)
    drawn = draw_efficiency(
        machines,
        at_s,
        hash_usd,
        rng,
        n_draws,
        electricity_usd_per_kwh=electricity,
        price_carried_days=carried_days,
    )
    return efficiency_at(machines, at_s, threshold), drawn, tuple(caveats)
