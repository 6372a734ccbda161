"""Probability on a grid of log rates: how it moves, and how blocks weigh on it.

A grid holds, for each subject, the probability of every level and transient. Cell ``i`` of a
subject whose grid starts at ``origin`` stands for the log rate ``(origin + i) * cell_log``;
transient ``k`` of ``K`` adds ``k - K // 2`` cells. The grid follows the rate by whole cells, so
nothing is ever interpolated.

This is NumPy on purpose: a bin is two products of matrices and one exponential, which take 1.6
times as long as compiled loops did, and most questions run a few thousand bins, once. Loading
compiled code took longer than those bins do, and compiling it four seconds.
"""

from collections import deque
from collections.abc import Iterator
from math import lgamma

import numpy as np
from numpy.typing import NDArray

from hashquake.estimate.rate_model import Moves

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_IN_ONE_THREAD = 200_000
"""Multiplications that OpenBLAS does not share out to threads, which wait longer than they work."""
_CELLS_AT_ONCE = 16_384
"""Likelihoods computed together: few enough for the processor's cache."""
_IMPOSSIBLE = 1e-280
"""Probability below which what came was impossible."""


def move(mass: Floats, moves: Moves) -> Floats:
    """Return grids after one time bin.

    Parameters
    ----------
    mass : array of float64, shape (subjects, levels, transients)
        Probability, or a message from the future when `moves` are reversed.
    moves : Moves
        Of `hashquake.estimate.rate_model`.
    """
    subjects, levels, transients = mass.shape
    moved = np.empty_like(mass)
    turned = mass
    if transients == 1:
        moved[:, :, 0] = _product(moves.level, mass[:, :, 0].T).T
    else:
        turned = np.matmul(mass, moves.turn)
        for subject in range(subjects):
            moved[subject] = _product(moves.level, turned[subject])
    if moves.restart:
        moved += (moves.restart / levels) * turned.sum(axis=(1, 2))[:, None, None] * moves.rest
    return moved


