"""Results as tables for analysts, in polars or pandas."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hashquake.core.columns import BlockColumns
from hashquake.core.estimate import Estimate
from hashquake.core.header import hash_text
from hashquake.core.interval import rounded
from hashquake.core.result_table import ResultTable, quantile_columns

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """The hash rate of a subject and, for a pool, its share of the network's.

    Parameters
    ----------
    hashrate : Estimate
        Hashes per second.
    share : Estimate or None
        0 to 1; None for the network, and where pools are not known.
    """

    hashrate: Estimate
    share: Estimate | None

    def __repr__(self) -> str:
        """Summarise it on one line, rounded, with the unit."""
        interval = self.hashrate.interval(0.9)
        middle, low, high = (rounded(one) for one in (interval.median, interval.low, interval.high))
        return (
            f"<Rate {self.hashrate.subject}: {middle} H/s, 90 % in [{low}, {high}], "
            f"{self.hashrate.n_blocks} blocks>"
        )


class Rates(tuple[Rate, ...], ResultTable):
    """Hash rates of several subjects over one window; a tuple that is also a table."""

    __slots__ = ()

    def to_polars(self) -> "pl.DataFrame":
        """Return a row a subject: window, blocks and the seven quantiles of rate and share.

        Returns
        -------
        polars.DataFrame
            Columns ``hashrate_hps_q50`` and so on; shares are null for the network.
        """
        import polars as pl

        return pl.DataFrame([_row(rate) for rate in self])


def block_table(blocks: BlockColumns) -> "pl.DataFrame":
    """Return blocks as a table, one row each; what is not known is null.

    Parameters
    ----------
    blocks : BlockColumns
        In order of height.
    """
    import polars as pl

    n = len(blocks)
    return pl.DataFrame(
        {
            "height": blocks.height,
            "header_s": blocks.header_s,
            "bits": blocks.bits,
            "work_hashes": blocks.work_hashes,
            "pool": pl.Series([blocks.pool_of(at) for at in range(n)], dtype=pl.String),
            "seen_s": pl.Series(blocks.seen_s).fill_nan(None),
            "stale": blocks.stale,
            "hash": pl.Series(
                [None if digest is None else hash_text(digest) for digest in blocks.hash],
                dtype=pl.String,
            ),
        }
    )


def _row(rate: Rate) -> dict[str, Any]:
    row: dict[str, Any] = {
        "subject": rate.hashrate.subject,
        "start_s": rate.hashrate.window.start_s,
        "end_s": rate.hashrate.window.end_s,
        "n_blocks": rate.hashrate.n_blocks,
    }
    row |= quantile_columns(rate.hashrate.quantiles, "hashrate_hps_")
    row |= quantile_columns(None if rate.share is None else rate.share.quantiles, "share_")
    return row | {"made_by": rate.hashrate.made_by}
