"""Hash rate in the past, from the blocks before and after.

The same model and grid as the filter's: a pass forward, and a pass backward that carries what
later blocks say. Between them every bin has its posterior given the whole record.

Source: forward-backward smoothing on a finite grid, Kitagawa 1987, key ``kitagawa-1987`` in
``docs/refs.bib``.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hashquake.core.columns import BlockColumns
from hashquake.core.errors import NoCoverage
from hashquake.core.estimate import Estimate
from hashquake.core.interval import QUANTILE_LEVELS, Quantiles
from hashquake.core.network import MAIN, Network
from hashquake.core.subject import NETWORK, pool_subject
from hashquake.core.window import Window
from hashquake.estimate.clock import offline_clock_s
from hashquake.estimate.filter import FilterParameters, start_tracks
from hashquake.estimate.filter_bins import bins_until
from hashquake.estimate.grid_filter import move, shift, weigh
from hashquake.estimate.grid_quantiles import read_quantiles
from hashquake.estimate.rate_model import moves_of
from hashquake.estimate.time_bins import TimeBins
from hashquake.estimate.track import Track, bins_passing, run_bins

MADE_BY = "smoother/2"
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_LEVELS = np.array(QUANTILE_LEVELS)
_CHUNK = 1000
"""Bins whose grids are kept at a time; the rest is computed again when it is needed."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RateCurve:
    """The hash rate of one subject, bin by bin.

    Parameters
    ----------
    subject : str
        ``network`` or ``pool:<slug>``.
    at_s : array of float64, shape (bins,)
        Start of each bin, UTC Unix seconds.
    quantiles_hps : array of float64, shape (bins, 7)
        At `QUANTILE_LEVELS`.
    bin_s : int
        Length of a bin, seconds.
    window : Window
        From the first bin of the blocks used to the end of what was observed.
    n_blocks : int
        Blocks of the subject used.
    """

    subject: str
    at_s: Floats
    quantiles_hps: Floats
    bin_s: int
    window: Window
    n_blocks: int

    def estimate(self, at_s: float) -> Estimate:
        """Return the hash rate at an instant.

        Parameters
        ----------
        at_s : float
            An instant of the curve, UTC Unix seconds.

        Raises
        ------
        NoCoverage
            ``no-coverage`` outside the curve.
        """
        row = int(np.searchsorted(self.at_s, at_s, side="right")) - 1
        if row < 0 or at_s >= self.at_s[-1] + self.bin_s:
            raise NoCoverage("the smoothed curve does not reach the instant asked for")
        a, b, c, d, e, f, g = self.quantiles_hps[row].tolist()
        return Estimate(
            subject=self.subject,
            quantity="hashrate_hps",
            window=self.window,
            quantiles=Quantiles(values=(a, b, c, d, e, f, g)),
            n_blocks=self.n_blocks,
            made_by=MADE_BY,
        )


