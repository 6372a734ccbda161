"""Probability on a grid of log rates: the kernels that move it and let blocks weigh on it.

A grid holds, for each subject, the probability of every level and transient. Cell ``i`` of a
subject whose grid starts at ``origin`` stands for the log rate ``(origin + i) * cell_log``;
transient ``k`` of ``K`` adds ``k - K // 2`` cells. The grid follows the rate by whole cells, so
nothing is ever interpolated.

Kernels here are plain loops over single numbers: whole-array expressions cost the compiler a
second each, and a person waits for that on the first run.
"""

from math import exp, lgamma, log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hashquake.core.kernels import kernel as compiled

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
kernel = compiled(error_model="numpy")
"""Divisions follow IEEE instead of raising, which would keep loops from being vectors."""
_IMPOSSIBLE = 1e-280
"""Probability below which what came was impossible."""


@kernel
def move(mass: Floats, moves: Any, spare: Floats) -> None:
    """Let one time bin pass, in place.

    Parameters
    ----------
    mass : array of float64, shape (levels, transients)
        Probability, or a message from the future when `moves` are reversed.
    moves : Moves
        Of `hashquake.estimate.rate_model`.
    spare : array of float64, shape (2, levels, transients)
        Working space.
    """
    levels, transients = mass.shape
    turned, jumped = spare[0], spare[1]
    _turn(mass, moves.turn, turned)
    _jump(turned, moves.jump_up, moves.fall_off, jumped)
    settled = 1.0 - moves.jump - moves.restart
    stay = settled * (1.0 - moves.up - moves.down)
    up, down = settled * moves.up, settled * moves.down
    jump = moves.jump * (1.0 - moves.fall_off)
    anywhere = moves.restart * total_of(turned) / levels
    last = levels - 1
    for k in range(transients):
        fresh = anywhere * moves.rest[k]
        mass[0, k] = stay * turned[0, k] + down * turned[1, k] + jump * jumped[0, k] + fresh
        mass[last, k] = (
            stay * turned[last, k] + up * turned[last - 1, k] + jump * jumped[last, k] + fresh
        )
    for i in range(1, last):
        for k in range(transients):
            mass[i, k] = (
                stay * turned[i, k]
                + up * turned[i - 1, k]
                + down * turned[i + 1, k]
                + jump * jumped[i, k]
                + anywhere * moves.rest[k]
            )


@kernel
def total_of(mass: Floats) -> float:
    """Return the sum of a grid, shape (levels, transients).

    Parameters
    ----------
    mass : array of float64, shape (levels, transients)
        Probability of each cell.
    """
    total = 0.0
    for i in range(mass.shape[0]):
        for k in range(mass.shape[1]):
            total += mass[i, k]
    return total


@kernel
def _turn(mass: Floats, turn: Floats, turned: Floats) -> None:
    """Let the transients turn into each other."""
    levels, transients = mass.shape
    if transients == 1:
        for i in range(levels):
            turned[i, 0] = mass[i, 0]
        return
    for i in range(levels):
        for k in range(transients):
            turned[i, k] = 0.0
        for k in range(transients):
            part = mass[i, k]
            for j in range(transients):
                turned[i, j] += part * turn[k, j]


@kernel
def _jump(turned: Floats, rise: float, fall_off: float, jumped: Floats) -> None:
    """Let every level jump: jumps of geometric size are two sweeps, one up and one down."""
    levels, transients = turned.shape
    for k in range(transients):
        here = 0.0
        for i in range(levels):
            here = turned[i, k] + fall_off * here
            jumped[i, k] = here * rise
        here = 0.0
        for i in range(levels - 1, -1, -1):
            here = turned[i, k] + fall_off * here
            jumped[i, k] += here * (1.0 - rise)


@kernel
def silence_log(first: int, cells: int, exposure: float, noise: float, cell_log: float) -> Floats:
    """Return the log probability of no block in a time bin, at each of a row of rates.

    Parameters
    ----------
    first, cells : int
        The row: cells ``first`` to ``first + cells - 1``.
    exposure : float
        Seconds over work in hashes, summed over the bin: blocks expected are rate times it.
    noise : float
        Standard deviation of the exposure, from the header noise at an open end.
    cell_log : float
        Width of a cell.
    """
    row = np.empty(cells)
    for s in range(cells):
        rate = exp((first + s) * cell_log)
        row[s] = -rate * exposure + 0.5 * (rate * noise) ** 2
    return row


