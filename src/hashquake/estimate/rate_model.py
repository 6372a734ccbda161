"""What is assumed of a hash rate between blocks: drift, growth, transient and rare jumps.

The logarithm of a rate is the sum of a level and a transient. The level is a random walk with
steady growth and rare jumps of exponential size, up or down; a pool may also start afresh at
any level. The transient is a short-lived deviation that returns to zero. Time goes in bins: within
a bin the rate stands still.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import exp
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hashquake.core.errors import UsageError
from hashquake.core.times import DAY_S, YEAR_S

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class RateModel:
    """A model of one kind of subject and the grid it is computed on.

    Parameters
    ----------
    drift_log_per_sqrt_day : float
        Standard deviation of the level's random walk after a day, in log rate.
    growth_log_per_day : float
        Mean growth between jumps.
    jumps_per_year, jump_log, jump_up_share : float
        How often the level jumps, the mean size of a jump in log rate, and the share of jumps
        that go up.
    restarts_per_year : float
        How often the level starts afresh anywhere on the grid: pools open, close and move.
    transient_log, transient_s : float
        Standard deviation and time constant of the transient; zero for none.
    cell_log : float
        Width of a grid cell in log rate.
    n_levels, n_transients : int
        Cells of the level and of the transient (odd).
    bin_s : int
        Length of a bin, seconds.
    start_log, start_sd_log : float
        Before any block: mean of the log rate relative to the rate the difficulty was set for,
        and standard deviation; infinite for a flat start.

    Raises
    ------
    UsageError
        ``rate-model`` when a bin is too long for the grid: the level would move by more
        than a cell.
    """

    drift_log_per_sqrt_day: float
    growth_log_per_day: float
    jumps_per_year: float
    jump_log: float
    jump_up_share: float
    restarts_per_year: float
    transient_log: float
    transient_s: float
    cell_log: float
    n_levels: int
    n_transients: int
    bin_s: int
    start_log: float
    start_sd_log: float

    def __post_init__(self) -> None:
        """Refuse what the grid cannot carry."""
        if self.n_transients % 2 == 0 or (self.n_transients == 1) != (self.transient_log == 0):
            raise UsageError(
                f"{self.n_transients} cells cannot hold a transient of {self.transient_log}",
                code="rate-model",
                hint="an odd number above one, or one cell and no transient",
            )
        if self.restarts_per_year and self.n_transients > 1:
            raise UsageError(
                "a model cannot have both restarts and a transient",
                code="rate-model",
                hint="set restarts_per_year or transient_log to zero",
            )
        variance, mean = _cells_per_bin(self)
        if max(variance, abs(mean)) >= 1:
            raise UsageError(
                f"in a bin of {self.bin_s} s the level moves by more than a cell",
                code="rate-model",
                hint="shorter bins or wider cells",
            )


class Moves(NamedTuple):
    """What happens to a grid in one bin.

    Parameters
    ----------
    level : array of float64, shape (levels, levels)
        Chance that the level goes from one cell (column) to another (row), but for fresh starts;
        what leaves the grid is missing.
    turn : array of float64, shape (transients, transients)
        Chance that the transient goes from cell ``k`` (row) to cell ``l`` (column).
    restart : float
        Chance of a fresh start at any level.
    rest : array of float64, shape (transients,)
        Stationary distribution of the transient.
    """

    level: Floats
    turn: Floats
    restart: float
    rest: Floats

    def reversed(self) -> "Moves":
        """Return the adjoint: the same moves seen from the future."""
        return self._replace(level=self.level.T, turn=self.turn.T)


def _cells_per_bin(model: RateModel) -> tuple[float, float]:
    days = model.bin_s / DAY_S
    mean = model.growth_log_per_day * days / model.cell_log
    variance = model.drift_log_per_sqrt_day**2 * days / model.cell_log**2
    return max(variance, abs(mean)), mean


@lru_cache(maxsize=6)
def moves_of(model: RateModel) -> Moves:
    """Compute the moves of one bin.

    Parameters
    ----------
    model : RateModel
        Its parameters are per second or per root of a day.
    """
    years = model.bin_s / YEAR_S
    turn, rest = _transient(model)
    restart = model.restarts_per_year * years
    return Moves(
        level=_level(model, model.jumps_per_year * years, restart),
        turn=turn,
        restart=restart,
        rest=rest,
    )


def _level(model: RateModel, jump: float, restart: float) -> Floats:
    """Return the level's transition over a bin, given the chances of a jump and a fresh start."""
    # One cell up or down with these chances has the walk's mean and variance exactly.
    variance, mean = _cells_per_bin(model)
    cells = np.arange(model.n_levels)
    away = cells[:, None] - cells
    walk = np.select(
        [away == 0, away == 1, away == -1],
        [1.0 - variance, (variance + mean) / 2, (variance - mean) / 2],
        0.0,
    )
    # The chances of jumps whose sizes differ by one cell have this ratio.
    fall_off = exp(-model.cell_log / model.jump_log)
    sided = np.select([away == 0, away > 0], [1.0, model.jump_up_share], 1.0 - model.jump_up_share)
    jumped = (1.0 - fall_off) * fall_off ** np.abs(away) * sided
    level: Floats = (1.0 - jump - restart) * walk + jump * jumped
    return level


def _transient(model: RateModel) -> tuple[Floats, Floats]:
    """Return the transient's transition over a bin and its stationary distribution.

    A chain of nearest-neighbour hops in detailed balance with a normal distribution tends to the
    Ornstein-Uhlenbeck process as cells shrink, and has its stationary law on any grid.
    """
    n = model.n_transients
    if n == 1:
        return np.ones((1, 1)), np.ones(1)
    place = (np.arange(n) - n // 2) * model.cell_log / model.transient_log
    weight = np.exp(-(place**2) / 2)
    hops_per_bin = model.bin_s / model.transient_s * (model.transient_log / model.cell_log) ** 2
    generator = np.zeros((n, n))
    for k in range(n - 1):
        generator[k, k + 1] = hops_per_bin * np.sqrt(weight[k + 1] / weight[k])
        generator[k + 1, k] = hops_per_bin * np.sqrt(weight[k] / weight[k + 1])
    generator -= np.diag(generator.sum(axis=1))
    # Detailed balance makes it similar to a symmetric matrix, whose exponential is exact.
    root = np.sqrt(weight)
    values, vectors = np.linalg.eigh(root[:, None] * generator / root)
    turn = (vectors * np.exp(values)) @ vectors.T / root[:, None] * root
    return np.maximum(turn, 0.0), weight / weight.sum()