def smooth(
    parameters: FilterParameters,
    blocks: BlockColumns,
    *,
    window: Window,
    subject: str = NETWORK,
    until_s: float | None = None,
    chain: Network = MAIN,
) -> RateCurve:
    """Return the hash rate over a window of the past.

    Parameters
    ----------
    parameters : FilterParameters
        As for the filter.
    blocks : BlockColumns, shape (n,)
        In height order, strictly rising, no stale ones. Two months before and after the window
        make the answer as good as the whole record does.
    window : Window
        Where the curve is wanted.
    subject : str
        ``network`` or ``pool:<slug>``.
    until_s : float or None
        The end of what was observed, UTC Unix seconds: the silence after the last block counts as
        far as here. None is the last block.
    chain : Network
        Whose retarget rule holds.

    Raises
    ------
    NoCoverage
        ``no-coverage`` when no bin between the first block and `until_s` lies in the window.
    """
    pools = () if subject == NETWORK else (subject.removeprefix(pool_subject("")),)
    track = start_tracks(parameters, blocks, pools=pools)[-1]
    end_s = float(blocks.header_s[-1]) if until_s is None else until_s
    bins = bins_until(
        parameters, blocks, pools=pools, until_s=end_s, clock=offline_clock_s, chain=chain
    )[-1]
    bin_s = track.model.bin_s
    begin = max(0, int(window.start_s // bin_s) - bins.first)
    end = min(len(bins), -int(-window.end_s // bin_s) - bins.first)
    if begin >= end:
        raise NoCoverage(
            f"no block was given in or around {window}", hint="give the blocks around it too"
        )
    curve = np.empty((end - begin, len(_LEVELS)))
    later = _later(track, bins, begin, end)
    message, origin = later.message, later.origin
    for chunk_begin in reversed(range(begin, end, _CHUNK)):
        chunk_end = min(chunk_begin + _CHUNK, end)
        mass, origins = _forward(later.starts[chunk_begin], bins, chunk_begin, chunk_end)
        for at in reversed(range(chunk_begin, chunk_end)):
            _back(message, origin, int(origins[at - chunk_begin]), bins=bins, at=at, track=track)
            origin = int(origins[at - chunk_begin])
            mass[at - chunk_begin] *= message[0]
        curve[chunk_begin - begin : chunk_end - begin] = read_quantiles(
            mass, origins, track.model.cell_log, _LEVELS
        )
    first_s = float((bins.first) * bin_s)
    return RateCurve(
        subject=subject,
        at_s=np.arange(bins.first + begin, bins.first + end, dtype=np.float64) * bin_s,
        quantiles_hps=curve,
        bin_s=bin_s,
        window=Window(start_s=first_s, end_s=max(end_s, first_s + (len(bins) - 1) * bin_s)),
        n_blocks=int(bins.blocks.sum()),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Later:
    """Tracks at the start of each chunk, and what the blocks after the window say."""

    starts: dict[int, Track]
    message: Floats
    origin: int


def _later(track: Track, bins: TimeBins, begin: int, end: int) -> _Later:
    """Go forward to the end, then back to the window's end."""
    starts: dict[int, Track] = {}
    run_bins(track, bins, 0, begin)
    for chunk in range(begin, end, _CHUNK):
        starts[chunk] = _copy(track)
        run_bins(track, bins, chunk, min(chunk + _CHUNK, end))
    # Of the bins after the window only the places of their grids are needed again, not the grids.
    origins = np.empty(len(bins) - end, np.int64)
    for row in bins_passing(track, bins, end, len(bins)):
        origins[row] = track.origin[0]
    message = np.ones_like(track.mass)
    origin = int(track.origin[0])
    for at in reversed(range(end, len(bins))):
        _back(message, origin, int(origins[at - end]), bins=bins, at=at, track=track)
        origin = int(origins[at - end])
    return _Later(starts=starts, message=message, origin=origin)


def _forward(track: Track, bins: TimeBins, begin: int, end: int) -> tuple[Floats, Ints]:
    """Return the grid before each bin, and where it starts."""
    track = _copy(track)
    mass = np.empty((end - begin, *track.mass.shape[1:]))
    origins = np.empty(end - begin, np.int64)
    for row in bins_passing(track, bins, begin, end):
        mass[row], origins[row] = track.mass[0], track.origin[0]
    return mass, origins


def _back(
    message: Floats, origin: int, origin_before: int, *, bins: TimeBins, at: int, track: Track
) -> None:
    """Take the message of the future from a bin's end to its start, in place."""
    message[...] = move(message, moves_of(track.model).reversed())
    if origin != origin_before:
        shift(message[0], origin_before - origin)
    message /= message.sum()
    if bins.exposure[at] > 0:
        weigh(
            message,
            np.array([origin_before]),
            None,
            bins.blocks[at],
            float(bins.exposure[at]),
            0.0,
            track.model.cell_log,
        )


def _copy(track: Track) -> Track:
    return replace(
        track,
        mass=track.mass.copy(),
        origin=track.origin.copy(),
        evidence=track.evidence.copy(),
    )
