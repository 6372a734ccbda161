"""Parameters of the filter by maximum predictive likelihood.

The network's are those under which the blocks of the next hour, day, week and fortnight were
likeliest, each seen from the moment before (a composite likelihood: overlapping forecasts share
one vote). The pools' share one set, under which each next bin's blocks were likeliest.
Growth is the exception: only the ends of a record tell it, so it is the slope between them.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import exp, inf, log
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from hashquake.core.columns import BlockColumns
from hashquake.core.errors import UsageError
from hashquake.core.times import DAY_S
from hashquake.estimate.clock import HeaderNoise
from hashquake.estimate.filter import FilterParameters, start_tracks
from hashquake.estimate.filter_bins import all_bins
from hashquake.estimate.rate_ahead import rate_ahead
from hashquake.estimate.rate_model import RateModel
from hashquake.estimate.time_bins import TimeBins
from hashquake.estimate.track import run_bins

Floats = NDArray[np.float64]
HORIZON_DAYS = (1, 7, 14)
_ENDS_DAYS = 15
_SETTLE_DAYS = 18
"""Left out at the start, while the filter finds the level."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """The outcome of a fit.

    Parameters
    ----------
    model : RateModel
        The likeliest found.
    log_likelihood : float
        At that model.
    evaluations : int
        Models tried.
    """

    model: RateModel
    log_likelihood: float
    evaluations: int


def growth_between_ends(bins: TimeBins, bin_s: int) -> float:
    """Return the slope of the log rate between the first and the last fortnight of some bins.

    Parameters
    ----------
    bins : TimeBins
        The network's, in order of time.
    bin_s : int
        Length of a bin, seconds.

    Raises
    ------
    UsageError
        ``fit-too-short`` when there are fewer than three fortnights of bins.
    """
    n = _ENDS_DAYS * DAY_S // bin_s
    if len(bins) < 3 * n:
        raise UsageError(
            f"{len(bins) * bin_s / DAY_S:.0f} days are too few to fit a filter to",
            code="fit-too-short",
            hint=f"give at least {3 * _ENDS_DAYS} days",
        )
    first = bins.blocks[:n, 0].sum() / bins.exposure[:n].sum()
    last = bins.blocks[-n:, 0].sum() / bins.exposure[-n:].sum()
    return float(log(last / first) / ((len(bins) - n) * bin_s / DAY_S))


def fit_network(
    blocks: BlockColumns, guess: RateModel, *, evaluations: int = 160, noise: HeaderNoise
) -> Fit:
    """Fit the network's model.

    Parameters
    ----------
    blocks : BlockColumns, shape (n,)
        In height order; the record to learn from.
    guess : RateModel
        Where to start, and the grid.
    evaluations : int
        Models to try at most.
    noise : HeaderNoise
        Of the miners' clocks.
    """
    parameters = FilterParameters(network=guess, pool=guess, noise=noise)
    (bins,) = all_bins(parameters, blocks, pools=())
    guess = replace(guess, growth_log_per_day=growth_between_ends(bins, guess.bin_s))
    names: tuple[str, ...] = ("drift_log_per_sqrt_day", "jumps_per_year", "jump_log")
    if guess.n_transients > 1:
        names = (*names, "transient_log", "transient_s")
    return _climb(guess, names, lambda m: network_log_likelihood(m, bins, blocks), evaluations)


def network_log_likelihood(model: RateModel, bins: TimeBins, blocks: BlockColumns) -> float:
    """Return the composite predictive log likelihood of a network's bins.

    Parameters
    ----------
    model : RateModel
        To judge; with the bins' length.
    bins : TimeBins, one subject
        From `hashquake.estimate.filter_bins.all_bins`.
    blocks : BlockColumns
        Whose first block lays the grid.
    """
    (track,) = start_tracks(FilterParameters(network=model, pool=model), blocks, pools=())
    day = DAY_S // model.bin_s
    found = np.concatenate([[0.0], np.cumsum(bins.blocks[:, 0])])
    watched = np.concatenate([[0.0], np.cumsum(bins.exposure)])
    total = 0.0
    settled = 0.0
    for at in range(0, len(bins), day):
        days = at // day
        if days == _SETTLE_DAYS:
            settled = float(track.evidence[0])
        for horizon in HORIZON_DAYS:
            end = at + horizon * day
            if days < _SETTLE_DAYS or end > len(bins):
                continue
            ahead = rate_ahead(track.mass[0], int(track.origin[0]), model, float(horizon * DAY_S))
            score = ahead.count_log_probability(
                int(found[end] - found[at]), float(watched[end] - watched[at])
            )
            # Forecasts of a week made every day tell the same story seven times over.
            total += score / horizon
        run_bins(track, bins, at, at + day)
    return total + float(track.evidence[0]) - settled


def fit_pools(
    blocks: BlockColumns,
    guess: RateModel,
    *,
    pools: tuple[str, ...],
    evaluations: int = 100,
    noise: HeaderNoise,
) -> Fit:
    """Fit the model that all pools share; see `fit_network`.

    Parameters
    ----------
    pools : tuple of str
        Slugs of the pools whose blocks are counted.
    """
    parameters = FilterParameters(network=guess, pool=guess, noise=noise)
    bins = all_bins(parameters, blocks, pools=pools)[1]

    def log_likelihood(model: RateModel) -> float:
        given = FilterParameters(network=model, pool=model)
        track = start_tracks(given, blocks, pools=pools)[1]
        run_bins(track, bins, 0, len(bins))
        return float(track.evidence.sum())

    names = ("drift_log_per_sqrt_day", "jumps_per_year", "jump_log", "restarts_per_year")
    return _climb(guess, names, log_likelihood, evaluations)


def _climb(
    guess: RateModel,
    names: tuple[str, ...],
    log_likelihood: Callable[[RateModel], float],
    evaluations: int,
) -> Fit:
    """Climb the likelihood in the logarithms of some parameters (Nelder and Mead)."""

    def with_values(logs: Floats) -> RateModel:
        values: dict[str, Any] = {name: exp(value) for name, value in zip(names, logs, strict=True)}
        return replace(guess, **values)

    def cost(logs: Floats) -> float:
        try:
            value = log_likelihood(with_values(logs))
        except (UsageError, OverflowError):
            return inf  # a model its grid cannot carry
        return -value if np.isfinite(value) else inf

    origin = np.log([getattr(guess, name) for name in names])
    corners = np.vstack([origin, origin + 0.4 * np.eye(len(names))])
    found = minimize(
        cost,
        origin,
        method="Nelder-Mead",
        options={
            "maxfev": evaluations,
            "xatol": 0.02,
            "fatol": 0.05,
            "initial_simplex": corners,
        },
    )
    return Fit(
        model=with_values(found.x), log_likelihood=-float(found.fun), evaluations=int(found.nfev)
    )
