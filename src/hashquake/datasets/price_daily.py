"""The bundled price of bitcoin, that of each midnight: December 2018 to November 2025."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from hashquake.core.candles import Candles, build_candles
from hashquake.core.errors import NoCoverage
from hashquake.core.times import DAY_S, format_time
from hashquake.datasets.packed_arrays import packed_arrays

LONGEST_CARRY_S = 366 * DAY_S
"""The last price is carried no further than this past its day."""


@lru_cache(maxsize=1)
def bundled_prices() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the midnights that begin each day, and bitcoin's price on it.

    Returns
    -------
    day_s : array of float64, shape (n,)
        UTC Unix seconds, a day apart.
    price_usd : array of float64, shape (n,)
        Dollars.
    """
    table = packed_arrays("price_daily.npz")
    day_s = table["day"].astype(np.float64) * DAY_S
    price_usd = table["price_usd"].astype(np.float64)
    day_s.setflags(write=False)
    price_usd.setflags(write=False)
    return day_s, price_usd


@lru_cache(maxsize=1)
def bundled_daily_candles() -> Candles:
    """Return the bundled prices as days that open at one midnight's price and close at the next.

    Highest and lowest are those of the two: what a day did in between is not bundled.
    """
    day_s, price_usd = bundled_prices()
    opened, closed = price_usd[:-1], price_usd[1:]
    return build_candles(
        day_s[:-1],
        step_s=float(DAY_S),
        open_usd=opened,
        high_usd=np.maximum(opened, closed),
        low_usd=np.minimum(opened, closed),
        close_usd=closed,
        volume_btc=np.full(len(opened), np.nan),
    )


def prices_before(at_s: float, *, days: int) -> tuple[NDArray[np.float64], float]:
    """Return the prices of the last days before an instant, the last known one carried on.

    Parameters
    ----------
    at_s : float
        UTC Unix seconds.
    days : int
        How many, the day of the instant among them.

    Returns
    -------
    price_usd : array of float64, shape (days,)
        Oldest first.
    carried_s : float
        How long the last price was carried past its day, seconds; 0 inside the bundled days.

    Raises
    ------
    NoCoverage
        ``price-missing`` before the first day, or more than `LONGEST_CARRY_S` past the last.
    """
    day_s, price_usd = bundled_prices()
    last = int((at_s - day_s[0]) // DAY_S)
    carried_s = max(0.0, (last - len(day_s) + 1) * float(DAY_S))
    if last - days + 1 < 0 or carried_s > LONGEST_CARRY_S:
        raise _missing(at_s)
    index = np.minimum(np.arange(last - days + 1, last + 1), len(day_s) - 1)
    return price_usd[index], carried_s


def _missing(at_s: float) -> NoCoverage:
    day_s, _ = bundled_prices()
    return NoCoverage(
        f"no price of bitcoin is bundled for {format_time(at_s)[:10]}",
        code="price-missing",
        hint=f"days from {format_time(day_s[0])[:10]} to {format_time(day_s[-1])[:10]} are; "
        "give one with --price-usd",
    )
