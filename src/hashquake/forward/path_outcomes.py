"""What happened inside the epochs of a path: counts, gaps, waits, and who found the blocks.

Given when an epoch's first and last block came, the blocks between are points thrown evenly on the
work between: counts in windows are Binomial, pools Multinomial, gaps spacings.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hashquake.forward.compiled import leaf
from hashquake.forward.course import Mix, Plan
from hashquake.forward.draws import binomial, exponential
from hashquake.forward.layout import Layout
from hashquake.forward.longest_gap import first_of, longest_over
from hashquake.forward.philox import Words
from hashquake.forward.time_change import BLOCK_S, GAPS, Marks, time_at, work_at

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
    marks : Marks
        Where its epochs begin and end.
    """

    pieces: Floats
    source: Ints
    n_pieces: int
    marks: Marks


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
        The luck.
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
    work_marks, time_marks = path.marks.work, path.marks.time_s
    difficulty = path.marks.difficulty
    table, spacings = gaps.table, gaps.spacings
    for phase in range(3):
        for q in range(cells.shape[1]):
            cells[phase, q] = 0
    last = count - 1
    k, open_s, longest, in_window, lost = 0, 0.0, 0.0, 0.0, 0.0
    dark_s = 0.0
    for e in range(place.epochs):
        for arc in range(2):
            at_w, end_w = work_marks[arc, e], work_marks[arc + 1, e]
            left = GAPS - 1 if arc else 0
            at_s, end_s = time_marks[arc, e], time_marks[arc + 1, e]
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
    luck: Floats,
    row: Floats,
    place: Layout,
) -> None:
    """Draw how long a payment made at an instant waits for one, three and six blocks.

    Blocks after the instant are order statistics of what the epoch has left, so a wait runs on
    into the next epoch, at its difficulty, where it has to.
    """
    pieces, count = path.pieces, path.n_pieces
    work_marks, time_marks = path.marks.work, path.marks.time_s
    difficulty = path.marks.difficulty
    epochs = place.epochs
    k, w = work_at(pieces, count, 0, from_s)
    e = arc = 0
    while e < epochs and time_marks[arc + 1, e] <= from_s:
        arc += 1
        if arc == 2:
            e, arc = e + 1, 0
    left = 0
    if e < epochs and arc == 1:
        whole = work_marks[2, e] - work_marks[1, e]
        left = binomial(stream, GAPS - 1, (work_marks[2, e] - w) / whole)
    at = 0
    for block in range(1, 7):
        if e >= epochs:
            w += BLOCK_S * difficulty[epochs] / luck[3, epochs - 1] * exponential(stream)
        elif left > 0:
            w += (work_marks[arc + 1, e] - w) * first_of(stream, left)
            left -= 1
        else:
            w = work_marks[arc + 1, e]
            arc += 1
            if arc == 2:
                e, arc = e + 1, 0
            left = GAPS - 1 if arc == 1 else 0
        if block in (1, 3, 6):
            k, when_s = time_at(pieces, count, k, w)
            row[place.confirmation_s + at] = when_s - from_s
            at += 1


@leaf
def split_blocks(
    mix: Mix,
    weights: Floats,
    pool_share: Floats,
    country_share: Floats,
    chances: Floats,
    income: Floats,
) -> None:
    """Work out who finds a block in each class of piece: the same for every path, or path by path.

    Parameters
    ----------
    mix : Mix
        Who has the hash rate, by class of piece.
    weights : array of float64, shape (parts,)
        How large each struck part is in this path.
    pool_share : array of float64, shape (pools,)
        Shares before the outages in this path.
    country_share : array of float64, shape (countries,)
        The same by country.
    chances : array of float64, shape (classes, pools)
        Overwritten: each pool's share of the blocks that the pools before it left over.
    income : array of float64, shape (classes, countries)
        Overwritten: each country's share.
    """
    parts, pools = len(weights), len(pool_share)
    for q in range(len(chances)):
        online = 1.0
        for o in range(parts):
            online -= weights[o] * (1.0 - mix.online[o, q])
        # Where nothing is online no block comes, so any share will do.
        online = max(online, 1e-12)
        room = 1.0
        for p in range(pools - 1):
            share = pool_share[p]
            for o in range(parts):
                home = mix.home[o, q]
                now = home * mix.part_pool[o, p] + (1.0 - home) * mix.away_pool[o, p]
                share += weights[o] * (mix.online[o, q] * now - mix.part_pool[o, p])
            share = max(share, 0.0) / online
            chances[q, p] = share / room if room > 1e-12 else 1.0
            room -= share
        chances[q, pools - 1] = 1.0
        for c in range(len(country_share)):
            share = country_share[c]
            for o in range(parts):
                before = weights[o] * mix.part_country[o, c]
                share += before * (mix.online[o, q] - 1.0)
            income[q, c] = max(share, 0.0) / online


