"""Claims of a record hash rate, judged against luck as falls are.

Of all spans of a growing series the last one is often the highest by luck alone: a record by ten
minutes of good luck is no record of machines.
"""

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from hashquake.core.claim import Call, Claim, Verdict
from hashquake.core.columns import BlockColumns
from hashquake.core.interval import Interval
from hashquake.core.times import DAY_S
from hashquake.core.verdict_reason import NotMeasured, RecordMeasured
from hashquake.core.window import Window

SPAN_S = 7 * DAY_S
"""Means over a week: 1,008 blocks, whose luck is 3.2 %."""
_LEAST_BEFORE = 30


def judge_record(claim: Claim, window: Window, blocks: BlockColumns) -> Verdict:
    """Judge whether the hash rate of a window was the highest that had been.

    Parameters
    ----------
    claim : Claim
        Of rank 1 of the network.
    window : Window
        When it is said to have been.
    blocks : BlockColumns
        Every block before the end of the window, from as far back as the record goes.

    Returns
    -------
    Verdict
        ``supported`` when the rate of the best week that ends in the window exceeds that of every
        week before with a probability of 0.95 or more, ``contradicted`` under 0.05.
    """
    ends, means, counts = _weekly_means(blocks, window.end_s)
    now = ends > max(window.start_s, ends[-1] - DAY_S) - 1.0 if len(ends) else np.zeros(0, bool)
    before = ends <= window.start_s - SPAN_S if len(ends) else now
    if int(before.sum()) < _LEAST_BEFORE or not now.any():
        return Verdict(
            about=claim, call="unresolved", probability=None, measured=None,
            reason=NotMeasured(limit="not_judged", quantity=claim.quantity),
        )  # fmt: skip
    best = int(np.flatnonzero(now)[np.argmax(means[now])])
    old = int(np.flatnonzero(before)[np.argmax(means[before])])
    sd = float(np.sqrt(1.0 / counts[best] + 1.0 / counts[old]))
    log_ratio = float(np.log(means[best] / means[old]))
    probability = float(ndtr(log_ratio / sd))
    ratio = Interval(
        median=float(np.exp(log_ratio)),
        low=float(np.exp(log_ratio - 1.645 * sd)),
        high=float(np.exp(log_ratio + 1.645 * sd)),
        level=0.9,
    )
    call: Call = "undecidable"
    finding: Literal["record", "no_record", "open"] = "open"
    if probability >= 0.95:
        call, finding = "supported", "record"
    elif probability < 0.05:
        call, finding = "contradicted", "no_record"
    return Verdict(
        about=claim,
        call=call,
        probability=probability,
        measured=ratio,
        reason=RecordMeasured(
            ratio=ratio,
            span_s=float(SPAN_S),
            before_s=float(ends[old]),
            finding=finding,
        ),
        is_consistent=call == "undecidable" and log_ratio > 0,
    )


def _weekly_means(
    blocks: BlockColumns, end_s: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return the ends of weeks, a day apart, with the mean hash rate of each and its blocks."""
    main = blocks.main()
    times = np.maximum.accumulate(main.header_s.astype(np.float64))
    work = np.concatenate([[0.0], np.cumsum(main.work_hashes)])
    if not len(times) or end_s - SPAN_S <= times[0]:
        empty = np.zeros(0)
        return empty, empty, empty
    last = min(end_s, float(times[-1]))
    ends = np.arange(last, times[0] + SPAN_S, -float(DAY_S))[::-1]
    stops = np.searchsorted(times, ends, side="right")
    starts = np.searchsorted(times, ends - SPAN_S, side="right")
    counts = (stops - starts).astype(np.float64)
    enough = counts > 300
    means = (work[stops] - work[starts]) / SPAN_S
    return ends[enough], means[enough], counts[enough]
