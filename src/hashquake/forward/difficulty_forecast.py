"""The next difficulty and when it comes, from the filter, at any block of an epoch.

The forward model run with no scenario, solved instead of drawn: the retarget comes within a time
exactly when at least as many blocks as are missing are found in that time, and the distribution
of blocks in a time to come is known (`hashquake.estimate.rate_ahead`).
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from hashquake.core.difficulty import (
    EPOCH_BLOCKS,
    EPOCH_TARGET_S,
    difficulty_of_bits,
    next_bits,
    target_of_bits,
)
from hashquake.core.errors import NoCoverage, UsageError
from hashquake.core.forecast import Forecast
from hashquake.core.interval import QUANTILE_LEVELS, Quantiles
from hashquake.core.times import format_time
from hashquake.estimate.filter import FilterState, next_work_hashes, open_end
from hashquake.estimate.grid_filter import read_quantiles
from hashquake.estimate.rate_ahead import rate_ahead

MADE_BY = "difficulty_forecast/2"
Floats = NDArray[np.float64]
_CLAMP = 4
_NODES = 41


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class DifficultyForecast:
    """What follows at the end of the epoch.

    Parameters
    ----------
    height : int
        Of the last block known.
    epoch_share_elapsed : float
        Share of the epoch's 2,016 blocks found, that one included.
    next_difficulty_ratio : Forecast
        Next difficulty over the present one.
    retarget_s : Forecast
        When the last block of the epoch is found, UTC Unix seconds.
    """

    height: int
    epoch_share_elapsed: float
    next_difficulty_ratio: Forecast
    retarget_s: Forecast

    def __repr__(self) -> str:
        """Summarise it on one line, rounded."""
        ratio = self.next_difficulty_ratio.quantiles.interval(0.9)
        when = self.retarget_s.quantiles.interval(0.9)
        first, middle, last = (
            format_time(one, seconds=False) for one in (when.low, when.median, when.high)
        )
        return (
            f"<DifficultyForecast after block {self.height}: next difficulty {ratio.summary()} of "
            f"the present one, set at {middle} [{first}, {last}]>"
        )

    @property
    def is_set(self) -> bool:
        """Whether the last block of the epoch is known, which sets the next difficulty exactly."""
        return self.height % EPOCH_BLOCKS == EPOCH_BLOCKS - 1


def forecast_difficulty(state: FilterState, now_s: float) -> DifficultyForecast:
    """Forecast the coming retarget.

    Parameters
    ----------
    state : FilterState
        After the last block known.
    now_s : float
        UTC Unix seconds; an instant before the last block is taken as that block's time.

    Raises
    ------
    NoCoverage
        ``no-coverage`` before any block; ``epoch-start-unseen`` when the first block of the
        epoch is not among those the filter saw.
    UsageError
        ``no-retargets`` on a chain whose difficulty does not follow the plain rule.
    """
    issued_s = max(now_s, state.clock_s)
    left_s = time_to_retarget_s(state, now_s, np.array(QUANTILE_LEVELS))
    last = state.height - state.height % EPOCH_BLOCKS + EPOCH_BLOCKS - 1
    ratio = ratio_at(state, issued_s + left_s)[::-1]  # the sooner, the harder
    ends_s = issued_s + left_s
    if state.height == last:
        ends_s = np.full(len(left_s), state.clock_s)
    return DifficultyForecast(
        height=state.height,
        epoch_share_elapsed=(state.height % EPOCH_BLOCKS + 1) / EPOCH_BLOCKS,
        next_difficulty_ratio=Forecast(
            quantity="next_difficulty_ratio",
            target=f"height:{last + 1}",
            issued_s=issued_s,
            quantiles=_seven(ratio),
            seed=None,
            made_by=MADE_BY,
        ),
        retarget_s=Forecast(
            quantity="retarget_s",
            target=f"height:{last}",
            issued_s=issued_s,
            quantiles=_seven(ends_s),
            seed=None,
            made_by=MADE_BY,
        ),
    )


def time_to_retarget_s(state: FilterState, now_s: float, levels: Floats) -> Floats:
    """Return quantiles of the time from an instant to the last block of the epoch.

    Parameters
    ----------
    state, now_s
        As for `forecast_difficulty`, which also says what is raised.
    levels : array of float64, shape (q,)
        Increasing probabilities.

    Returns
    -------
    array of float64, shape (q,)
        Seconds; all 0 when the last block is known.
    """
    if not state.chain.retargets:
        raise UsageError(
            f"difficulty on {state.chain.name} does not follow the retarget rule",
            code="no-retargets",
        )
    track = open_end(state, now_s)[0]
    missing = EPOCH_BLOCKS - 1 - state.height % EPOCH_BLOCKS
    if state.epoch_start_s is None:
        raise NoCoverage(
            f"the first block of the epoch of height {state.height} was not seen",
            code="epoch-start-unseen",
            hint=f"the record must reach back to height {state.height + missing - 2015}",
        )
    if missing == 0:
        return np.zeros(len(levels))
    work = next_work_hashes(state)
    mass, origin, model = track.mass[0], int(track.origin[0]), track.model
    rate = read_quantiles(track.mass, track.origin, model.cell_log, np.array([0.5]))[0, 0]
    # Wide enough for Poisson noise (1/sqrt(missing)) and for a hash rate that moves until then.
    reach = 5 * sqrt(1 / missing + 0.02)
    nodes_s = missing * work / rate * np.exp(np.linspace(-min(reach, 9), min(reach, 2.5), _NODES))
    reached = [
        rate_ahead(mass, origin, model, float(t)).reached(missing, float(t) / work) for t in nodes_s
    ]
    # On normal scores against the logarithm of time the curve is nearly straight.
    cdf = np.maximum.accumulate(np.clip(reached, 1e-12, 1 - 1e-12))
    distinct = np.concatenate([[True], np.diff(cdf) > 0])
    log_s = np.interp(ndtri(levels), ndtri(cdf[distinct]), np.log(nodes_s[distinct]))
    left_s: Floats = np.exp(log_s)
    return left_s


def ratio_at(state: FilterState, retarget_s: Floats) -> Floats:
    """Return the next difficulty over the present one if the epoch ends at given times.

    Parameters
    ----------
    state : FilterState
        Whose epoch start is known.
    retarget_s : array of float64, shape (n,)
        When the last block is found, UTC Unix seconds.

    Returns
    -------
    array of float64, shape (n,)
        By the retarget rule on header times: 2,015 intervals for 2,016 blocks, at most fourfold
        either way, and never under the minimum difficulty. Exact, compact bits included, once the
        last block is known.
    """
    if state.epoch_start_s is None or state.header_s is None:
        raise NoCoverage("the first block of the epoch was not seen", code="epoch-start-unseen")
    if state.height % EPOCH_BLOCKS == EPOCH_BLOCKS - 1:
        bits = next_bits(
            state.bits,
            timespan_s=state.header_s - state.epoch_start_s,
            pow_limit=state.chain.pow_limit,
        )
        known = difficulty_of_bits(bits) / difficulty_of_bits(state.bits)
        return np.full(len(retarget_s), known)
    header_s = retarget_s - state.parameters.noise.lag_s
    timespan_s = header_s - state.epoch_start_s
    ratio: Floats = EPOCH_TARGET_S / np.clip(
        timespan_s, EPOCH_TARGET_S / _CLAMP, EPOCH_TARGET_S * _CLAMP
    )
    least = target_of_bits(state.bits) / state.chain.pow_limit
    return np.maximum(ratio, least)


def _seven(values: Floats) -> Quantiles:
    a, b, c, d, e, f, g = values.tolist()
    return Quantiles(values=(a, b, c, d, e, f, g))
