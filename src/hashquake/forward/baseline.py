"""What a run is compared with: its world without the outage, and with a hash rate that stays."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hashquake.core.interval import Interval
from hashquake.forward.amount import exactly
from hashquake.forward.run import run_scenario
from hashquake.forward.scenario import Scenario
from hashquake.forward.simulation import Simulation

Floats = NDArray[np.float64]
MOST_PATHS = 20_000
"""Paths of a run for comparison; its quantiles are then within 2 % of a standard deviation."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Baselines:
    """Runs with the random numbers of another, path by path, in a calmer world.

    Parameters
    ----------
    without_outage : Simulation or None
        Growth, price and fleet as in the scenario, nothing dark; None where no outage is.
    steady : Simulation or None
        The hash rate stays as it is; None where nothing but the outage moves it.
    """

    without_outage: Simulation | None
    steady: Simulation | None


def baselines(run: Simulation) -> Baselines:
    """Run the calmer worlds that a run is compared with.

    Parameters
    ----------
    run : Simulation
        Its first paths are drawn again, at most 20,000, by the same seed and in the same window.

    Returns
    -------
    Baselines
        Each as far as the scenario has something to leave out.
    """
    scenario = run.scenario
    calm, steady = without_outage(scenario), with_steady_rate(scenario)
    moved = steady not in (calm, scenario)
    return Baselines(
        without_outage=_like(run, calm) if scenario.outages else None,
        steady=_like(run, steady) if moved else None,
    )


def without_outage(scenario: Scenario) -> Scenario:
    """Return the scenario with nothing dark, in the same window of time.

    Parameters
    ----------
    scenario : Scenario
        It stays as it is.
    """
    outages = tuple(replace(shock, depth=exactly(0.0)) for shock in scenario.outages)
    return replace(scenario, outages=outages)


def with_steady_rate(scenario: Scenario) -> Scenario:
    """Return the scenario with nothing dark, no growth, and no fleet that reacts to money.

    Parameters
    ----------
    scenario : Scenario
        It stays as it is.
    """
    economy = replace(scenario.economy, fleet=())
    return replace(without_outage(scenario), economy=economy, growth_per_year=0.0)


def paired_effect(run: Simulation, other: Simulation, name: str) -> Interval | None:
    """Return by how much an outcome differs between two runs of the same random numbers.

    Parameters
    ----------
    run, other : Simulation
        Of one seed, whose paths correspond.
    name : str
        The outcome; see `Simulation.names`.

    Returns
    -------
    Interval or None
        Central 90 % of the differences, path by path, in the outcome's unit: noise that both share
        cancels. None where fewer than 100 paths of both were kept.
    """
    count = min(len(run.kept), len(other.kept))
    off = run.column(name)[:count] - other.column(name)[:count]
    off = off[np.isfinite(off)]
    if len(off) < _LEAST_PAIRS:
        return None
    low, median, high = np.quantile(off, [0.05, 0.5, 0.95]).tolist()
    return Interval(median=median, low=low, high=high, level=0.9)


_LEAST_PAIRS = 100


def _like(run: Simulation, scenario: Scenario) -> Simulation:
    paths = min(run.paths_asked, MOST_PATHS)
    return run_scenario(
        scenario, paths=paths, seed=run.seed, keep_paths=min(paths, max(len(run.kept), 1))
    )
