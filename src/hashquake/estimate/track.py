"""What is known of subjects that share a model: their grids and the bin under way."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import isfinite, log

import numpy as np
from numpy.typing import NDArray

from hashquake.core.difficulty import BLOCK_TARGET_S
from hashquake.estimate.grid_filter import passing, weigh
from hashquake.estimate.rate_model import RateModel, moves_of
from hashquake.estimate.time_bins import OpenBin, TimeBins, count_bins

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Track:
    """What is known of subjects that share a model.

    Parameters
    ----------
    model : RateModel
        Of each of them.
    mass : array of float64, shape (subjects, levels, transients)
        Probability at the start of the open bin.
    origin : array of int64, shape (subjects,)
        Where each grid starts, in cells.
    evidence : array of float64, shape (subjects,)
        Log predictive probability of the blocks in all closed bins.
    open_bin : OpenBin
        Blocks not yet weighed.
    """

    model: RateModel
    mass: Floats
    origin: Ints
    evidence: Floats
    open_bin: OpenBin


def laid(model: RateModel, subjects: int, *, work_hashes: float, first_s: float) -> Track:
    """Lay grids around the rate that the first difficulty was set for.

    Parameters
    ----------
    model : RateModel
        Of every subject.
    subjects : int
        Grids to lay.
    work_hashes : float
        Mean work of the first block.
    first_s : float
        Its time, UTC Unix seconds.
    """
    centre_log = log(work_hashes / BLOCK_TARGET_S)
    middle = centre_log + model.start_log
    origin = round(middle / model.cell_log) - model.n_levels // 2
    place = (origin + np.arange(model.n_levels)) * model.cell_log
    weight = (
        np.exp(-(((place - middle) / model.start_sd_log) ** 2) / 2)
        if isfinite(model.start_sd_log)
        else np.ones(model.n_levels)
    )
    mass = np.outer(weight / weight.sum(), moves_of(model).rest)
    return Track(
        model=model,
        mass=np.repeat(mass[None], subjects, axis=0),
        origin=np.full(subjects, origin, np.int64),
        evidence=np.zeros(subjects),
        open_bin=OpenBin(
            index=int(first_s // model.bin_s), blocks=np.zeros(subjects), exposure=0.0
        ),
    )


def passed(
    track: Track,
    *,
    clock_s: float,
    found: Floats,
    work_hashes: Floats,
    subject: Ints,
    watched: NDArray[np.bool_],
) -> Track:
    """Take a track through further blocks.

    Parameters
    ----------
    track : Track
        It stays as it is.
    clock_s : float
        Time of the block before the first, UTC Unix seconds.
    found : array of float64, shape (n,)
        Times of the blocks, never decreasing, not before `clock_s`.
    work_hashes : array of float64, shape (n,)
        Mean work of each block, hashes.
    subject : array of int64, shape (n,)
        Column each block counts in; -1 for none.
    watched : array of bool, shape (n,)
        Whether the gap before the block was watched.
    """
    open_bin, bins = count_bins(
        track.open_bin,
        bin_s=track.model.bin_s,
        clock_s=clock_s,
        found_s=found,
        work_hashes=work_hashes,
        subject=subject,
        watched=watched,
    )
    if not len(bins):
        return replace(track, open_bin=open_bin)
    mass, origin, evidence = track.mass.copy(), track.origin.copy(), track.evidence.copy()
    moved = replace(track, mass=mass, origin=origin, evidence=evidence, open_bin=open_bin)
    run_bins(moved, bins, 0, len(bins))
    return moved


def run_bins(track: Track, bins: TimeBins, begin: int, end: int) -> None:
    """Move a track's arrays in place through closed bins; the caller owns them.

    Parameters
    ----------
    track : Track
        Its mass, origin and evidence are overwritten.
    bins : TimeBins
        Of the subjects of the track.
    begin, end : int
        Which of them, half open.
    """
    deque(bins_passing(track, bins, begin, end), maxlen=0)


def bins_passing(track: Track, bins: TimeBins, begin: int, end: int) -> Iterator[int]:
    """Do as `run_bins`, and yield the number of each bin, from 0, before it is passed.

    Parameters
    ----------
    track : Track
        Its mass, origin and evidence are overwritten; they may be read between two bins.
    bins : TimeBins
        Of the subjects of the track.
    begin, end : int
        Which of them, half open.
    """
    return passing(
        track.mass,
        track.origin,
        track.evidence,
        bins.blocks[begin:end],
        bins.exposure[begin:end],
        moves_of(track.model),
        track.model.cell_log,
    )


def opened(
    track: Track, *, clock_s: float, now_s: float, work_hashes: float, noise_s: float
) -> Track:
    """Weigh in the open bin and the silence up to an instant.

    Parameters
    ----------
    track : Track
        As of the last block.
    clock_s, now_s : float
        Time of the last block, and the instant, not before it; UTC Unix seconds.
    work_hashes : float
        Mean work of the next block.
    noise_s : float
        Standard deviation of the last block's time.

    Returns
    -------
    Track
        For reading; its open bin is spent, so it must not be stepped further.
    """
    through = passed(
        track,
        clock_s=clock_s,
        found=np.array([now_s]),
        work_hashes=np.array([work_hashes]),
        subject=np.array([-1]),
        watched=np.array([True]),
    )
    mass = through.mass if through.mass is not track.mass else track.mass.copy()
    weigh(
        mass,
        through.origin,
        None,
        through.open_bin.blocks,
        through.open_bin.exposure,
        noise_s / work_hashes,
        track.model.cell_log,
    )
    return replace(through, mass=mass)
