"""What a batch says of time that has not been is refused, whoever made the batch.

A value over a window that has not ended was not measured, and time that has not been was not
watched. Sources leave such rows out themselves, with a word; this is the check behind them, which
also holds for batches made by hand.
"""

import math
from collections.abc import Iterable

import numpy as np

from hashquake.core.chain import check_clock
from hashquake.core.contracts import Batch
from hashquake.core.errors import ChainError, InputError
from hashquake.core.hostile_text import visible_text
from hashquake.core.times import format_time
from hashquake.core.window import Window

SEEN_AHEAD_S = 600
"""How far the clock of whoever saw a block may be ahead of ours, seconds."""
CLOCKS_APART_S = 60
"""How far apart the clocks of honest machines may be, seconds: a live stream is not given up for
that."""
_HINT = "check the times and their zone, and this machine's clock"


def refuse_ahead(batch: Batch, now_s: float) -> None:
    """Refuse a batch that is about time ahead of our clock.

    Parameters
    ----------
    batch : Batch
        What a source gave.
    now_s : float
        Our clock, UTC Unix seconds.

    Raises
    ------
    ChainError
        ``time-too-new`` for a block dated more than two hours ahead (the rule of nodes), or seen
        more than ten minutes ahead.
    InputError
        ``reading-ahead`` for a reading whose window ends more than a minute ahead,
        ``coverage-ahead`` for a stretch said to be observed that is not over, ``claim-ahead`` for
        a claim published later than now, ``window-not-finite`` for a window without a beginning
        or an end.
    """
    check_clock(batch.blocks.height, batch.blocks.header_s, now_s)
    _check_seen(batch, now_s)
    for reading in batch.readings:
        if not reading.window.end_s <= now_s + CLOCKS_APART_S:
            raise InputError(
                f"the {visible_text(reading.quantity, limit=60)} of "
                f"{visible_text(reading.subject, limit=60)} is given for {reading.window}, which "
                f"is not over: by this machine's clock it is {format_time(now_s)}",
                code="reading-ahead",
                hint=_HINT,
            )
    # What a batch of readings alone observed follows its readings, a live stream's clock and all.
    apart_s = CLOCKS_APART_S if batch.readings and not len(batch.blocks) else 0
    _check_observed(batch.observed, now_s + apart_s)
    _check_finite(reading.window for reading in batch.readings)
    for claim in batch.claims:
        if claim.published_s is not None and not claim.published_s <= now_s:
            raise InputError(
                f"a claim is said to have been published on {format_time(claim.published_s)}; by "
                f"this machine's clock it is {format_time(now_s)}",
                code="claim-ahead",
                hint=_HINT,
            )


def _check_seen(batch: Batch, now_s: float) -> None:
    ahead = np.flatnonzero(batch.blocks.seen_s > now_s + SEEN_AHEAD_S)  # NaN: nobody saw it
    if len(ahead):
        at = int(ahead[0])
        height = int(batch.blocks.height[at])
        raise ChainError(
            f"block {height} is said to have been seen at "
            f"{format_time(float(batch.blocks.seen_s[at]))}; by this machine's clock it is "
            f"{format_time(now_s)}",
            code="time-too-new",
            height=height,
            hint=_HINT,
        )


def _check_observed(observed: tuple[Window, ...], now_s: float) -> None:
    _check_finite(observed)
    for window in observed:
        if window.end_s > now_s:
            raise InputError(
                f"{window} is said to have been observed, and is not over: by this machine's "
                f"clock it is {format_time(now_s)}",
                code="coverage-ahead",
                hint=_HINT,
            )


def _check_finite(windows: Iterable[Window]) -> None:
    for window in windows:
        if not (math.isfinite(window.start_s) and math.isfinite(window.end_s)):
            raise InputError(
                "a window must have a beginning and an end, got "
                f"{window.start_s} to {window.end_s}",
                code="window-not-finite",
            )
