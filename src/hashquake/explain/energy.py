"""The power that mining draws: of the network, of a country, of what went dark in a quake.

All of it is made of draws, so that the uncertainty of hash rate, map and machines multiplies as it
should. Megawatts of a country are those of its share: machines and sites are taken to be those of
the network, for nothing is known of each country's own.

Source: keys ``ccaf-cbeci``, ``ccaf-mining-map`` in ``docs/refs.bib``.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hashquake.core.draws import quantiles_of_draws
from hashquake.core.errors import UsageError
from hashquake.core.interval import Quantiles
from hashquake.explain.fleet import PUE_BEST, PUE_HIGH, PUE_LOW, Efficiency

GRID_LOG_SD = 0.1
"""How far miners' electricity strays from their grid's yearly mean: our assumption."""
_HPS_J_PER_TH_PER_MW = 1e18
_T_PER_DAY_OF_MW_AND_G_PER_KWH = 0.024
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerBounds:
    """The power of the network by Cambridge's method, at the median hash rate.

    Parameters
    ----------
    lower_mw, best_mw, upper_mw : float
        All machines of the best kind in perfect sites; the best guess; all of the worst kind that
        can run, in poor sites. Not limits of probability.
    """

    lower_mw: float
    best_mw: float
    upper_mw: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Unregistered:
    """What is left of a country's implied power when the registered part is taken away.

    Parameters
    ----------
    registered_mw : float
        As registered.
    unregistered_mw : Quantiles
        The rest, never below nothing.
    probability : float
        The chance that there is any.
    share_of_generation, share_of_capacity : Quantiles or None
        The rest over the mean power generated, and over the installed capacity; None where that
        is not known.
    """

    registered_mw: float
    unregistered_mw: Quantiles
    probability: float
    share_of_generation: Quantiles | None
    share_of_capacity: Quantiles | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DarkPower:
    """The power that stopped when hash rate was lost.

    Parameters
    ----------
    power_mw : Quantiles
        What the lost hash rate drew.
    share_of_country : Quantiles or None
        Over the power of mining in the country that went dark, by the map. None without a country.
    """

    power_mw: Quantiles
    share_of_country: Quantiles | None


def power_mw(hashrate_hps: Floats, efficiency_j_per_th: Floats) -> Floats:
    """Return the power of a hash rate.

    Parameters
    ----------
    hashrate_hps : array of float64, shape (n,)
        Draws, hashes a second.
    efficiency_j_per_th : array of float64, shape (n,)
        Draws, joules a terahash at the wall.

    Examples
    --------
    >>> power_mw(np.array([27.3e18]), np.array([66.0])).round().tolist()
    [1802.0]
    """
    return hashrate_hps * efficiency_j_per_th / _HPS_J_PER_TH_PER_MW


def power_bounds(hashrate_hps: float, efficiency: Efficiency) -> PowerBounds:
    """Return Cambridge's lower, best and upper power of a hash rate.

    Parameters
    ----------
    hashrate_hps : float
        Hashes per second.
    efficiency : Efficiency
        Of the machines that run, joules per terahash.
    """
    scale = hashrate_hps / _HPS_J_PER_TH_PER_MW
    return PowerBounds(
        lower_mw=scale * efficiency.lower_j_per_th * PUE_LOW,
        best_mw=scale * efficiency.best_j_per_th * PUE_BEST,
        upper_mw=scale * efficiency.upper_j_per_th * PUE_HIGH,
    )


def emissions_t_per_day(
    drawn_mw: Floats, carbon_g_per_kwh: float, rng: np.random.Generator
) -> Floats:
    """Return what a power emits on a grid.

    Parameters
    ----------
    drawn_mw : array of float64, shape (n,)
        Draws, megawatts.
    carbon_g_per_kwh : float
        The grid's yearly mean.
    rng : Generator
        Randomness: miners' electricity is not the grid's mean.

    Returns
    -------
    array of float64, shape (n,)
        Tonnes of CO2 equivalent a day.
    """
    astray = np.exp(GRID_LOG_SD * rng.standard_normal(len(drawn_mw)))
    return drawn_mw * carbon_g_per_kwh * astray * _T_PER_DAY_OF_MW_AND_G_PER_KWH


def world_emissions_t_per_day(
    drawn_mw: Floats,
    drawn_shares: Floats,
    countries: tuple[str, ...],
    carbon_g_per_kwh: Mapping[str, float],
    rng: np.random.Generator,
) -> Floats:
    """Return what the whole network emits, each country on its grid.

    Parameters
    ----------
    drawn_mw : array of float64, shape (n,)
        Draws of the network's power.
    drawn_shares : array of float64, shape (n, countries)
        Draws of shares; made to sum to one here.
    countries : tuple of str
        The columns.
    carbon_g_per_kwh : mapping of str to float
        Of every country.
    rng : Generator
        Randomness.
    """
    shares = drawn_shares / drawn_shares.sum(axis=1, keepdims=True)
    parts = np.array(
        [
            emissions_t_per_day(drawn_mw * shares[:, at], carbon_g_per_kwh[country], rng)
            for at, country in enumerate(countries)
        ]
    )
    total: Floats = parts.sum(axis=0)
    return total


def unregistered_power(
    drawn_mw: Floats,
    registered_mw: float,
    *,
    generation_mw: float | None = None,
    capacity_mw: float | None = None,
) -> Unregistered:
    """Take the registered power away from the implied one.

    Parameters
    ----------
    drawn_mw : array of float64, shape (n,)
        Draws of the country's implied power.
    registered_mw : float
        0 or more.
    generation_mw, capacity_mw : float or None
        Of the country.

    Raises
    ------
    UsageError
        ``registered-range`` for a power that cannot be.
    """
    if not 0 <= registered_mw < np.inf:
        raise UsageError(
            f"registered power must be 0 MW or more, got {registered_mw:g}",
            code="registered-range",
            hint="give megawatts, 0 or more",
        )
    rest = np.maximum(drawn_mw - registered_mw, 0.0)
    return Unregistered(
        registered_mw=registered_mw,
        unregistered_mw=quantiles_of_draws(rest),
        probability=float((rest > 0).mean()),
        share_of_generation=share_of(rest, generation_mw),
        share_of_capacity=share_of(rest, capacity_mw),
    )


def share_of(drawn_mw: Floats, whole_mw: float | None) -> Quantiles | None:
    """Return a power as a part of a whole, or None where the whole is not known.

    Parameters
    ----------
    drawn_mw : array of float64, shape (n,)
        Draws of the power, megawatts.
    whole_mw : float or None
        Megawatts; None where not known.
    """
    return None if whole_mw is None else quantiles_of_draws(drawn_mw / whole_mw)


def dark_power(
    lost_hps: Floats, efficiency_j_per_th: Floats, country_mw: Floats | None = None
) -> DarkPower:
    """Turn lost hash rate into megawatts.

    Parameters
    ----------
    lost_hps : array of float64, shape (n,)
        Draws of the hash rate lost; a draw below 0 is a gain and counts as nothing lost.
    efficiency_j_per_th : array of float64, shape (n,)
        Draws, at the wall.
    country_mw : array of float64, shape (n,), or None
        Draws of the power of mining in the country that went dark, made with the same draws of
        efficiency.
    """
    lost_mw = power_mw(np.maximum(lost_hps, 0.0), efficiency_j_per_th)
    return DarkPower(
        power_mw=quantiles_of_draws(lost_mw),
        share_of_country=None
        if country_mw is None
        else quantiles_of_draws(lost_mw / np.maximum(country_mw, 1e-9)),
    )


def stopped_in_place(
    lost_hps: Floats,
    before_hps: Floats,
    *,
    place_share: Floats,
    probability: float,
    rng: np.random.Generator,
) -> Floats:
    """Return what stopped in a place: no more than it had, and only if it is the cause.

    Parameters
    ----------
    lost_hps, before_hps : array of float64, shape (n,)
        Draws of the hash rate that the network lost, and had before; hashes a second.
    place_share : array of float64, shape (n,)
        Draws of the place's share of the network's hash rate before, 0 to 1.
    probability : float
        That the cause lay in the place, 0 to 1.
    rng : Generator
        Randomness.

    Returns
    -------
    array of float64, shape (n,)
        Hashes a second, 0 or more.
    """
    had = place_share * before_hps
    is_cause = rng.random(len(lost_hps)) < probability
    return np.where(is_cause, np.clip(lost_hps, 0.0, had), 0.0)
