"""What the blocks of a record imply of a pool's hash rate, to check what the pool reports."""

from collections.abc import Callable
from functools import lru_cache

from hashquake.core.errors import NoCoverage
from hashquake.core.interval import Interval
from hashquake.core.record import Record
from hashquake.core.times import DAY_S
from hashquake.core.window import Window

SPAN_S = 14 * DAY_S
OLDEST_S = 120 * DAY_S
"""Blocks that end earlier say nothing of a pool's size today."""


def found_rates(record: Record, now_s: Callable[[], float]) -> Callable[[str], Interval | None]:
    """Return a function that returns a pool's hash rate by its blocks.

    Parameters
    ----------
    record : Record
        Whose last 14 observed days are counted, at the first question of a day.
    now_s : callable
        The clock, UTC Unix seconds.

    Returns
    -------
    callable
        From a subject such as ``pool:viabtc`` to its hash rate with a 95 % interval, hashes per
        second; to None where no recent blocks with pools are in the record, or it is of another
        network than the one that pools report of.
    """

    @lru_cache(maxsize=1)
    def rates(_day: int) -> tuple[dict[str, Interval], Interval] | None:
        return _measured(record, now_s())

    def found(subject: str) -> Interval | None:
        known = rates(int(now_s() // DAY_S))
        return None if known is None else known[0].get(subject, known[1])

    return found


def _measured(record: Record, now_s: float) -> tuple[dict[str, Interval], Interval] | None:
    """Return the rate of each pool, and that of a pool which found no block."""
    from hashquake.core.poisson import rate_quantiles
    from hashquake.estimate.block_count import pool_block_counts
    from hashquake.estimate.window import rate_of
    from hashquake.observatory.measure import blocks_around

    seen = record.coverage().windows
    if not record.network.has_main_facts or not seen or seen[-1].end_s < now_s - OLDEST_S:
        return None
    end_s = min(seen[-1].end_s, now_s)
    window = Window(start_s=max(end_s - SPAN_S, seen[-1].start_s), end_s=end_s)
    try:
        counts = pool_block_counts(blocks_around(record, window), window, record.coverage())
    except NoCoverage:
        return None
    if not counts.pools:
        return None
    rates = {one.subject: rate_of(one).interval(0.95) for one in counts.pools}
    none = rate_quantiles(0, counts.pools[0].exposure_s_per_hash).interval(0.95)
    return rates, none