@kernel
def likelihood(factor: Floats, inverse: Floats, blocks: float, cell_log: float, out: Floats) -> int:
    """Fill in how likely a bin's blocks are at each rate, as a multiple of the likeliest.

    Parameters
    ----------
    factor, inverse : array of float64, shape (n,)
        Exponential of the differences of `silence_log` from cell to cell, and its inverse; the
        last is unused.
    blocks : float
        Number of blocks found.
    cell_log : float
        Width of a cell.
    out : array of float64, shape (n,)
        Likelihood; 1 at the cell returned.

    Notes
    -----
    From cell to cell the likelihood changes by a known factor: one multiplication a cell, no
    exponential, and from the likeliest cell outwards no overflow.
    """
    n = len(out)
    # More blocks than a float can weigh (several a second, on test chains) weigh what it can.
    power = min(blocks * cell_log, 700.0)
    step, back = exp(power), exp(-power)
    best = 0
    while best < n - 1 and step * factor[best] > 1.0:
        best += 1
    out[best] = 1.0
    for i in range(best + 1, n):
        out[i] = out[i - 1] * (step * factor[i - 1])
    for i in range(best - 1, -1, -1):
        out[i] = out[i + 1] * (back * inverse[i])
    return best


@kernel
def weigh(
    mass: Floats,
    origin: Ints,
    evidence: Floats,
    blocks: Floats,
    exposure: float,
    noise: float,
    cell_log: float,
) -> None:
    """Let the blocks and the silence of a time bin weigh on grids, in place.

    Parameters are those of `advance` for one bin; `noise` is that of `silence_log`.

    Parameters
    ----------
    mass : array of float64, shape (subjects, levels, transients)
        Probability; sums to 1 for every subject, before and after.
    origin : array of int64, shape (subjects,)
        Where each grid starts, in cells.
    evidence : array of float64, shape (subjects,)
        Log probability of the blocks so far; added to.
    blocks : array of float64, shape (subjects,)
        Blocks found in the bin.
    exposure : float
        Seconds over work in hashes, summed over the bin.
    noise : float
        Standard deviation of the exposure; see `silence_log`.
    cell_log : float
        Width of a cell.
    """
    subjects, levels, transients = mass.shape
    half = transients // 2
    lowest = highest = origin[0]
    for s in range(1, subjects):
        lowest, highest = min(lowest, origin[s]), max(highest, origin[s])
    first = lowest - half
    n = levels + transients - 1
    silent = silence_log(first, highest - lowest + n, exposure, noise, cell_log)
    factor, inverse = np.empty(len(silent)), np.empty(len(silent))
    for at in range(len(silent)):
        factor[at] = exp(silent[at + 1] - silent[at]) if at + 1 < len(silent) else 1.0
        inverse[at] = 1.0 / factor[at]
    like = np.empty(n)
    for s in range(subjects):
        start = origin[s] - half - first
        found = blocks[s]
        best = likelihood(
            factor[start : start + n], inverse[start : start + n], found, cell_log, like
        )
        _multiply(mass[s], like)
        total = total_of(mass[s])
        if total < _IMPOSSIBLE:
            # Nothing believed so far allows these blocks: begin again with what they say.
            for i in range(levels):
                for k in range(transients):
                    mass[s, i, k] = like[i + half]
            divide(mass[s], total_of(mass[s]))
            total = _IMPOSSIBLE
        else:
            divide(mass[s], total)
        peak = silent[start + best] + found * (first + start + best) * cell_log
        evidence[s] += log(total) + peak - lgamma(found + 1.0)
        if found > 0.0 and exposure > 0.0:
            evidence[s] += found * log(exposure)


@kernel
def _multiply(mass: Floats, like: Floats) -> None:
    """Let the likelihood of each rate weigh on a grid, shape (levels, transients), in place."""
    levels, transients = mass.shape
    # One flat loop where there is no transient: the shape that compilers turn into vectors.
    if transients == 1:
        for i in range(levels):
            mass[i, 0] *= like[i]
        return
    for i in range(levels):
        for k in range(transients):
            mass[i, k] *= like[i + k]


