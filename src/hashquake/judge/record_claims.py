"""Claims of records: the hash rate judged against luck as falls are, difficulty and price exactly.

Of all spans of a growing series the last one is often the highest by luck alone: a record by ten
minutes of good luck is not a record of machines.
"""

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from hashquake.core.candles import Candles
from hashquake.core.claim import Call, Claim, Verdict
from hashquake.core.columns import BlockColumns
from hashquake.core.difficulty import difficulty_of_bits
from hashquake.core.interval import Interval
from hashquake.core.times import DAY_S
from hashquake.core.verdict_reason import NotMeasured, RecordMeasured
from hashquake.core.window import Window

SPAN_S = 7 * DAY_S
"""Means over a week: 1,008 blocks, whose luck is 3.2 %."""
_LEAST_BEFORE = 30
_LAST_S = 3 * DAY_S
"""An extreme "since September" is dated by all that time, and judged by its last days."""
_SINCE = ("_lowest", "_highest_since")
_Floats = NDArray[np.float64]


def judge_record(claim: Claim, window: Window, blocks: BlockColumns) -> Verdict:
    """Judge whether the hash rate of a window was the highest, or lowest, that had been.

    Parameters
    ----------
    claim : Claim
        Of rank 1 of the network; its `measure` says of what, and which extreme.
    window : Window
        When it is said to have been; of an extreme since some time, from then on.
    blocks : BlockColumns
        Every block before the end of the window, from as far back as the record goes.

    Returns
    -------
    Verdict
        ``supported`` when the rate of the best week that ends in the window exceeds that of every
        week before with a probability of 0.95 or more, ``contradicted`` under 0.05. Difficulty is
        exact: nothing is left open.
    """
    lowest = claim.measure.endswith("_lowest")
    if claim.measure.startswith("difficulty"):
        return _judge_difficulty(claim, window, blocks, lowest=lowest)
    ends, means, counts = _weekly_means(blocks, window.end_s)
    since = claim.measure.endswith(_SINCE)
    now, before = _now_and_before(ends, window, SPAN_S, since=since)
    least = 1 if since else _LEAST_BEFORE
    if int(before.sum()) < least or not now.any():
        return _not_judged(claim)
    pick = np.argmin if lowest else np.argmax
    best = int(np.flatnonzero(now)[pick(means[now])])
    old = int(np.flatnonzero(before)[pick(means[before])])
    sd = float(np.sqrt(1.0 / counts[best] + 1.0 / counts[old]))
    log_ratio = float(np.log(means[best] / means[old]))
    sign = -1.0 if lowest else 1.0
    probability = float(ndtr(sign * log_ratio / sd))
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
            lowest=lowest,
            since=since,
        ),
        is_consistent=call == "undecidable" and sign * log_ratio > 0,
    )


def judge_price_record(claim: Claim, window: Window, candles: Candles) -> Verdict:
    """Judge whether bitcoin's price was the highest, or lowest, that the record knows.

    Parameters
    ----------
    claim : Claim
        Of rank 1 of bitcoin, with its `measure`.
    window : Window
        As of `judge_record`.
    candles : Candles
        Of all prices known up to the end of the window.
    """
    lowest = claim.measure.endswith("_lowest")
    inside = candles.start_s < window.end_s
    times = candles.start_s[inside]
    values = (candles.low_usd if lowest else candles.high_usd)[inside]
    return _exact(claim, window, times, values, "price", lowest=lowest)


def _judge_difficulty(
    claim: Claim, window: Window, blocks: BlockColumns, *, lowest: bool
) -> Verdict:
    main = blocks.main()
    changed = np.flatnonzero(np.diff(main.bits.astype(np.int64), prepend=-1))
    times = main.header_s[changed].astype(np.float64)
    values = np.array([difficulty_of_bits(int(one)) for one in main.bits[changed]])
    inside = times < window.end_s
    times, values = times[inside], values[inside]
    # An epoch that began before the window lasts into it.
    lasting = int(np.searchsorted(times, window.start_s, side="right")) - 1
    since = claim.measure.endswith(_SINCE)
    if lasting >= 0 and (since or lasting == len(times) - 1):
        times[lasting] = window.start_s
    return _exact(claim, window, times, values, "difficulty", lowest=lowest)


def _exact(
    claim: Claim,
    window: Window,
    times: _Floats,
    values: _Floats,
    matter: Literal["difficulty", "price"],
    *,
    lowest: bool,
) -> Verdict:
    """Compare the extreme of a window with that before it; nothing is left to luck."""
    since = claim.measure.endswith(_SINCE)
    now, before = _now_and_before(times, window, 0.0, since=since)
    if not now.any() or not before.any():
        return _not_judged(claim)
    pick = np.argmin if lowest else np.argmax
    best = int(np.flatnonzero(now)[pick(values[now])])
    old = int(np.flatnonzero(before)[pick(values[before])])
    ratio = float(values[best] / values[old])
    holds = ratio < 1.0 if lowest else ratio > 1.0
    return Verdict(
        about=claim,
        call="supported" if holds else "contradicted",
        probability=1.0 if holds else 0.0,
        measured=Interval(median=ratio, low=ratio, high=ratio, level=1.0),
        reason=RecordMeasured(
            ratio=Interval(median=ratio, low=ratio, high=ratio, level=1.0),
            span_s=0.0,
            before_s=float(times[old]),
            finding="record" if holds else "no_record",
            matter=matter,
            lowest=lowest,
            since=since,
        ),
    )


def _now_and_before(
    times: _Floats, window: Window, span_s: float, *, since: bool
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which values are of the time claimed, and which are those it is compared with."""
    if not len(times):
        nothing = np.zeros(0, bool)
        return nothing, nothing
    if since:
        first_s = min(window.end_s, float(times[-1]) + 1.0) - _LAST_S
        now = times >= min(first_s, float(times[-1]))
        return now, (times >= window.start_s + span_s) & (times < times[now][0] - span_s)
    now = (
        times > max(window.start_s, times[-1] - DAY_S) - 1.0
        if span_s
        else times >= min(window.start_s, float(times[-1]))
    )
    return now, times <= window.start_s - span_s if span_s else ~now


def _not_judged(claim: Claim) -> Verdict:
    return Verdict(
        about=claim, call="unresolved", probability=None, measured=None,
        reason=NotMeasured(limit="not_judged", quantity=claim.quantity),
    )  # fmt: skip


def _weekly_means(blocks: BlockColumns, end_s: float) -> tuple[_Floats, _Floats, _Floats]:
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