@leaf
def share_out(
    stream: Words,
    chances: Floats,
    income: Floats,
    cells: Ints,
    found: Ints,
    row: Floats,
    place: Layout,
) -> None:
    """Draw which pools found the blocks, what countries earned, and how concentrated it was.

    Parameters
    ----------
    stream : array of uint64
        The luck.
    chances : array of float64, shape (classes, pools)
        From `split_blocks`.
    income : array of float64, shape (classes, countries)
        From `split_blocks`.
    cells : array of int64, shape (3, classes)
        Blocks by phase and class.
    found : array of int64, shape (3, pools)
        Overwritten: blocks by phase and pool.
    row : array of float64
        Its pool, country and concentration columns are filled.
    place : Layout
        The columns.
    """
    for phase in range(3):
        for p in range(place.pools):
            found[phase, p] = 0
    for c in range(2 * place.countries):
        row[place.country_during + c] = 0.0
    in_window = blocks = early = 0
    for q in range(cells.shape[1]):
        in_window += cells[1, q]
        blocks += cells[0, q] + cells[1, q] + cells[2, q]
    per_window, per_block = 1.0 / max(in_window, 1), 1.0 / blocks
    for q in range(cells.shape[1]):
        outside = cells[0, q] + cells[2, q]
        total = outside + cells[1, q]
        if total == 0:
            continue
        # Before and after are one draw where the pools share alike then.
        early += outside if cells[2, q] == 0 else 0
        out = found[2 if cells[2, q] > 0 else 0]
        draw_pools(stream, outside, cells[1, q], chances[q], out, found[1])
        during, whole = cells[1, q] * per_window, total * per_block
        for c in range(place.countries):
            row[place.country_during + c] += during * income[q, c]
            row[place.country_total + c] += whole * income[q, c]
    for p in range(place.pools):
        row[place.pool_during + p] = found[1, p] * per_window if in_window else np.nan
        row[place.pool_total + p] = (found[0, p] + found[1, p] + found[2, p]) * per_block
    row[place.hhi + 1], row[place.nakamoto + 1] = concentration(found[1])
    row[place.hhi + 2], row[place.nakamoto + 2] = concentration(found[2])
    if early > 0:
        row[place.hhi], row[place.nakamoto] = concentration(found[0])
    else:
        row[place.hhi], row[place.nakamoto] = row[place.hhi + 2], row[place.nakamoto + 2]


@leaf
def draw_pools(
    stream: Words, outside: int, inside: int, chances: Floats, out: Ints, within: Ints
) -> None:
    """Add two Multinomial draws of blocks, given each pool's share of what is left.

    The two are drawn side by side, for the processor works on one while it waits for the other.
    """
    for p in range(len(chances) - 1):
        first, second = binomial(stream, outside, chances[p]), binomial(stream, inside, chances[p])
        out[p] += first
        within[p] += second
        outside -= first
        inside -= second
    out[len(chances) - 1] += outside
    within[len(chances) - 1] += inside


@leaf
def concentration(found: Ints) -> tuple[float, float]:
    """Return the Herfindahl index and the Nakamoto coefficient of blocks found.

    Parameters
    ----------
    found : array of int64, shape (pools,)
        Blocks by pool; the last is the rest, taken as many small pools.

    Returns
    -------
    tuple of float
        The index without the bias of small counts, and the least number of named pools with more
        than half; NaN where there are too few blocks, and all named pools plus one where they do
        not reach half.
    """
    total, pairs, named = found[len(found) - 1], 0, len(found) - 1
    for p in range(named):
        total += found[p]
        pairs += found[p] * (found[p] - 1)
    if total < 2:
        return np.nan, np.nan
    held, needed, before = 0, named + 1, (total + 1) * len(found)
    for count in range(1, named + 1):
        # The largest not yet taken; its place makes every pool's number another.
        top = -1
        for p in range(named):
            number = found[p] * len(found) + p
            top = max(top, number if number < before else -1)
        before = top
        held += top // len(found)
        if 2 * held > total:
            needed = count
            break
    return pairs / (total * (total - 1.0)), float(needed)
