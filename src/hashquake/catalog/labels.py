"""Distinguish changes of labels from changes of power: a name vanishes and its blocks do not.

A pool whose blocks go on under another name looks dark and is not. The signs: the record says so (a
known gap in labels); ``unknown``, or a name first seen then, gained what the pool lost; ``unknown``
gained what several pools lost together; or the pool ended and one other name gained all it had.
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
_MERGED_SD = 5.0
_MATCH_SD = 2.5
_MATCH_SHARE = 0.35
_OVERLAP_BLOCKS = 2
_HALF = 0.5


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
    """Return whether a pool that lost its blocks lost only its name.

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
    at = blocks.pool_names.index(pool)
    if shift is None or shift[1][at] >= 0.0:
        return None
    for other in np.argsort(-shift[1], kind="stable")[:3].tolist():
        text = _sign(blocks, shift, onset, lost_by=at, gained_by=other)
        if text:
            return _change(pool, blocks.pool_names[other], onset, detected_s, text)
    return None


def _sign(
    blocks: BlockColumns,
    shift: tuple[Floats, Floats, Floats],
    onset: Window,
    *,
    lost_by: int,
    gained_by: int,
) -> str:
    """Return by what sign blocks go on under another name; empty when there is none."""
    share_before, gain, sd = shift
    pool, name = blocks.pool_names[lost_by], blocks.pool_names[gained_by]
    gained, loss = float(gain[gained_by]), -float(gain[lost_by])
    if gained < _SURE_SD * float(sd[gained_by]):
        return ""
    matches = _match(gained, loss, hypot(float(sd[lost_by]), float(sd[gained_by])))
    if name == UNKNOWN_POOL:
        outage = _label_outage(gain, sd, gained_by)
        all_of_them = f"{pool} and others lost blocks and {name} gained as many as all of them"
        return f"{pool} lost blocks and {name} gained as many" if matches else all_of_them * outage
    # A name that appears at that moment may take a good part more than the pool's own noise shows.
    covered = matches or _HALF * gained < loss < gained
    if covered and not share_before[gained_by] and _begins(blocks, name, onset):
        return f"{pool} lost blocks and {name}, never seen before, gained as many"
    gone = float(share_before[lost_by]) - loss < _GONE * float(share_before[lost_by])
    # Among many pools one gains by chance what a small one lost: a merger must be beyond doubt.
    sure = min(gained / float(sd[gained_by]), loss / float(sd[lost_by])) > _MERGED_SD
    if matches and sure and gone and _ends(blocks, pool, onset):
        return f"{pool} is gone and {name} gained what it lost"
    return ""


def _match(gained: float, lost: float, error: float) -> bool:
    """Return whether a gain of share equals a loss, for all the counts can tell."""
    return abs(gained - lost) < max(_MATCH_SD * error, _MATCH_SHARE * lost)


def _label_outage(gain: Floats, sd: Floats, unknown: int) -> bool:
    """Return whether ``unknown`` gained what all the pools that fell lost together."""
    fell = gain < -_MATCH_SD * sd
    fell[unknown] = False
    lost = -float(gain[fell].sum())
    error = hypot(float(sd[unknown]), float(np.sqrt((sd[fell] ** 2).sum())))
    return bool(fell.any()) and _match(float(gain[unknown]), lost, error)


def _shift(
    blocks: BlockColumns, onset: Window, detected_s: float
) -> tuple[Floats, Floats, Floats] | None:
    """Return for each name its share before, the share's gain since, and the gain's error."""
    # An onset is dated to about a day: what a new name gained by then must not count as before.
    known_s = onset.start_s - DAY_S
    before, n_before = label_counts(blocks, known_s - BEFORE_S, known_s)
    middle_s = (onset.start_s + onset.end_s) / 2.0
    after, n_after = label_counts(blocks, middle_s, detected_s + 1.0)
    if not n_before or not n_after:
        return None
    pooled = (before + after) / (n_before + n_after)
    variance = np.maximum(pooled * (1.0 - pooled), 1e-6) * (1.0 / n_before + 1.0 / n_after)
    return before / n_before, after / n_after - before / n_before, np.sqrt(variance)


def _begins(blocks: BlockColumns, name: str, onset: Window) -> bool:
    """Return whether a name is first seen about the onset."""
    first = np.flatnonzero(blocks.is_pool(name))
    if not len(first):
        return False
    first_s = float(np.maximum.accumulate(blocks.header_s)[first[0]])
    return onset.start_s - DAY_S <= first_s <= onset.end_s + DAY_S


def _ends(blocks: BlockColumns, name: str, onset: Window) -> bool:
    """Return whether a name is last seen about the onset, but for a block or two.

    Machines that change pools leave over days; a name that is merged into another ends.
    """
    own = np.flatnonzero(blocks.is_pool(name))
    clock_s = np.maximum.accumulate(blocks.header_s)
    return int((clock_s[own] > onset.end_s).sum()) <= _OVERLAP_BLOCKS


def _change(pool: str, other: str, onset: Window, detected_s: float, because: str) -> LabelChange:
    return LabelChange(
        pool=pool, filed_under=other, onset=onset, detected_s=detected_s, because=because
    )


def label_counts(blocks: BlockColumns, start_s: float, end_s: float) -> tuple[Floats, int]:
    """Return the labelled blocks of each name in a stretch of time, and how many there are in all.

    Parameters
    ----------
    blocks : BlockColumns, shape (n,)
        In chain order.
    start_s, end_s : float
        On the running maximum of header times, UTC Unix seconds.
    """
    clock_s = np.maximum.accumulate(blocks.header_s)
    inside = (clock_s >= start_s) & (clock_s < end_s) & (blocks.pool_code != NO_POOL)
    codes = blocks.pool_code[inside]
    counts = np.bincount(codes, minlength=len(blocks.pool_names)).astype(np.float64)
    return counts, len(codes)
