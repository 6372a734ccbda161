"""How the hash rate went on after each halving of the subsidy that a record covers."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hashquake.core.errors import HashquakeError, NoCoverage
from hashquake.core.network import require_main
from hashquake.core.record import Record
from hashquake.core.result_table import ResultTable
from hashquake.core.subject import NETWORK
from hashquake.core.times import DAY_S
from hashquake.core.window import Window
from hashquake.explain.fleet import HALVING_BLOCKS
from hashquake.observatory.rate_series import Band, RateSeries, rate_series

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]
STEP_DAYS = 7
BEFORE_DAYS = 30
"""The mean of so many days before a halving is what the weeks after it are compared with."""
_LONGEST_S = 1461.0 * DAY_S


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HalvingGrowth:
    """The hash rate of the weeks after a halving over that of the 30 days before it.

    Parameters
    ----------
    height : int
        Of the first block that earned the halved subsidy.
    at_s : float
        When it was found, UTC Unix seconds.
    before_hps : tuple of float
        Mean rate of the 30 days before: median and 90 % limits, hashes a second.
    weeks : Band
        Mean rates of the weeks after, hashes a second; shape (n,), NaN in a gap.
    ratio, ratio_low, ratio_high : array of float64, shape (n,)
        Those over the mean before, with 90 % limits. The errors of the two are independent, as no
        block counts for both, so the distances of their logarithms add in squares.
    """

    height: int
    at_s: float
    before_hps: tuple[float, float, float]
    weeks: Band
    ratio: Floats
    ratio_low: Floats
    ratio_high: Floats

    def lines(self) -> dict[str, Floats]:
        """Return the columns, by the names that documents give them."""
        return {
            **dict(self.weeks.columns()),
            "ratio": self.ratio,
            "ratio_low": self.ratio_low,
            "ratio_high": self.ratio_high,
        }

    def __repr__(self) -> str:
        """Summarise it on one line."""
        return f"<HalvingGrowth at block {self.height}: {len(self.ratio)} weeks>"


class HalvingGrowths(ResultTable, tuple[HalvingGrowth, ...]):
    """Growth after each halving, oldest first; also a table."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Summarise it on one line."""
        return f"<HalvingGrowths: {len(self)} of the record>"

    def to_polars(self) -> "pl.DataFrame":
        """Return a row a halving and week.

        Returns
        -------
        polars.DataFrame
            ``height``, ``days_since`` (end of the week), ``median_hps``, ``low_hps``,
            ``high_hps``, ``ratio``, ``ratio_low``, ``ratio_high``; null in a gap.
        """
        import polars as pl

        tables = [
            pl.DataFrame(
                {
                    "height": [one.height] * len(one.ratio),
                    "days_since": [STEP_DAYS * (at + 1) for at in range(len(one.ratio))],
                    **one.lines(),
                }
            )
            for one in self
        ]
        return pl.concat(tables).fill_nan(None)


def halving_growths(record: Record) -> HalvingGrowths:
    """Return how the hash rate went on after each halving that a record covers.

    Parameters
    ----------
    record : Record
        With the 30 days before a halving and at least a week after it; others are left out.

    Raises
    ------
    UsageError
        On another network than the main one.
    NoCoverage
        When the record covers no halving.
    """
    require_main(record.network, "the growth of the hash rate after halvings")
    windows = record.coverage().windows
    if not windows:
        raise NoCoverage("the record has no blocks")
    end_s = windows[-1].end_s
    blocks = record.blocks(window=Window(start_s=windows[0].start_s, end_s=end_s)).main()
    found = []
    for place in np.flatnonzero((blocks.height > 0) & (blocks.height % HALVING_BLOCKS == 0)):
        at_s = float(blocks.header_s[place])
        try:
            growth = _growth(record, int(blocks.height[place]), at_s, end_s)
        except HashquakeError:
            continue  # the weeks before or after were not observed
        if growth is not None:
            found.append(growth)
    if not found:
        raise NoCoverage("the record covers no halving with the 30 days before and a week after")
    return HalvingGrowths(found)


def _growth(record: Record, height: int, at_s: float, end_s: float) -> HalvingGrowth | None:
    after = Window(start_s=at_s, end_s=min(end_s, at_s + _LONGEST_S))
    before_s = float(BEFORE_DAYS * DAY_S)
    before = _series(record, Window(start_s=at_s - before_s, end_s=at_s), before_s).steps
    weeks = _series(record, after, float(STEP_DAYS * DAY_S)).steps
    base, base_low, base_high = (float(v[0]) for _, v in before.columns())
    if np.isnan(base):
        return None
    ratio = weeks.median_hps / base
    down = np.hypot(np.log(weeks.median_hps / weeks.low_hps), np.log(base_high / base))
    up = np.hypot(np.log(weeks.high_hps / weeks.median_hps), np.log(base / base_low))
    return HalvingGrowth(
        height=height,
        at_s=at_s,
        before_hps=(base, base_low, base_high),
        weeks=weeks,
        ratio=ratio,
        ratio_low=ratio * np.exp(-down),
        ratio_high=ratio * np.exp(up),
    )


def _series(record: Record, window: Window, step_s: float) -> RateSeries:
    return rate_series(record, window, step_s, (NETWORK,), mean_days=())[0]
