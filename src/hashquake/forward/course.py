"""A scenario as arrays: the hash rate piece by piece, and who has it when."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Plan(NamedTuple):
    """The hash rate if all goes as planned, piece by piece of time.

    Parameters
    ----------
    pieces : array of float64, shape (4, pieces)
        Rows: when each piece begins (seconds from the start of the run), the hash rate at its start
        and at its end (1 at the start of the run), and the work done before it, in seconds of that
        rate.
    plain : array of float64, shape (4, pieces)
        The same without shocks.
    phase : array of int64, shape (pieces,)
        0 before, 1 in and 2 after the window.
    class_of : array of int64, shape (pieces,)
        The class of each piece: in pieces of a class every part is online and at home alike.
    """

    pieces: Floats
    plain: Floats
    phase: Ints
    class_of: Ints


class Mix(NamedTuple):
    """Who has the hash rate: o parts struck, q classes of pieces, p pools, c countries.

    Parameters
    ----------
    online : array of float64, shape (o, q)
        Part of what was struck that is online, anywhere, 0 to 1.
    home : array of float64, shape (o, q)
        Part of what was struck that is online with the pool it had before.
    part_pool, away_pool : array of float64, shape (o, p)
        Pools of each part before, and pools it goes to when it changes; rows sum to 1.
    part_country : array of float64, shape (o, c)
        Countries of each part; rows sum to 1.
    """

    online: Floats
    home: Floats
    part_pool: Floats
    away_pool: Floats
    part_country: Floats


class World(NamedTuple):
    """What is uncertain: shares of parts, pools and countries, and depths of shocks.

    Parameters
    ----------
    part_share : array of float64, shape (o,)
        Part of all hash rate in each place or pool that is struck.
    part_alpha, part_beta : array of float64, shape (o,)
        Beta distribution of that share; 0 where the share is given.
    part_pool_at, part_country_at : array of int64, shape (o,)
        Number of the pool or country that is struck, -1 where it is the other kind.
    depth_centre, depth_spread : array of float64, shape (o,)
        Log odds of the part of it that goes dark, and their standard deviation.
    pool_share, pool_alpha : array of float64, shape (p,)
        Shares of pools, and their Dirichlet distribution; 0 where shares are given.
    country_share : array of float64, shape (c,)
        Shares of countries.
    online, online_end : array of float64, shape (o, pieces)
        Part of what was struck that is online at the start and at the end of each piece.
    correlation : float
        Of the depths of shocks, 0 to 1.
    fixed : bool
        Whether nothing of this is drawn, so that all paths have the same shares.
    """

    part_share: Floats
    part_alpha: Floats
    part_beta: Floats
    part_pool_at: Ints
    part_country_at: Ints
    depth_centre: Floats
    depth_spread: Floats
    pool_share: Floats
    pool_alpha: Floats
    country_share: Floats
    online: Floats
    online_end: Floats
    correlation: float
    fixed: bool


class Money(NamedTuple):
    """What moves miners: the price, the fleet's energy use, and the halving.

    Parameters
    ----------
    price : array of float64, shape (pieces,)
        Price over that at the start.
    fleet_energy, fleet_share : array of float64, shape (m,)
        Energy use of machines, joules per terahash, ascending, and the part of the fleet's hash
        rate below each; empty where the fleet does not react.
    breakeven_j_per_th : float
        Energy use at which a machine earns its power at the start.
    halving_block : int
        Blocks until the halving; 0 for none.
    reward_after : float
        Reward of a block after the halving over that before, fees included.
    """

    price: Floats
    fleet_energy: Floats
    fleet_share: Floats
    breakeven_j_per_th: float
    halving_block: int
    reward_after: float


class Noise(NamedTuple):
    """How hash rate and clocks differ from plan.

    Parameters
    ----------
    walk_share : float
        Standard deviation of the log rate's random walk over a day.
    level_sd_share : float
        Standard deviation of the log rate's error at the start.
    header_sd_s : float
        Standard deviation of header times, seconds.
    halving_block : int
        Blocks until the halving; 0 for none.
    """

    walk_share: float
    level_sd_share: float
    header_sd_s: float
    halving_block: int


class Course(NamedTuple):
    """What the kernels read of a scenario; apart, so that each is handed only what it reads.

    Parameters
    ----------
    plan : Plan
        The hash rate piece by piece.
    mix : Mix
        Who has it.
    world : World
        What is drawn again for each path.
    money : Money
        What moves miners.
    noise : Noise
        How hash rate and clocks differ from plan.
    weights : array of float64, shape (o,)
        Part of all hash rate that each shock takes, as planned.
    window_start_s, window_end_s : float
        Seconds from the start of the run.
    epochs : int
        How many difficulty epochs a path has.
    """

    plan: Plan
    mix: Mix
    world: World
    money: Money
    noise: Noise
    weights: Floats
    window_start_s: float
    window_end_s: float
    epochs: int
