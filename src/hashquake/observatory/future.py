"""What cannot have been measured yet: blocks, readings and coverage ahead of our clock."""

import math
from collections.abc import Iterable

import numpy as np

from hashquake.core.chain import MAX_FUTURE_S, check_clock
from hashquake.core.contracts import Batch
from hashquake.core.errors import ChainError, InputError
from hashquake.core.hostile_text import visible_text
from hashquake.core.times import format_time
from hashquake.core.window import Window

CLOCK_SKEW_S = 60.0
"""How far the clock of an instrument may run ahead of ours."""


def refuse_future(batch: Batch, now_s: float) -> None:
    """Refuse blocks and readings that are dated after our clock.

    Parameters
    ----------
    batch : Batch
        From any source.
    now_s : float
        Our clock, UTC Unix seconds.

    Raises
    ------
    ChainError
        ``time-too-new`` for a block, stale or not, dated or seen more than two hours ahead, as a
        node refuses it.
    InputError
        ``reading-ahead`` for a reading whose window ends more than `CLOCK_SKEW_S` ahead.
    """
    blocks = batch.blocks
    check_clock(blocks.height, blocks.header_s, now_s)
    ahead = np.flatnonzero(blocks.seen_s > now_s + MAX_FUTURE_S)
    if len(ahead):
        height = int(blocks.height[ahead[0]])
        raise ChainError(
            f"block {height} is said to have been seen at "
            f"{format_time(float(blocks.seen_s[ahead[0]]))}, and it is {format_time(now_s)} by "
            f"this machine's clock",
            code="time-too-new",
            height=height,
            hint="check this machine's clock",
        )
    for reading in batch.readings:
        end_s = reading.window.end_s
        if not end_s <= now_s + CLOCK_SKEW_S:
            until = format_time(end_s) if math.isfinite(end_s) else str(end_s)
            raise InputError(
                f"a reading of {visible_text(reading.subject, limit=60)} by "
                f"{visible_text(reading.source, limit=60)} is about time until {until}, and it is "
                f"{format_time(now_s)} by this machine's clock",
                code="reading-ahead",
                hint="leave out time that is not over, or check this machine's clock",
            )


def observed_until(observed: Iterable[Window], now_s: float) -> tuple[Window, ...]:
    """Return the stretches that were observed, cut at our clock: nobody observed what is ahead.

    Parameters
    ----------
    observed : iterable of Window
        As a source says.
    now_s : float
        Our clock, UTC Unix seconds.
    """
    return tuple(
        Window(start_s=one.start_s, end_s=min(one.end_s, now_s))
        for one in observed
        if one.start_s < now_s
    )
