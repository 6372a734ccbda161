"""The bundled price of bitcoin by the hour, May 2019 to February 2022.

It holds the events of the catalog that its source covers, and a year of ordinary time before them.
"""

from functools import lru_cache

import numpy as np

from hashquake.core.candles import BTC, QUANTITIES, Candles, build_candles
from hashquake.core.reading import Reading, ReadingSpan
from hashquake.core.times import HOUR_S
from hashquake.core.window import Window
from hashquake.datasets.packed_arrays import packed_arrays

SOURCE = "price_table:bitstamp"
"""As if the table had been ingested."""
_UNIT_USD = 0.01


@lru_cache(maxsize=1)
def bundled_candles() -> Candles:
    """Load the bundled prices and verify them.

    Returns
    -------
    Candles
        Hours of Bitstamp's BTC/USD; hours without trade are missing. Volumes are not bundled.

    Raises
    ------
    FormatError
        As `hashquake.core.candles.build_candles`, when the file was damaged.
    """
    packed = packed_arrays("prices.npz")
    columns = {name: column.astype(np.float64) for name, column in packed.items()}
    close = np.cumsum(columns["close_change"])
    opened = np.concatenate([[0], close[:-1]]) + columns["open_change"]
    high = np.maximum(opened, close) + columns["above"]
    low = np.minimum(opened, close) - columns["below"]
    start_s = np.cumsum(columns["hours"]) * float(HOUR_S)
    return build_candles(
        start_s,
        step_s=float(HOUR_S),
        open_usd=opened * _UNIT_USD,
        high_usd=high * _UNIT_USD,
        low_usd=low * _UNIT_USD,
        close_usd=close * _UNIT_USD,
        volume_btc=np.full(len(close), np.nan),
    )


def bundled_price_readings(
    *, subject: str = BTC, window: Window | None = None
) -> tuple[Reading, ...]:
    """Return the bundled prices as readings.

    Parameters
    ----------
    subject : str
        ``asset:btc``; others have none here.
    window : Window or None
        Only readings that overlap it.
    """
    if subject != BTC:
        return ()
    candles = bundled_candles()
    if window is not None:
        candles = candles.between(window)
    return candles.readings(SOURCE)


def bundled_price_spans() -> tuple[ReadingSpan, ...]:
    """Return when each series of the bundled prices begins and ends; volumes are not bundled."""
    candles = bundled_candles()
    window = Window(
        start_s=float(candles.start_s[0]), end_s=float(candles.start_s[-1]) + candles.step_s
    )
    return tuple(
        ReadingSpan(
            subject=BTC, quantity=quantity, source=SOURCE, window=window, n_readings=len(candles)
        )
        for quantity in QUANTITIES[:4]
    )