def _product(level: Floats, columns: Floats) -> Floats:
    """Return the product of two matrices, by rows, in parts that run in one thread each."""
    levels, n = len(level), columns.shape[1]
    rows = max(1, _IN_ONE_THREAD // (levels * n))
    product = np.empty((levels, n))
    for first in range(0, levels, rows):
        np.dot(level[first : first + rows], columns, out=product[first : first + rows])
    return product


def log_likelihood(place: Floats, blocks: Floats, exposure: Floats, noise: float) -> Floats:
    """Return the log likelihood of bins at each rate, but for what no rate changes.

    Parameters
    ----------
    place : array of float64, shape (subjects, n)
        Log rates.
    blocks : array of float64, shape (bins, subjects)
        Blocks found.
    exposure : array of float64, shape (bins,)
        Seconds over work in hashes, summed over each bin: blocks expected are rate times it.
    noise : float
        Standard deviation of the exposure, from the header noise at an open end.

    Returns
    -------
    array of float64, shape (bins, subjects, n)
    """
    rate = np.exp(place)
    log_like: Floats = blocks[:, :, None] * place
    log_like -= rate * exposure[:, None, None]
    if noise:
        log_like += 0.5 * (rate * noise) ** 2
    return log_like


def weigh(
    mass: Floats,
    origin: Ints,
    evidence: Floats | None,
    blocks: Floats,
    exposure: float,
    noise: float,
    cell_log: float,
) -> None:
    """Let the blocks and the silence of a time bin weigh on grids, in place; no time passes.

    Parameters
    ----------
    mass : array of float64, shape (subjects, levels, transients)
        Probability; sums to 1 for every subject, before and after.
    origin : array of int64, shape (subjects,)
        Where each grid starts, in cells.
    evidence : array of float64, shape (subjects,), or None
        Log probability of the blocks so far, which is added to; None where nobody asks.
    blocks : array of float64, shape (subjects,)
        Blocks found in the bin.
    exposure : float
        Seconds over work in hashes, summed over the bin.
    noise : float
        Standard deviation of the exposure; see `log_likelihood`.
    cell_log : float
        Width of a cell.
    """
    place = _places(origin, mass.shape, cell_log)
    log_like = log_likelihood(place, blocks[None], np.array([exposure]), noise)
    like, peak = _from_peak(log_like, noisy=noise > 0.0)
    total = _multiply(mass, _window(like, mass.shape)[0])
    mass /= total[:, None, None]
    if evidence is not None:
        evidence += np.log(total) + peak[0] + _log_ways(blocks[None], np.array([exposure]))[0]


def _places(origin: Ints, shape: tuple[int, ...], cell_log: float) -> Floats:
    """Return the log rates that a level and a transient can add up to, for each subject."""
    levels, transients = shape[1:]
    first = origin - transients // 2
    cells = first[:, None] + np.arange(levels + transients - 1)
    places: Floats = cells.astype(np.float64) * cell_log
    return places


def _from_peak(log_like: Floats, *, noisy: bool) -> tuple[Floats, Floats]:
    """Return likelihoods as multiples of the largest, in place, and the logs of the largest."""
    peak: Floats = _first_peak(log_like) if noisy else np.max(log_like, axis=-1)
    log_like -= peak[..., None]
    if noisy:
        # Far above the peak the noise would outweigh the silence, which its law does not reach.
        np.minimum(log_like, 0.0, out=log_like)
    return np.exp(log_like, out=log_like), peak


def _first_peak(log_like: Floats) -> Floats:
    """Return each row's first maximum from below, or its last number where it only rises."""
    falls = np.diff(log_like, axis=-1) <= 0.0
    at = np.where(falls.any(axis=-1), falls.argmax(axis=-1), log_like.shape[-1] - 1)
    peak: Floats = np.take_along_axis(log_like, at[..., None], axis=-1)[..., 0]
    return peak


def _window(like: Floats, shape: tuple[int, ...]) -> Floats:
    """Return the likelihood of every level and transient: shape (bins, *shape), without a copy."""
    bins, subjects, cells = like.strides
    windowed: Floats = np.lib.stride_tricks.as_strided(
        like, (len(like), *shape), (bins, subjects, cells, cells), writeable=False
    )
    return windowed


def _multiply(mass: Floats, like: Floats) -> Floats:
    """Multiply grids by a likelihood, in place; return the sum of each."""
    mass *= like
    total = np.asarray(mass.sum(axis=(1, 2)))
    for subject in (total < _IMPOSSIBLE).nonzero()[0].tolist():
        # Nothing believed so far allows these blocks: begin again with what they say.
        mass[subject] = like[subject, :, like.shape[2] // 2, None]
        mass[subject] *= _IMPOSSIBLE / mass[subject].sum()
        total[subject] = _IMPOSSIBLE
    return total


def _log_ways(blocks: Floats, exposure: Floats) -> Floats:
    """Return the part of the log probability of bins that no rate changes, (bins, subjects)."""
    counts, which = np.unique(blocks, return_inverse=True)
    ways = np.array([-lgamma(count + 1.0) for count in counts.tolist()])[which]
    watched = np.where(exposure > 0.0, exposure, 1.0)
    log_ways: Floats = ways.reshape(blocks.shape) + blocks * np.log(watched)[:, None]
    return log_ways


def shift(mass: Floats, cells: int) -> None:
    """Move the grid's window by whole cells, in place; mass pushed out is lost.

    Parameters
    ----------
    mass : array of float64, shape (levels, transients)
        Overwritten.
    cells : int
        How far the window moves, upwards where positive.
    """
    before = mass.copy()
    mass[...] = 0.0
    if cells > 0:
        mass[:-cells] = before[cells:]
    else:
        mass[-cells:] = before[: len(mass) + cells]


def _far_off(mass: Floats, total: Floats) -> Ints:
    """Return how far each grid has to follow its own mean: 0 while that is near the middle."""
    levels, transients = mass.shape[1:]
    rows = mass[:, :, 0] if transients == 1 else np.matmul(mass, np.ones(transients))
    mean = np.dot(rows, np.arange(levels, dtype=np.float64)) / total
    off: Ints = (mean + 0.5).astype(np.int64) - levels // 2
    off[np.abs(off) <= levels // 6] = 0
    return off


def advance(
    mass: Floats,
    origin: Ints,
    evidence: Floats,
    blocks: Floats,
    exposure: Floats,
    moves: Moves,
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
    deque(passing(mass, origin, evidence, blocks, exposure, moves, cell_log), maxlen=0)


def passing(
    mass: Floats,
    origin: Ints,
    evidence: Floats,
    blocks: Floats,
    exposure: Floats,
    moves: Moves,
    cell_log: float,
) -> Iterator[int]:
    """Do as `advance`, and yield the number of each bin before it is passed.

    Parameters
    ----------
    mass, origin, evidence, blocks, exposure, moves, cell_log
        See `advance`; between two bins the caller may read what they are by then.
    """
    at, n = 0, len(exposure)
    ways = _log_ways(blocks, exposure)
    subjects, levels, transients = mass.shape
    at_once = max(1, _CELLS_AT_ONCE // (subjects * (levels + transients)))
    while at < n:
        chunk = slice(at, at + at_once)
        place = _places(origin, mass.shape, cell_log)
        log_like = log_likelihood(place, blocks[chunk], exposure[chunk], 0.0)
        like, peak = _from_peak(log_like, noisy=False)
        for one, peak_log, watched in zip(
            _window(like, mass.shape), peak, exposure[chunk].tolist(), strict=True
        ):
            yield at
            if watched > 0.0:
                total = _multiply(mass, one)
                evidence += np.log(total) + peak_log + ways[at]
            else:
                total = mass.sum(axis=(1, 2))
            at += 1
            # The window follows before the moves, which then leave no cell of it empty.
            off = _far_off(mass, total)
            for subject in off.nonzero()[0].tolist():
                shift(mass[subject], int(off[subject]))
            moved = move(mass, moves)
            # What fell off the edge is given back, or it would count as evidence.
            np.divide(moved, moved.sum(axis=(1, 2))[:, None, None], out=mass)
            if off.any():
                origin += off
                break
