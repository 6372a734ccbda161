"""Block intervals in a window against what the baseline's hash rate would have given."""

from math import exp, expm1, log1p

import numpy as np

from hashquake.core.columns import BlockColumns
from hashquake.core.incident import BlockIntervals
from hashquake.core.poisson import arrival_quantiles
from hashquake.core.window import Window


def block_gaps(
    blocks: BlockColumns, window: Window, *, baseline_hps: float
) -> BlockIntervals | None:
    """Compare the intervals that end in a window with their expectation.

    An interval is the header time of a block minus that of the block before it in the chain. It may
    be negative, for miners' clocks differ; none is moved. The wait from the last block to the
    window's end is unfinished, so it is not an interval, but it counts among the waits when the
    longest is sought: a stall still open is the one that matters most.

    Parameters
    ----------
    blocks : BlockColumns, shape (n,)
        In height order, the block before the window's first included where there is one.
    window : Window
        The time looked at.
    baseline_hps : float
        Hash rate to compare with, hashes per second, over 0; taken as known.

    Returns
    -------
    BlockIntervals or None
        None when the window holds fewer than two blocks, or when the intervals add up to nothing.
    """
    blocks = blocks.main()
    inside = (blocks.header_s >= window.start_s) & (blocks.header_s < window.end_s)
    if inside.sum() < 2:
        return None
    follows = np.diff(blocks.height, prepend=blocks.height[0] - 2) == 1
    at = np.flatnonzero(inside & follows)
    if not len(at):
        return None
    gap_s = blocks.header_s[at] - blocks.header_s[at - 1]
    if gap_s.sum() <= 0:
        return None
    expected_s = blocks.work_hashes[at] / baseline_hps
    waits_s = gap_s.astype(np.float64)
    from_height = blocks.height[at] - 1
    last = int(np.flatnonzero(inside)[-1])
    open_s = window.end_s - float(blocks.header_s[last])
    longest = int(np.argmax(waits_s))
    longest_s, longest_from = float(waits_s[longest]), int(from_height[longest])
    if open_s > longest_s:
        longest_s, longest_from = open_s, int(blocks.height[last])
    inverse = arrival_quantiles(len(at), float(gap_s.sum()))
    a, b, c, d, e, f, g = (1.0 / rate for rate in reversed(inverse.values))
    return BlockIntervals(
        n_intervals=len(at),
        mean_s=type(inverse)(values=(a, b, c, d, e, f, g)),
        expected_mean_s=float(expected_s.mean()),
        longest_s=longest_s,
        longest_from_height=longest_from,
        longest_p_value=longest_p_value(longest_s, [*expected_s.tolist(), float(expected_s[-1])]),
        header_s=tuple(blocks.header_s[at].tolist()),
        gap_s=tuple(gap_s.tolist()),
        height=tuple(blocks.height[at].tolist()),
    )


def longest_p_value(longest_s: float, expected_s: list[float]) -> float:
    """Return the probability that the longest of independent exponential waits is so long.

    Parameters
    ----------
    longest_s : float
        The longest, seconds.
    expected_s : list of float
        Mean of each wait, seconds.

    Examples
    --------
    >>> round(longest_p_value(3600.0, [600.0] * 144), 3)
    0.3
    """
    if longest_s <= 0:
        return 1.0
    # Sums of logarithms: a product of many factors near 1 would lose the small probabilities.
    return -expm1(sum(log1p(-exp(-longest_s / mean_s)) for mean_s in expected_s))
