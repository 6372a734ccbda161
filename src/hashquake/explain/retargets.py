"""What an event did to the next difficulty, and what the difficulty would have done without it."""

import numpy as np

from hashquake.core.columns import BlockColumns
from hashquake.core.difficulty import EPOCH_BLOCKS, EPOCH_TARGET_S, difficulty_of_bits
from hashquake.core.incident import Retarget
from hashquake.core.interval import Quantiles
from hashquake.core.poisson import ratio_quantiles
from hashquake.core.window import Window
from hashquake.estimate.block_count import BlockCount

_CLAMP = 4.0


def retargets_of(blocks: BlockColumns, window: Window, before: BlockCount) -> tuple[Retarget, ...]:
    """List the retargets in a window and the first after it.

    Parameters
    ----------
    blocks : BlockColumns, shape (n,)
        In height order, contiguous; a retarget is left out when the blocks do not hold the whole
        epoch that set it.
    window : Window
        The event.
    before : BlockCount
        The network's baseline.

    Returns
    -------
    tuple of Retarget
        In height order.
    """
    blocks = blocks.main()
    found: list[Retarget] = []
    for at in np.flatnonzero(blocks.height % EPOCH_BLOCKS == 0).tolist():
        if blocks.header_s[at] < window.start_s or at < EPOCH_BLOCKS:
            continue
        if int(blocks.height[at - EPOCH_BLOCKS]) == int(blocks.height[at]) - EPOCH_BLOCKS:
            found.append(_retarget(blocks, at, window, before))
        if blocks.header_s[at] >= window.end_s:
            break
    return tuple(found)


def _retarget(blocks: BlockColumns, at: int, window: Window, before: BlockCount) -> Retarget:
    epoch = blocks.take(slice(at - EPOCH_BLOCKS, at))
    start_s, end_s = int(epoch.header_s[0]), int(epoch.header_s[-1])
    difficulty_before = difficulty_of_bits(int(epoch.bits[0]))
    difficulty_after = difficulty_of_bits(int(blocks.bits[at]))
    common = window.overlap(Window(start_s=start_s, end_s=end_s)) if start_s < end_s else None
    return Retarget(
        height=int(blocks.height[at]),
        header_s=int(blocks.header_s[at]),
        difficulty_before=difficulty_before,
        difficulty_after=difficulty_after,
        ratio=difficulty_after / difficulty_before,
        epoch_overlap_share=0.0 if common is None else common.duration_s / (end_s - start_s),
        ratio_without_event=None if common is None else _without(epoch, common, before),
    )


def _without(epoch: BlockColumns, common: Window, before: BlockCount) -> Quantiles:
    """Return the ratio had the part of an epoch common with the event run at the baseline's rate.

    The blocks found in that part would have taken its duration times the hash rate in it over the
    baseline's. That ratio of two Poisson rates has exact quantiles, and the retarget ratio falls
    with it, so they carry over. The same law comes out when the part is mined again at random
    at the baseline's rate, so it does not matter which of the two the reader has in mind.
    """
    inside = (epoch.header_s[1:] >= common.start_s) & (epoch.header_s[1:] < common.end_s)
    rates = ratio_quantiles(
        n_events=int(inside.sum()),
        exposure=common.duration_s / float(epoch.work_hashes[0]),
        baseline_n_events=before.n_blocks,
        baseline_exposure=before.exposure_s_per_hash,
    )
    timespan_s = float(epoch.header_s[-1] - epoch.header_s[0])
    spans_s = [timespan_s + common.duration_s * (rate - 1.0) for rate in rates.values]
    low_s, high_s = EPOCH_TARGET_S / _CLAMP, EPOCH_TARGET_S * _CLAMP
    a, b, c, d, e, f, g = (
        EPOCH_TARGET_S / min(max(span_s, low_s), high_s) for span_s in reversed(spans_s)
    )
    return Quantiles(values=(a, b, c, d, e, f, g))
