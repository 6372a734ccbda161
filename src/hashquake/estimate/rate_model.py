"""What is assumed of a hash rate between blocks: drift, growth, wobble and rare jumps.

The logarithm of a rate is the sum of a level and a wobble. The level is a random walk with
steady growth and rare jumps of exponential size, up or down; a pool may also start afresh at
any level. The wobble is a short-lived deviation that returns to zero. Time goes in beats: within
a beat the rate stands still.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import exp
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import expm

from hashquake.core.errors import UsageError
from hashquake.core.times import DAY_S, YEAR_S

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class RateModel:
    """A model of one kind of subject and the lattice it is computed on.

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
        How often the level starts afresh anywhere on the lattice: pools open, close and move.
    wobble_log, wobble_s : float
        Standard deviation and time constant of the wobble; zero for none.
    cell_log : float
        Width of a lattice cell in log rate.
    n_levels, n_wobbles : int
        Cells of the level and of the wobble (odd).
    beat_s : int
        Length of a beat, seconds.
    start_log, start_sd_log : float
        Before any block: mean of the log rate relative to the rate the difficulty was set for,
        and standard deviation; infinite for a flat start.

    Raises
    ------
    UsageError
        ``rate-model`` when a beat is too long for the lattice: the level would move by more
        than a cell.
    """

    drift_log_per_sqrt_day: float
    growth_log_per_day: float
    jumps_per_year: float
    jump_log: float
    jump_up_share: float
    restarts_per_year: float
    wobble_log: float
    wobble_s: float
    cell_log: float
    n_levels: int
    n_wobbles: int
    beat_s: int
    start_log: float
    start_sd_log: float

    def __post_init__(self) -> None:
        """Refuse what the lattice cannot carry."""
        if self.n_wobbles % 2 == 0 or (self.n_wobbles == 1) != (self.wobble_log == 0):
            raise UsageError(
                f"{self.n_wobbles} cells cannot hold a wobble of {self.wobble_log}",
                code="rate-model",
                hint="an odd number above one, or one cell and no wobble",
            )
        if self.restarts_per_year and self.n_wobbles > 1:
            raise UsageError(
                "a rate that may start afresh cannot wobble too",
                code="rate-model",
                hint="set restarts_per_year or wobble_log to zero",
            )
        variance, mean = _cells_per_beat(self)
        if max(variance, abs(mean)) >= 1:
            raise UsageError(
                f"in a beat of {self.beat_s} s the level moves by more than a cell",
                code="rate-model",
                hint="shorter beats or wider cells",
            )


class Moves(NamedTuple):
    """What happens to a lattice in one beat, as numbers a kernel takes.

    ``up`` and ``down`` are the chances to move one cell, ``jump`` and ``restart`` those of a
    jump and of a fresh start; ``jump_up`` is the share of jumps going up and ``fall_off`` the
    ratio of the chances of jumps one cell apart. ``turn[k, l]`` takes the wobble from cell k to
    l and ``rest`` is its stationary distribution.
    """

    up: float
    down: float
    jump: float
    jump_up: float
    fall_off: float
    restart: float
    turn: Floats
    rest: Floats

    def reversed(self) -> "Moves":
        """Give the adjoint: the same moves seen from the future."""
        return self._replace(
            up=self.down,
            down=self.up,
            jump_up=1.0 - self.jump_up,
            turn=np.ascontiguousarray(self.turn.T),
        )


def _cells_per_beat(model: RateModel) -> tuple[float, float]:
    days = model.beat_s / DAY_S
    mean = model.growth_log_per_day * days / model.cell_log
    variance = model.drift_log_per_sqrt_day**2 * days / model.cell_log**2
    return max(variance, abs(mean)), mean


@lru_cache(maxsize=64)
def moves_of(model: RateModel) -> Moves:
    """Compute the moves of one beat."""
    # One cell up or down with these chances has the walk's mean and variance exactly.
    variance, mean = _cells_per_beat(model)
    years = model.beat_s / YEAR_S
    turn, rest = _wobble(model)
    return Moves(
        up=(variance + mean) / 2,
        down=(variance - mean) / 2,
        jump=model.jumps_per_year * years,
        jump_up=model.jump_up_share,
        fall_off=exp(-model.cell_log / model.jump_log),
        restart=model.restarts_per_year * years,
        turn=turn,
        rest=rest,
    )


def _wobble(model: RateModel) -> tuple[Floats, Floats]:
    """Give the wobble's transition over a beat and its stationary distribution.

    A chain of nearest-neighbour hops in detailed balance with a normal distribution tends to the
    Ornstein-Uhlenbeck process as cells shrink, and has its stationary law on any lattice.
    """
    n = model.n_wobbles
    if n == 1:
        return np.ones((1, 1)), np.ones(1)
    place = (np.arange(n) - n // 2) * model.cell_log / model.wobble_log
    weight = np.exp(-(place**2) / 2)
    hops_per_beat = model.beat_s / model.wobble_s * (model.wobble_log / model.cell_log) ** 2
    generator = np.zeros((n, n))
    for k in range(n - 1):
        generator[k, k + 1] = hops_per_beat * np.sqrt(weight[k + 1] / weight[k])
        generator[k + 1, k] = hops_per_beat * np.sqrt(weight[k] / weight[k + 1])
    generator -= np.diag(generator.sum(axis=1))
    turn: Floats = np.ascontiguousarray(expm(generator))
    return turn, weight / weight.sum()
