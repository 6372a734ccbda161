"""The filter with the drift and the growth that the blocks themselves have shown.

How restless the hash rate is changes over the years. The filter's walk and growth are therefore
those learned up to the instant it speaks of (`hashquake.estimate.volatility`); its transient and
its grid are the fitted ones (`hashquake.estimate.fitted`). Of the network's jumps only large ones
are left: frequent small ones are drift to what learns it, and would count twice.
"""

from dataclasses import replace
from math import hypot, sqrt

from hashquake.estimate.filter import FilterParameters, FilterState
from hashquake.estimate.volatility import Drift

LEARN_DAYS = 540
"""Days before an instant from which drift is learned: twice the memory of what is learned."""

_JUMPS_PER_YEAR = 1.0
_JUMP_LOG = 0.2
"""Jumps of the network that no drift explains: about one a year, of a fifth on average."""


def adapted(parameters: FilterParameters, drift: Drift) -> FilterParameters:
    """Return parameters with drift and growth as learned.

    A pool drifts with the network and, on top, by itself, as far as the fitted parameters say.

    Parameters
    ----------
    parameters : FilterParameters
        As fitted.
    drift : Drift
        Of the network.
    """
    network, pool = parameters.network, parameters.pool
    # Rounded, so that neighbouring instants share what is computed from a model.
    walk, growth = round(drift.walk, 4), round(drift.growth, 5)
    own = sqrt(max(pool.drift_log_per_sqrt_day**2 - network.drift_log_per_sqrt_day**2, 0.0))
    return replace(
        parameters,
        network=replace(
            network,
            drift_log_per_sqrt_day=walk,
            growth_log_per_day=growth,
            jumps_per_year=_JUMPS_PER_YEAR,
            jump_log=_JUMP_LOG,
        ),
        pool=replace(pool, drift_log_per_sqrt_day=hypot(walk, own), growth_log_per_day=growth),
    )


def adapt(state: FilterState, fitted: FilterParameters, drift: Drift) -> FilterState:
    """Return a filter that goes on with another drift; what it knows of the past stays.

    Parameters
    ----------
    state : FilterState
        Of a filter with these parameters, adapted or not.
    fitted : FilterParameters
        As fitted.
    drift : Drift
        Learned from the blocks that the filter has seen.
    """
    parameters = adapted(fitted, drift)
    models = (parameters.network, parameters.pool)
    tracks = tuple(
        replace(track, model=model) for track, model in zip(state.tracks, models, strict=False)
    )
    return replace(state, parameters=parameters, tracks=tracks)
