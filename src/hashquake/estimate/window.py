"""The exact hash rate of a window: blocks counted over the chance to find them.

The rate is ``n / sum(dt / work)``. With one difficulty in force that is ``sum(work) / duration``;
over a retarget it is the most likely constant rate. Its quantiles come from the Poisson law of the
count and assume nothing but a steady rate inside the window.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from hashquake.core.columns import BlockColumns
from hashquake.core.coverage import Coverage
from hashquake.core.errors import UsageError
from hashquake.core.estimate import Estimate
from hashquake.core.network import MAIN, Network
from hashquake.core.poisson import arrival_quantiles, rate_limits, rate_quantiles
from hashquake.core.subject import NETWORK
from hashquake.core.window import Window
from hashquake.estimate.block_count import BlockCount, block_count, block_counts, count_all

MADE_BY = "window/1"
MADE_BY_WORK = "work_over_time/1"


def window_rate(
    blocks: BlockColumns,
    window: Window,
    subject: str,
    coverage: Coverage,
    *,
    network: Network = MAIN,
) -> Estimate:
    """Estimate the mean hash rate of the network or of a pool over a window.

    Parameters
    ----------
    blocks : BlockColumns, shape (n,)
        In height order; blocks outside the window state the difficulty and are not counted.
    window : Window
        Its ends are fixed beforehand; the time after the last block counts.
    subject : str
        ``network`` or ``pool:<slug>``.
    coverage : Coverage
        What was observed.
    network : Network
        Whose retarget rule holds.

    Returns
    -------
    Estimate
        Of ``hashrate_hps``, hashes per second.

    Raises
    ------
    NoCoverage
        When the window was not observed throughout, or the pools of its blocks were never looked
        up.
    UsageError
        ``subject-not-mined`` for a subject that blocks do not name.
    """
    return rate_of(block_count(blocks, window, subject, coverage, network=network))


def rate_series(
    blocks: BlockColumns,
    windows: Sequence[Window],
    subject: str,
    coverage: Coverage,
    *,
    network: Network = MAIN,
) -> tuple[Estimate, ...]:
    """Estimate the mean hash rate over each of many windows; as `window_rate`, in one pass.

    Parameters
    ----------
    blocks : BlockColumns
        In order of height.
    windows : sequence of Window
        In any order, UTC Unix seconds.
    subject : str
        ``network`` or a pool such as ``pool:antpool``.
    coverage : Coverage
        When the record was watching.
    network : Network
        Whose rules of difficulty hold.
    """
    counts = block_counts(blocks, windows, subject, coverage, network=network)
    return tuple(rate_of(one) for one in counts)


def rate_limits_of(
    blocks: BlockColumns,
    start_s: NDArray[np.float64],
    end_s: NDArray[np.float64],
    subjects: Sequence[str],
    coverage: Coverage,
    *,
    network: Network = MAIN,
    level: float,
) -> list[NDArray[np.float64]]:
    """Estimate medians and limits of several subjects over many windows; as `window_rate`.

    Parameters
    ----------
    blocks : BlockColumns, shape (n,)
        In height order.
    start_s, end_s : array of float64, shape (k,)
        The windows, UTC Unix seconds.
    subjects : sequence of str
        ``network`` or ``pool:<slug>``.
    coverage : Coverage
        When the record was watching.
    network : Network
        Whose rules of difficulty hold.
    level : float
        0.5, 0.9 or 0.95.

    Returns
    -------
    list of array of float64, each of shape (3, k)
        Of each subject medians, lower and upper limits, hashes per second; NaN where a window was
        not observed throughout.

    Raises
    ------
    NoCoverage
        As of `hashquake.estimate.block_count.block_counts`, but for windows not observed.
    """
    seen = np.flatnonzero(coverage.whole(start_s, end_s))
    found = [np.full((3, len(start_s)), np.nan) for _ in subjects]
    if not len(seen):
        return found
    if network.easy_blocks:
        windows = [Window(start_s=float(start_s[at]), end_s=float(end_s[at])) for at in seen]
        for limits, subject in zip(found, subjects, strict=True):
            for at, one in zip(
                seen, rate_series(blocks, windows, subject, coverage, network=network), strict=True
            ):
                interval = one.interval(level)
                limits[:, at] = interval.median, interval.low, interval.high
        return found
    counted = count_all(blocks.main(), start_s[seen], end_s[seen], subjects, network=network)
    for limits, (counts, exposure) in zip(found, counted, strict=True):
        limits[:, seen] = rate_limits(counts, exposure, level=level)
    return found


def rate_of(counted: BlockCount) -> Estimate:
    """Turn a count into an estimate of the hash rate.

    Parameters
    ----------
    counted : BlockCount
        Blocks and exposure of one subject in one window.
    """
    return Estimate(
        subject=counted.subject,
        quantity="hashrate_hps",
        window=counted.window,
        quantiles=rate_quantiles(counted.n_counted, counted.exposure_s_per_hash),
        n_blocks=counted.n_blocks,
        made_by=MADE_BY if counted.n_equal is None else MADE_BY_WORK,
    )


def rate_between_blocks(blocks: BlockColumns) -> Estimate:
    """Estimate the network's hash rate between the first and the last of a run of blocks.

    Here the ends are blocks, so the number of intervals was fixed and time is what varied: the
    quantiles are those of a Gamma law with the number of intervals as its shape.

    Parameters
    ----------
    blocks : BlockColumns, shape (n,)
        Contiguous heights of the main chain.

    Returns
    -------
    Estimate
        Of ``hashrate_hps``; ``n_blocks`` is n, the intervals are one less.

    Raises
    ------
    UsageError
        ``blocks-not-contiguous``; ``count-negative`` with fewer than two blocks;
        ``exposure-empty`` or ``window-reversed`` when the last block is not dated after the first.
    """
    exposure = _exposure_between(blocks)
    return Estimate(
        subject=NETWORK,
        quantity="hashrate_hps",
        window=Window(start_s=float(blocks.header_s[0]), end_s=float(blocks.header_s[-1])),
        quantiles=arrival_quantiles(len(blocks) - 1, exposure),
        n_blocks=len(blocks),
        made_by=MADE_BY,
    )


def unbiased_rate_between_blocks_hps(blocks: BlockColumns) -> float:
    """Return the unbiased hash rate between the first and the last of a run of blocks.

    With m intervals that is ``(m - 1) / sum(interval / work)``: one over a sum of m exponential
    times has a mean too high by m / (m - 1), and so has Bitcoin Core's ``getnetworkhashps m``.

    Parameters
    ----------
    blocks : BlockColumns
        At least three, in order of height.

    Returns
    -------
    float
        Hashes per second.

    Raises
    ------
    UsageError
        As `rate_between_blocks`; ``count-negative`` with fewer than three blocks.
    """
    if len(blocks) < 3:
        raise UsageError("an unbiased rate needs at least three blocks", code="count-negative")
    return (len(blocks) - 2) / _exposure_between(blocks)


def consecutive_windows(span: Window, width_s: float, *, through_s: float) -> tuple[Window, ...]:
    """Cut a stretch into windows of one width with an edge at a given instant.

    Parameters
    ----------
    span : Window
        No window reaches out of it.
    width_s : float
        Width, seconds, over 0.
    through_s : float
        An instant that is to be an edge, UTC Unix seconds; it may lie outside the span.

    Raises
    ------
    UsageError
        ``width-empty``.
    """
    if not width_s > 0:
        raise UsageError(f"a window must be longer than 0 s, got {width_s}", code="width-empty")
    first = int(np.ceil((span.start_s - through_s) / width_s))
    last = int(np.floor((span.end_s - through_s) / width_s))
    edges = [through_s + step * width_s for step in range(first, last + 1)]
    return tuple(Window(start_s=a, end_s=b) for a, b in pairwise(edges))


def _exposure_between(blocks: BlockColumns) -> float:
    if len(blocks) < 2:
        raise UsageError("a rate between blocks needs at least two blocks", code="count-negative")
    if not (np.diff(blocks.height) == 1).all():
        raise UsageError(
            "a rate between blocks needs contiguous heights", code="blocks-not-contiguous"
        )
    # An interval was mined under the difficulty of the block that ends it.
    return float((np.diff(blocks.header_s) / blocks.work_hashes[1:]).sum())
