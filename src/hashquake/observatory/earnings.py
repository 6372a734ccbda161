"""What a terahash a second earned day by day: hashprice, and the subsidies of the blocks found."""

from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hashquake.core.errors import NoCoverage, UsageError
from hashquake.core.network import require_main
from hashquake.core.record import Record
from hashquake.core.result_table import ResultTable
from hashquake.core.subject import NETWORK
from hashquake.core.times import DAY_S
from hashquake.core.window import Window
from hashquake.explain.fleet import FEE_SHARE, FEE_SHARE_RANGE, btc_per_hash, subsidy_btc
from hashquake.observatory.prices import daily_prices
from hashquake.observatory.rate_series import rate_series

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]
LEVEL = 0.9
_HASHES_PER_THS_DAY = 1e12 * DAY_S


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DailyEarnings(ResultTable):
    """What one terahash a second earned in each day, dollars.

    Fees are not part of a block's header: `hashprice` adds what fees usually are, `revenue` and
    `subsidy` leave them out.

    Parameters
    ----------
    start_s : float
        The first midnight, UTC Unix seconds.
    price_usd : array of float64, shape (n,)
        Of a bitcoin on each day: the mean of the record's own prices, else that of its midnight.
        NaN where no price is known, and so are all others then.
    subsidy_usd : array of float64, shape (n,)
        Expected from difficulty, subsidy and price. Exact but for the price.
    hashprice_median_usd, hashprice_low_usd, hashprice_high_usd : array of float64, shape (n,)
        The same with fees; the limits are those of fees over subsidy in the years 2019 to 2022.
    revenue_median_usd, revenue_low_usd, revenue_high_usd : array of float64, shape (n,)
        The subsidies of the blocks that were found over the hash rate of that day; the limits are
        those of the hash rate. NaN where a day was not observed throughout.
    """

    start_s: float
    price_usd: Floats
    subsidy_usd: Floats
    hashprice_median_usd: Floats
    hashprice_low_usd: Floats
    hashprice_high_usd: Floats
    revenue_median_usd: Floats
    revenue_low_usd: Floats
    revenue_high_usd: Floats

    def __len__(self) -> int:
        """Count the days."""
        return len(self.price_usd)

    def lines(self) -> dict[str, Floats]:
        """Return the columns but the days, by the names that documents give them."""
        return {
            "price_usd": self.price_usd,
            "subsidy_usd": self.subsidy_usd,
            "hashprice_median_usd": self.hashprice_median_usd,
            "hashprice_low_usd": self.hashprice_low_usd,
            "hashprice_high_usd": self.hashprice_high_usd,
            "revenue_median_usd": self.revenue_median_usd,
            "revenue_low_usd": self.revenue_low_usd,
            "revenue_high_usd": self.revenue_high_usd,
        }

    def to_polars(self) -> "pl.DataFrame":
        """Return a row a day.

        Returns
        -------
        polars.DataFrame
            ``time`` (midnight, UTC) and the columns of `lines`; null where nothing is known.
        """
        import polars as pl

        days = [
            datetime.fromtimestamp(self.start_s + at * DAY_S, tz=UTC) for at in range(len(self))
        ]
        columns: dict[str, Any] = {"time": days}
        return pl.DataFrame(columns | self.lines()).fill_nan(None)

    def __repr__(self) -> str:
        """Summarise it on one line."""
        first = datetime.fromtimestamp(self.start_s, tz=UTC)
        return f"<DailyEarnings: {len(self)} days from {first:%Y-%m-%d}>"


def daily_earnings(record: Record, window: Window) -> DailyEarnings:
    """Return what a terahash a second earned on each whole day of a window.

    Parameters
    ----------
    record : Record
        Blocks, and prices where it has them.
    window : Window
        Days that it covers only in part are left out.

    Raises
    ------
    UsageError
        On another network than the main one; ``step-range`` when no day lies in the window.
    NoCoverage
        When no day was observed; ``price-missing`` when no price of any of them is known.
    """
    require_main(record.network, "the price of bitcoin")
    start_s = ceil(window.start_s / DAY_S) * float(DAY_S)
    n_days = int((window.end_s - start_s) // DAY_S)
    if n_days < 1:
        raise UsageError(
            f"no whole day lies in {window}",
            code="step-range",
            hint="days last from midnight to midnight, UTC; take a longer window",
        )
    days = Window(start_s=start_s, end_s=start_s + n_days * DAY_S)
    price = daily_prices(record, days)
    rate = rate_series(record, days, float(DAY_S), (NETWORK,), mean_days=())[0].steps
    if np.isnan(price).all():
        raise NoCoverage(
            f"no bitcoin price is known for {days}",
            code="price-missing",
            hint="hashquake ingest price_table --path FILE keeps prices in the record",
        )
    blocks = record.blocks(window=days).main()
    day = np.floor((blocks.header_s - start_s) / DAY_S).astype(np.int64)
    within = (day >= 0) & (day < n_days)
    blocks, day = blocks.take(within), day[within]
    count = np.bincount(day, minlength=n_days)
    expected_btc = np.bincount(
        day, weights=btc_per_hash(blocks.height, blocks.work_hashes), minlength=n_days
    )
    paid_btc = np.bincount(day, weights=subsidy_btc(blocks.height), minlength=n_days)
    with np.errstate(divide="ignore", invalid="ignore"):
        subsidy = price * _HASHES_PER_THS_DAY * expected_btc / count
    subsidy[np.isnan(rate.median_hps)] = np.nan
    paid = price * 1e12 * paid_btc
    return DailyEarnings(
        start_s=start_s,
        price_usd=price,
        subsidy_usd=subsidy,
        hashprice_median_usd=subsidy * (1 + FEE_SHARE),
        hashprice_low_usd=subsidy * (1 + FEE_SHARE_RANGE[0]),
        hashprice_high_usd=subsidy * (1 + FEE_SHARE_RANGE[1]),
        revenue_median_usd=paid / rate.median_hps,
        revenue_low_usd=paid / rate.high_hps,
        revenue_high_usd=paid / rate.low_hps,
    )