@kernel
def divide(mass: Floats, by: float) -> None:
    """Divide a grid, shape (levels, transients), by a number, in place.

    Parameters
    ----------
    mass : array of float64, shape (levels, transients)
        Overwritten.
    by : float
        Not 0.
    """
    for i in range(mass.shape[0]):
        for k in range(mass.shape[1]):
            mass[i, k] /= by


@kernel
def shift(mass: Floats, cells: int) -> None:
    """Move the grid's window by whole cells, in place; mass pushed out is lost.

    Parameters
    ----------
    mass : array of float64, shape (levels, transients)
        Overwritten.
    cells : int
        How far the window moves, upwards where positive.
    """
    levels, transients = mass.shape
    # Upwards from the bottom or downwards from the top, so that nothing is read after it is lost.
    for step in range(levels):
        i = step if cells > 0 else levels - 1 - step
        for k in range(transients):
            mass[i, k] = mass[i + cells, k] if 0 <= i + cells < levels else 0.0


@kernel
def _centre(mass: Floats) -> int:
    """Return how far the grid has to follow its own mean: 0 while that is near the middle."""
    levels, transients = mass.shape
    mean = 0.0
    for i in range(levels):
        row = 0.0
        for k in range(transients):
            row += mass[i, k]
        mean += i * row
    off = int(mean + 0.5) - levels // 2
    return off if abs(off) > levels // 6 else 0


@kernel
def advance(
    mass: Floats,
    origin: Ints,
    evidence: Floats,
    blocks: Floats,
    exposure: Floats,
    moves: Any,
    cell_log: float,
) -> None:
    """Pass through closed time bins, in place: weigh each bin's blocks, then let it pass.

    Parameters
    ----------
    mass : array of float64, shape (subjects, levels, transients)
        Probability; sums to 1 for every subject.
    origin : array of int64, shape (subjects,)
        Where each grid starts, in cells.
    evidence : array of float64, shape (subjects,)
        Log probability of the blocks so far; added to.
    blocks : array of float64, shape (bins, subjects)
        Blocks found.
    exposure : array of float64, shape (bins,)
        Seconds over work; 0 where nothing was observed.
    moves : Moves
        Of one bin.
    cell_log : float
        Width of a cell.
    """
    subjects, levels, transients = mass.shape
    spare = np.empty((2, levels, transients))
    for at in range(len(exposure)):
        if exposure[at] > 0.0:
            weigh(mass, origin, evidence, blocks[at], exposure[at], 0.0, cell_log)
        for s in range(subjects):
            # The window follows before the moves, which then leave no cell of it empty.
            cells = _centre(mass[s])
            if cells != 0:
                shift(mass[s], cells)
                origin[s] += cells
            move(mass[s], moves, spare)
            # What fell off the edge is given back, or it would count as evidence.
            divide(mass[s], total_of(mass[s]))


@kernel
def read_quantiles(mass: Floats, origin: Ints, cell_log: float, levels_at: Floats) -> Floats:
    """Read quantiles of the rate, level and transient together.

    Parameters
    ----------
    mass : array of float64, shape (subjects, levels, transients)
        Probability.
    origin : array of int64, shape (subjects,)
        Where each grid starts.
    cell_log : float
        Width of a cell; inside it probability is spread evenly.
    levels_at : array of float64, shape (q,)
        Increasing probabilities.

    Returns
    -------
    array of float64, shape (subjects, q)
        Rates.
    """
    subjects, levels, transients = mass.shape
    out = np.empty((subjects, len(levels_at)))
    sums = np.empty(levels + transients - 1)
    for s in range(subjects):
        for cell in range(len(sums)):
            sums[cell] = 0.0
        for i in range(levels):
            for k in range(transients):
                sums[i + k] += mass[s, i, k]
        total = 0.0
        for cell in range(len(sums)):
            total += sums[cell]
        left = float(origin[s] - transients // 2) - 0.5
        below = 0.0
        cell = 0
        for q in range(len(levels_at)):
            wanted = levels_at[q] * total
            while cell < len(sums) - 1 and below + sums[cell] < wanted:
                below += sums[cell]
                cell += 1
            part = (wanted - below) / sums[cell] if sums[cell] > 0.0 else 0.5
            out[s, q] = exp((left + cell + min(part, 1.0)) * cell_log)
    return out
