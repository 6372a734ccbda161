"""Re-encode an exchange's hourly history of prices into the bundled one.

Facts only: open, high, low and close of hours with trade, in cents, in the project's own columns.
Run once when the source grows::

    python scripts/build_prices.py HISTORY.csv.gz src/hashquake/datasets/prices.npz

Bundled is what the events of the catalog need: a year before each, so that there is ordinary time
to compare it with, and a week behind it.
"""

import sys
import time
from pathlib import Path

import numpy as np

from hashquake.core.coverage import Coverage
from hashquake.core.times import DAY_S, HOUR_S, YEAR_S
from hashquake.core.window import Window
from hashquake.datasets.events import load_events
from hashquake.datasets.packed_arrays import pack_arrays
from hashquake.sources.tables.price_table import Options, read_candles

BEFORE_S, AFTER_S = YEAR_S, 7 * DAY_S


def main(history: Path, out: Path) -> None:
    """Write the prices as changes, which are small numbers and take little room."""
    candles, _ = read_candles(Options(path=history, mend_volumes=True), now_s=time.time())
    last_s = float(candles.start_s[-1])
    wanted = Coverage(
        tuple(
            Window(start_s=event.window.start_s - BEFORE_S, end_s=event.window.end_s + AFTER_S)
            for event in load_events()
            if event.window.start_s < last_s
        )
    )
    kept = np.zeros(len(candles), np.bool_)
    for window in wanted.windows:
        kept |= (candles.start_s >= window.start_s) & (candles.start_s < window.end_s)
    prices = (candles.open_usd, candles.high_usd, candles.low_usd, candles.close_usd)
    opened, high, low, close = (np.rint(price[kept] * 100).astype(np.int64) for price in prices)
    hours = (candles.start_s[kept] / HOUR_S).astype(np.int64)
    pack_arrays(
        out,
        {
            "hours": np.diff(hours, prepend=0),
            "open_change": opened - np.concatenate([[0], close[:-1]]),
            "close_change": np.diff(close, prepend=0),
            "above": high - np.maximum(opened, close),
            "below": np.minimum(opened, close) - low,
        },
    )
    print(f"{len(hours)} hours in {len(wanted.windows)} stretches, {out.stat().st_size} bytes")


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:3]))
