"""What each of four instruments counts, given what a network usually has and what cuts leave."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from hashquake.core.times import YEAR_S
from hashquake.forward.connectivity.country import Country
from hashquake.forward.connectivity.model import ConnectivityModel, Quantity, SignalModel
from hashquake.forward.connectivity.noise import (
    add_bursts,
    binomial_counts,
    poisson_counts,
    slow_drift,
)

Values = NDArray[np.float32]
CutShort = Callable[[Values], None]
"""Multiplies values in place by what cuts leave of them."""


def usual_values(model: SignalModel, rng: np.random.Generator, shape: tuple[int, int]) -> Values:
    """Draw one plus each network's slow drift, shape (networks, steps).

    Parameters
    ----------
    model : SignalModel
        How the instrument behaves.
    rng : Generator
        Source of randomness.
    shape : tuple of int and int
        Networks and steps.
    """
    if not model.drift_share:
        return np.ones(shape, np.float32)
    return slow_drift(model, rng, shape) + np.float32(1.0)


def _routes(
    country: Country,
    rng: np.random.Generator,
    model: ConnectivityModel,
    values: Values,
    cut_short: CutShort,
) -> None:
    """Count visible blocks: steps when a network announces more or less, dips on convergence."""
    networks, steps = values.shape
    years = steps * model.bgp.step_s / YEAR_S
    for k, n in enumerate(rng.poisson(model.route_changes_per_year * years, networks)):
        for at in rng.integers(0, steps, n):
            values[k, at:] *= 1.0 + model.route_change_share * rng.standard_normal()
    dips = rng.poisson(model.dips_share * values.size)
    where = rng.integers(0, networks, dips), rng.integers(0, steps, dips)
    values[where] *= 1.0 - model.dip_share * rng.random(dips)
    cut_short(values)
    values *= country.slash24s[:, None].astype(np.float32)
    np.rint(values, out=values)


def _probes(
    country: Country,
    rng: np.random.Generator,
    model: ConnectivityModel,
    values: Values,
    cut_short: CutShort,
) -> None:
    """Count blocks that answer: binomial in the announced ones."""
    networks = len(country.networks)
    up_share = np.clip(model.up_share * np.exp(0.15 * rng.standard_normal(networks)), 0.0, 0.95)
    values *= up_share[:, None].astype(np.float32)
    cut_short(values)
    binomial_counts(values, country.slash24s, rng.standard_normal(values.shape, np.float32))


def _packets(
    country: Country,
    rng: np.random.Generator,
    model: ConnectivityModel,
    values: Values,
    cut_short: CutShort,
) -> None:
    """Count packets: Poisson, with bursts of infected machines and attacks on top."""
    networks = len(country.networks)
    usual = country.slash24s * model.packets_per_slash24
    values *= (usual * np.exp(0.5 * rng.standard_normal(networks))).astype(np.float32)[:, None]
    add_bursts(
        values,
        rng,
        step_s=model.telescope.step_s,
        per_year=model.bursts_per_year,
        burst_s=model.burst_s,
        tail=model.burst_tail,
    )
    cut_short(values)
    poisson_counts(values, rng.standard_normal(values.shape, np.float32))


def _traffic(
    country: Country,
    rng: np.random.Generator,
    model: ConnectivityModel,
    values: Values,
    cut_short: CutShort,
) -> None:
    """Measure traffic as a share of the country's usual: 1 on a week's average, all together."""
    users = country.users_shares.astype(np.float32)[:, None]
    noise = rng.standard_normal(values.shape, np.float32)
    noise *= np.float32(model.traffic_noise_share) * np.sqrt(np.float32(0.1) / users)
    noise += np.float32(1.0)
    values *= np.maximum(noise, np.float32(0.0))
    values *= users
    np.maximum(values, np.float32(0.0), out=values)
    cut_short(values)


MEASURE: dict[
    Quantity,
    Callable[[Country, np.random.Generator, ConnectivityModel, Values, CutShort], None],
] = {
    "bgp_slash24s": _routes,
    "probing_slash24s": _probes,
    "telescope_packets": _packets,
    "traffic_share": _traffic,
}
