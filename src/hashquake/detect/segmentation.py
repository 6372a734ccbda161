"""Cut a record into stretches of steady hash rate: PELT with the exponential cost on exposures.

For review, not for alarms: it sees both sides of every change. Exact: the cuts minimise the cost
of the stretches plus a penalty for each, over all possible cuts (Killick, Fearnhead and Eckley
2012). A gap counts as its exposure, time over work, so a change of difficulty is not a cut. Theory
and blind spots: ``docs/theory/segmentation.md``.
"""

from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from hashquake.core.columns import BlockColumns
from hashquake.core.contracts import DetectorCard
from hashquake.core.errors import NoCoverage, UsageError
from hashquake.core.interval import Interval
from hashquake.core.kernels import kernel
from hashquake.core.poisson import arrival_quantiles
from hashquake.core.subject import NETWORK, parse_subject
from hashquake.core.window import Window

Floats = NDArray[np.float64]

CARD = DetectorCard(
    name="segmentation",
    title="Stretches of steady hash rate, cut at the best places there are",
    version=1,
    subjects=("network", "pool"),
    online=False,
    source="killick-fearnhead-eckley-2012",
)

LEAST_BLOCKS = 12
"""Blocks a stretch must hold: fewer, and clamped zero gaps make a stretch of infinite rate."""
_PENALTY_LOGS = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A stretch in which the hash rate looks steady.

    Parameters
    ----------
    window : Window
        From the block before its first gap to its last block.
    n_blocks : int
        Gaps in it, each ended by a block.
    hashrate_hps : Interval
        Hashes per second, 90 %.
    """

    window: Window
    n_blocks: int
    hashrate_hps: Interval


def segment(
    blocks: BlockColumns,
    *,
    subject: str = NETWORK,
    penalty: float | None = None,
    least_blocks: int = LEAST_BLOCKS,
) -> tuple[Segment, ...]:
    """Cut blocks into stretches of steady hash rate.

    Parameters
    ----------
    blocks : BlockColumns, shape (n,)
        Main chain, in height order; weeks or months, for the drift of years is cut into steps.
    subject : str
        ``network`` or ``pool:<slug>``.
    penalty : float or None
        Log likelihood a cut must gain; None is twice the log of the number of blocks.
    least_blocks : int
        Blocks of the subject a stretch must hold.

    Returns
    -------
    tuple of Segment
        Oldest first, without a gap between them.

    Raises
    ------
    NoCoverage
        ``no-blocks`` with too few blocks of the subject.
    UsageError
        ``penalty-negative``.
    """
    if penalty is not None and penalty < 0.0:
        raise UsageError(f"a penalty must be 0 or more, got {penalty}", code="penalty-negative")
    clock_s, exposure = subject_gaps(blocks, subject)
    if len(exposure) < least_blocks:
        raise NoCoverage(
            f"{subject} has {len(exposure)} gaps; a stretch needs {least_blocks}", code="no-blocks"
        )
    price = _PENALTY_LOGS * log(len(exposure)) if penalty is None else penalty
    ends = best_cuts(exposure, price, least_blocks)
    found = []
    begin = 0
    for end in ends:
        quantiles = arrival_quantiles(end - begin, float(exposure[begin:end].sum()))
        window = Window(start_s=float(clock_s[begin]), end_s=float(clock_s[end]))
        found.append(
            Segment(window=window, n_blocks=end - begin, hashrate_hps=quantiles.interval(0.9))
        )
        begin = end
    return tuple(found)


def subject_gaps(blocks: BlockColumns, subject: str) -> tuple[Floats, Floats]:
    """Return the times of a subject's blocks and the exposure between them.

    Times are running maxima of header times. A pool's gap holds the exposure of all blocks in it.

    Parameters
    ----------
    blocks : BlockColumns
        In order of height.
    subject : str
        ``network`` or a pool such as ``pool:antpool``.

    Returns
    -------
    two arrays of float, shape (n,) and (n - 1,)
        UTC Unix seconds; seconds per hash.
    """
    chain = blocks.main()
    clock_s = np.maximum.accumulate(chain.header_s.astype(np.float64))
    passed = np.concatenate([[0.0], np.cumsum(np.diff(clock_s) / chain.work_hashes[1:])])
    if subject == NETWORK:
        return clock_s, np.diff(passed)
    own = chain.is_pool(parse_subject(subject).name)
    return clock_s[own], np.diff(passed[own])


def best_cuts(exposure: Floats, penalty: float, least: int) -> tuple[int, ...]:
    """Find the ends of the stretches that cost least.

    Parameters
    ----------
    exposure : array of float, shape (n,)
        Of each gap.
    penalty : float
        Log likelihood a cut must gain.
    least : int
        Gaps a stretch must hold.

    Returns
    -------
    tuple of int
        Ascending, the last is n.
    """
    # The unit does not matter to the cuts; near one it is kind to the logarithm.
    scaled = exposure / exposure.mean()
    back = _pelt(np.concatenate([[0.0], np.cumsum(scaled)]), penalty, least)
    ends = [len(exposure)]
    while back[ends[-1]] > 0:
        ends.append(int(back[ends[-1]]))
    return tuple(reversed(ends))


@kernel
def _cost(passed: Floats, begin: int, end: int) -> float:
    """Compute minus the largest log likelihood of one steady rate, up to a constant per gap."""
    n = end - begin
    return float(n * np.log(max(passed[end] - passed[begin], 1e-12) / n))


@kernel
def _pelt(passed: Floats, penalty: float, least: int) -> NDArray[np.int64]:
    n = len(passed) - 1
    best = np.full(n + 1, np.inf)
    best[0] = -penalty
    back = np.zeros(n + 1, np.int64)
    kept = np.empty(n + 1, np.int64)
    behind = np.zeros(n + 1, np.int64)
    value = np.empty(n + 1)
    count = 0
    for end in range(least, n + 1):
        # A start becomes possible once a whole stretch fits after it.
        start = end - least
        if start == 0 or start >= least:
            kept[count] = start
            behind[count] = 0
            count += 1
        for k in range(count):
            value[k] = best[kept[k]] + _cost(passed, kept[k], end) + penalty
            if value[k] < best[end]:
                best[end] = value[k]
                back[end] = kept[k]
        # Cutting never raises this cost, so a start that is behind the present end by more than
        # the penalty is behind for good, from where a stretch fits after the present end.
        still = 0
        for k in range(count):
            if behind[k] == 0 and value[k] - penalty > best[end]:
                behind[k] = end
            if behind[k] == 0 or end + 1 < behind[k] + least:
                kept[still] = kept[k]
                behind[still] = behind[k]
                still += 1
        count = still
    return back
