"""What hash rate, difficulty and block times may do over time: bands of the paths kept."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hashquake.forward.course import Course
from hashquake.forward.scenario_course import lay_out
from hashquake.forward.simulation import Simulation

Floats = NDArray[np.float64]
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
_MOST_PATHS = 2_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fan:
    """Bands over time.

    Parameters
    ----------
    at_s : array of float64, shape (t,)
        From the start of the epoch.
    bands : array of float64, shape (5, t)
        The 5, 25, 50, 75 and 95 % points.
    """

    at_s: Floats
    bands: Floats


def fans(run: Simulation, *, steps: int = 481) -> dict[str, Fan]:
    """Return the bands of hash rate (over its start), difficulty (likewise) and seconds a block.

    Hash rate is that of the plan with the doubt about its shares; drift asked for with
    ``walk_share`` shows in the difficulty alone.

    Parameters
    ----------
    run : Simulation
        Whose kept paths are read, at most 2,000 of them.
    steps : int
        Times from the start to the median end of the run.
    """
    course = lay_out(run.scenario)
    rows = run.kept[:_MOST_PATHS]
    place = run.place
    ends_s = rows[:, place.time_s : place.time_s + place.epochs]
    until_s = float(np.median(ends_s[:, -1]))
    at_s = np.linspace(0.0, until_s, steps)
    levels = np.column_stack(
        [np.ones(len(rows)), rows[:, place.difficulty : place.difficulty + place.epochs]]
    )
    epoch = (at_s[None, :, None] >= ends_s[:, None, :]).sum(axis=2)
    difficulty = np.take_along_axis(levels, epoch, axis=1)
    weights = rows[:, place.part : place.part + place.parts]
    rate = _rates(course, weights, difficulty, at_s)
    return {
        "hashrate": _fan(at_s, rate),
        "difficulty": _fan(at_s, difficulty),
        "interval_s": _fan(at_s, 600.0 * difficulty / np.maximum(rate, 1e-6)),
    }


def _rates(course: Course, weights: Floats, difficulty: Floats, at_s: Floats) -> Floats:
    start_s, world = course.plan.pieces[0], course.world
    piece = np.searchsorted(start_s, at_s, side="right") - 1
    length = np.append(np.diff(start_s), np.inf)[piece]
    part = np.where(np.isfinite(length), (at_s - start_s[piece]) / length, 0.0)
    online = world.online[:, piece] + part * (world.online_end - world.online)[:, piece]
    plain = course.plan.plain
    growth = plain[1, piece] + part * (plain[2] - plain[1])[piece]
    rate: Floats = growth * (1 - weights @ (1 - online))
    money = course.money
    if len(money.fleet_energy):
        reward = np.where(at_s < money.halving_block * 600.0, 1.0, money.reward_after)
        reward = reward if money.halving_block else np.ones(len(at_s))
        even = money.breakeven_j_per_th * reward * money.price[piece] / difficulty
        first = np.interp(money.breakeven_j_per_th, money.fleet_energy, money.fleet_share)
        rate = rate * np.interp(even, money.fleet_energy, money.fleet_share) / first
    return rate


def _fan(at_s: Floats, values: Floats) -> Fan:
    return Fan(at_s=at_s, bands=np.quantile(values, LEVELS, axis=0))
