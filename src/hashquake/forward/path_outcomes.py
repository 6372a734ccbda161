"""What happened inside the epochs of a path: counts of blocks, gaps and waits.

Given when an epoch's first and last block came, the blocks between are points thrown evenly on the
work between: counts in windows are Binomial, gaps spacings.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hashquake.forward.compiled import leaf
from hashquake.forward.course import Plan
from hashquake.forward.draws import binomial, exponential
from hashquake.forward.layout import Layout
from hashquake.forward.longest_gap import first_of, longest_over
from hashquake.forward.philox import Words
from hashquake.forward.time_change import BLOCK_S, GAPS, EpochBounds, time_at, work_at

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_ALIKE = 0.01
"""Pieces whose rates differ by less are one stretch when gaps are drawn."""


class Path(NamedTuple):
    """One path before its blocks are shared out.

    Parameters
    ----------
    pieces : array of float64, shape (4, n_pieces or more)
        Its hash rate, as in `Plan`.
    source : array of int64, same length
        Which piece of the plan each is.
    n_pieces : int
        How many pieces there are.
    bounds : EpochBounds
        Where its epochs begin and end.
    """

    pieces: Floats
    source: Ints
    n_pieces: int
    bounds: EpochBounds


class Gaps(NamedTuple):
    """What drawing a longest gap needs.

    Parameters
    ----------
    table : array of float64
        From `longest_gap.gap_table`.
    spacings : array of float64, shape (longest_gap.FEW,)
        Overwritten.
    """

    table: Floats
    spacings: Floats


@leaf
def count_blocks(  # noqa: C901, PLR0912, PLR0915  one pass: every call costs on each path
    stream: Words,
    plan: Plan,
    path: Path,
    gaps: Gaps,
    cells: Ints,
    row: Floats,
    place: Layout,
) -> None:
    """Share the blocks of a path over its stretches, and draw the gaps between them.

    Parameters
    ----------
    stream : array of uint64
        Source of randomness.
    plan : Plan
        The scenario.
    path : Path
        The path.
    gaps : Gaps
        For the longest gaps.
    cells : array of int64, shape (3, classes)
        Overwritten: blocks by phase and class.
    row : array of float64
        Its block, loss and gap columns are filled.
    place : Layout
        The columns.
    """
    pieces, source, count = path.pieces, path.source, path.n_pieces
    work_bounds, time_bounds = path.bounds.work, path.bounds.time_s
    difficulty = path.bounds.difficulty
    table, spacings = gaps.table, gaps.spacings
    for phase in range(3):
        for q in range(cells.shape[1]):
            cells[phase, q] = 0
    last = count - 1
    k, open_s, longest, in_window, lost = 0, 0.0, 0.0, 0.0, 0.0
    dark_s = 0.0
    for e in range(place.epochs):
        for arc in range(2):
            at_w, end_w = work_bounds[arc, e], work_bounds[arc + 1, e]
            left = GAPS - 1 if arc else 0
            at_s, end_s = time_bounds[arc, e], time_bounds[arc + 1, e]
            while k < last and pieces[3, k + 1] <= at_w:
                k += 1
            while at_w < end_w:
                # A stretch: pieces of one class and phase and of nearly one rate.
                j, phase, kind = source[k], plan.phase[source[k]], plan.class_of[source[k]]
                level = pieces[1, k]
                stop, upto_w = k, end_w
                while stop < last and pieces[3, stop + 1] < end_w:
                    following = source[stop + 1]
                    same = plan.phase[following] == phase and plan.class_of[following] == kind
                    near = abs(pieces[1, stop + 1] - level) <= _ALIKE * level
                    if not (same and near):
                        upto_w = pieces[3, stop + 1]
                        break
                    stop += 1
                if upto_w < end_w:
                    next_k, upto_s = stop + 1, pieces[0, stop + 1]
                else:
                    next_k, upto_s = stop, end_s
                done = upto_w - at_w
                if phase == 1:
                    plain = (upto_s - at_s) * 0.5 * (plan.plain[1, j] + plan.plain[2, source[stop]])
                    missing = max(plain - done, 0.0)
                    dark_s += missing
                    lost += missing / (BLOCK_S * difficulty[e])
                n = binomial(stream, left, done / (end_w - at_w)) if upto_w < end_w else left
                left -= n
                cells[phase, kind] += n
                if n > 0:
                    pace = (upto_s - at_s) / done if done > 0.0 else 0.0
                    before = done * first_of(stream, n)
                    gap = at_s + before * pace - open_s
                    inner, behind = done - before, done - before
                    if n > 1:
                        behind = inner * first_of(stream, n - 1)
                        inner -= behind
                        span = inner * pace
                        most = max(gap, in_window if phase == 1 else longest)
                        over = longest_over(stream, n - 1, most / span, table, spacings)
                        gap = max(gap, span * over)
                    open_s = upto_s - behind * pace
                    longest = max(longest, gap)
                    if phase == 1:
                        in_window = max(in_window, gap)
                at_w, at_s, k = upto_w, upto_s, next_k
            last_phase = plan.phase[source[k]]
            gap = at_s - open_s
            longest = max(longest, gap)
            if last_phase == 1:
                in_window = max(in_window, gap)
            open_s = at_s
            cells[last_phase, plan.class_of[source[k]]] += 1
    blocks = 0
    for q in range(cells.shape[1]):
        blocks += cells[1, q]
    row[place.blocks] = blocks
    row[place.lost] = lost
    row[place.dark_s] = dark_s
    row[place.gap_s] = longest
    row[place.window_gap_s] = in_window


@leaf
def wait_for_blocks(
    stream: Words,
    from_s: float,
    path: Path,
    variates: Floats,
    row: Floats,
    place: Layout,
) -> None:
    """Draw how long a payment made at an instant waits for one, three and six blocks.

    Blocks after the instant are order statistics of what the epoch has left, so a wait runs on
    into the next epoch, at its difficulty, where it has to.

    Parameters
    ----------
    stream : array of uint64, shape (STREAM_WORDS,)
        Moved on.
    from_s : float
        When the payment is made, seconds from the start of the run.
    path : Path
        Hash rate and epochs.
    variates : array of float64, shape (VARIATE_ROWS, epochs)
        One path of `hashquake.forward.variates.Drawn`; row 3, the hash rate over plan, is read.
    row : array of float64, shape (columns,)
        The waits are written into it, seconds.
    place : Layout
        Columns of the row.
    """
    pieces, count = path.pieces, path.n_pieces
    work_bounds, time_bounds = path.bounds.work, path.bounds.time_s
    difficulty = path.bounds.difficulty
    epochs = place.epochs
    k, w = work_at(pieces, count, 0, from_s)
    e = arc = 0
    while e < epochs and time_bounds[arc + 1, e] <= from_s:
        arc += 1
        if arc == 2:
            e, arc = e + 1, 0
    left = 0
    if e < epochs and arc == 1:
        whole = work_bounds[2, e] - work_bounds[1, e]
        left = binomial(stream, GAPS - 1, (work_bounds[2, e] - w) / whole)
    at = 0
    for block in range(1, 7):
        if e >= epochs:
            w += BLOCK_S * difficulty[epochs] / variates[3, epochs - 1] * exponential(stream)
        elif left > 0:
            w += (work_bounds[arc + 1, e] - w) * first_of(stream, left)
            left -= 1
        else:
            w = work_bounds[arc + 1, e]
            arc += 1
            if arc == 2:
                e, arc = e + 1, 0
            left = GAPS - 1 if arc == 1 else 0
        if block in (1, 3, 6):
            k, when_s = time_at(pieces, count, k, w)
            row[place.confirmation_s + at] = when_s - from_s
            at += 1
