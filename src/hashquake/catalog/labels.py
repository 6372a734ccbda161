"""Tell a change of labels from a change of power: when a name vanishes and its blocks do not.

A pool whose blocks go on under another name looks dark and is not. Three signs: the record says so
(a known gap in labels); the pool is all but gone while ``unknown``, or a name never seen before,
gained what it lost; or a part of it is gone and ``unknown`` gained just as much.
"""

from dataclasses import dataclass
from math import hypot

import numpy as np
from numpy.typing import NDArray

from hashquake.core.columns import NO_POOL, BlockColumns
from hashquake.core.label_gap import LabelGap
from hashquake.core.subject import UNKNOWN_POOL
from hashquake.core.times import DAY_S
from hashquake.core.window import Window

Floats = NDArray[np.float64]
BEFORE_S = 14.0 * DAY_S
_GONE = 0.25
_SURE_SD = 3.0
_MATCH_SD = 2.5
_MATCH_SHARE = 0.35
_OVERLAP_BLOCKS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelChange:
    """Blocks that go on under another name.

    Parameters
    ----------
    pool, filed_under : str
        Slug that lost blocks, slug that gained them.
    onset : Window
        When the change began.
    detected_s : float
        When it was noticed, UTC Unix seconds.
    because : str
        How it is known, in a sentence.
    """

    pool: str
    filed_under: str
    onset: Window
    detected_s: float
    because: str


def label_change(
    blocks: BlockColumns,
    *,
    pool: str,
    onset: Window,
    detected_s: float,
    gaps: tuple[LabelGap, ...] = (),
) -> LabelChange | None:
    """Tell whether a pool that lost its blocks lost only its name.

    Parameters
    ----------
    blocks : BlockColumns, shape (n,)
        Of two weeks before the onset and of all since.
    pool : str
        Slug.
    onset : Window
        When its blocks began to be missing.
    detected_s : float
        When that was noticed.
    gaps : tuple of LabelGap
        Gaps in labels known beforehand.

    Returns
    -------
    LabelChange or None
        None when it is power that changed, for all the blocks can say.
    """
    around = Window(start_s=onset.start_s - DAY_S, end_s=max(detected_s, onset.end_s) + 1.0)
    for gap in gaps:
        if pool in (gap.pool, gap.filed_under) and gap.window.overlap(around) is not None:
            other = gap.filed_under if pool == gap.pool else gap.pool
            return _change(pool, other, onset, detected_s, f"known: {gap.note}")
    if pool == UNKNOWN_POOL or pool not in blocks.pool_names:
        return None
    shift = _shift(blocks, onset, detected_s)
    if shift is None:
        return None
    share_before, gain, sd = shift
    at = blocks.pool_names.index(pool)
    loss = -float(gain[at])
    gone = float(share_before[at]) - loss < _GONE * float(share_before[at])
    for other in np.argsort(-gain, kind="stable")[:3]:
        name, gained = blocks.pool_names[other], float(gain[other])
        error = hypot(float(sd[at]), float(sd[other]))
        matches = abs(gained - loss) < max(_MATCH_SD * error, _MATCH_SHARE * loss)
        if loss <= 0.0 or not matches or gained < _SURE_SD * float(sd[other]):
            continue
        if name == UNKNOWN_POOL:
            text = f"{pool} lost blocks and {name} gained as many"
            return _change(pool, name, onset, detected_s, text)
        if gone and _succeeds(blocks, pool, name, onset):
            text = f"{pool} is gone and {name}, never seen before, gained what it lost"
            return _change(pool, name, onset, detected_s, text)
    return None


def _shift(
    blocks: BlockColumns, onset: Window, detected_s: float
) -> tuple[Floats, Floats, Floats] | None:
    """Give, per name, its share before, what the share gained since, and that gain's error."""
    before, n_before = _counts(blocks, onset.start_s - BEFORE_S, onset.start_s)
    middle_s = (onset.start_s + onset.end_s) / 2.0
    after, n_after = _counts(blocks, middle_s, detected_s + 1.0)
    if not n_before or not n_after:
        return None
    pooled = (before + after) / (n_before + n_after)
    variance = np.maximum(pooled * (1.0 - pooled), 1e-6) * (1.0 / n_before + 1.0 / n_after)
    return before / n_before, after / n_after - before / n_before, np.sqrt(variance)


def _succeeds(blocks: BlockColumns, pool: str, name: str, onset: Window) -> bool:
    """Tell whether one name takes over from another: the new one comes as the old one leaves.

    Two pools that happen to fall and rise together overlap in time, a renamed one does not.
    """
    new = np.flatnonzero(blocks.is_pool(name))
    old = np.flatnonzero(blocks.is_pool(pool))
    if not len(new) or not len(old):
        return False
    first_s = float(np.maximum.accumulate(blocks.header_s)[new[0]])
    overlap = int((old > new[0]).sum())
    return onset.start_s - DAY_S <= first_s <= onset.end_s + DAY_S and overlap <= _OVERLAP_BLOCKS


def _change(pool: str, other: str, onset: Window, detected_s: float, because: str) -> LabelChange:
    return LabelChange(
        pool=pool, filed_under=other, onset=onset, detected_s=detected_s, because=because
    )


def _counts(blocks: BlockColumns, start_s: float, end_s: float) -> tuple[Floats, int]:
    """Count the labelled blocks of each name on the running maximum of header times."""
    clock_s = np.maximum.accumulate(blocks.header_s)
    inside = (clock_s >= start_s) & (clock_s < end_s) & (blocks.pool_code != NO_POOL)
    codes = blocks.pool_code[inside]
    counts = np.bincount(codes, minlength=len(blocks.pool_names)).astype(np.float64)
    return counts, len(codes)
