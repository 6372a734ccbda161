"""How much of a pool's power sits in a place that went dark: all pools and all events at once.

Blocks show what part of a pool went dark, which is its exposure to the place times the part of the
place that went dark. The map, the pools' homes and all other events say what to expect of either.
Theory, identifiability and measured coverage: ``docs/theory/exposure.md``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from hashquake.core.interval import Interval
from hashquake.core.pool_exposure import Completeness, Exposure, Exposures
from hashquake.core.pool_home import PoolHome, affinity
from hashquake.explain._exposure_density import LEAST_MEAN, Data, parts_of
from hashquake.explain._exposure_draws import HyperPrior, sample
from hashquake.explain._exposure_episode import (
    Episode,
    count_episode,
    episodes_of,
    view_of,
)
from hashquake.explain._exposure_paths import follow_paths
from hashquake.explain._exposure_reports import REFERENCE_S, PoolReport, place_reports
from hashquake.explain._exposure_rows import LEVEL, PosteriorDraws, events_of, rows_of

Floats = NDArray[np.float64]

__all__ = [
    "Episode",
    "ExposurePrior",
    "PoolReport",
    "count_episode",
    "episodes_of",
    "fit_exposures",
    "share_around",
    "view_of",
]

MADE_BY = "pool_exposure/1"
DRAWS = 1000
_TAIL_SD = 1.6448536269514722
_LEAST_SHARE = 1e-12
_NO_MAP = Interval(median=0.02, low=0.004, high=0.09, level=LEVEL)
"""What is believed of the share of a place that no map tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExposurePrior:
    """What is believed before any block is counted.

    Parameters
    ----------
    common : HyperPrior
        Of what all episodes have in common.
    complete_logit, complete_logit_sd : float
        Mean and standard deviation of the logit of an event's completeness: the part of the
        place that went dark.
    """

    common: HyperPrior = field(default_factory=HyperPrior)
    complete_logit: float = 0.6
    complete_logit_sd: float = 1.5


def share_around(share: float, *, logit_sd: float = 0.3) -> Interval:
    """Return the interval of a share that a map tells without one.

    >>> share_around(0.25)
    Interval(median=0.25, low=0.169..., high=0.353..., level=0.9)

    Parameters
    ----------
    share : float
        0 to 1.
    logit_sd : float
        Standard deviation on the log-odds scale.
    """
    middle = float(logit(min(max(share, 1e-5), 1.0 - 1e-5)))
    low, high = (float(expit(middle + side * _TAIL_SD * logit_sd)) for side in (-1.0, 1.0))
    return Interval(median=share, low=min(low, share), high=max(high, share), level=LEVEL)


def fit_exposures(
    episodes: Sequence[Episode],
    *,
    map_shares: Mapping[str, Interval],
    homes: tuple[PoolHome, ...] = (),
    reports: Sequence[PoolReport] = (),
    prior: ExposurePrior | None = None,
    rng: np.random.Generator,
    draws: int = DRAWS,
) -> Exposures:
    """Estimate the exposures of all pools to all places that went dark, together.

    Parameters
    ----------
    episodes : sequence of Episode
        From `count_episode`; whichever overlap in time must be one episode.
    map_shares : mapping of str to Interval
        Share of the network, by event id, of the place that the event struck; where it is missing
        next to nothing is believed of it.
    homes : tuple of PoolHome
        Where pools are at home.
    reports : sequence of PoolReport
        Hash rates that pools reported themselves, if any.
    prior : ExposurePrior or None
        What is believed beforehand.
    rng : Generator
        Source of randomness.
    draws : int
        How many: the Monte Carlo error of a limit is some 7 % of its distance from the median
        at 1,000.

    Returns
    -------
    Exposures
        In order of episodes, places and share; the row of the network first.
    """
    prior = prior or ExposurePrior()
    datas = tuple(
        _data(episode, map_shares, homes, place_reports(episode, reports), prior)
        for episode in episodes
    )
    if not datas:
        return Exposures(rows=(), events=(), made_by=MADE_BY)
    vectors, _ = sample(datas, prior.common, rng, draws=draws)
    rows: list[Exposure] = []
    events: list[Completeness] = []
    for episode, data, vector in zip(episodes, datas, vectors, strict=True):
        after = PosteriorDraws.of(data, vector)
        before = PosteriorDraws.of(data, _prior_vectors(data, prior.common, rng, draws))
        rows += rows_of(episode, data, after, before)
        events += events_of(episode, after, map_shares)
    return Exposures(rows=tuple(rows), events=tuple(events), made_by=MADE_BY)


def _data(
    episode: Episode,
    map_shares: Mapping[str, Interval],
    homes: tuple[PoolHome, ...],
    reported: tuple[Floats, Floats] | None,
    prior: ExposurePrior,
) -> Data:
    """Put together what the kernels take."""
    paths = follow_paths(episode, reference_s=0.0 if reported is None else REFERENCE_S)
    onset_s = episode.intensities[0].span.start_s
    lean = np.array(
        [
            [affinity(homes, pool=pool, country=name, at_s=onset_s) for name, _ in episode.places]
            for pool in episode.pools
        ]
    )
    shares = [_place_share(episode, at, map_shares) for at in range(len(episode.places))]
    limits = np.clip([[one.low, one.median, one.high] for one in shares], 1e-5, 1.0 - 1e-5)
    n_events = len(episode.intensities)
    empty = np.full((len(episode.pools), paths.mean.shape[1]), np.nan)
    values, scale = (empty, empty) if reported is None else reported
    return Data(
        n_blocks=episode.in_segments(episode.n_blocks),
        exposure=episode.in_segments(episode.exposure),
        dark=episode.dark,
        place_of=episode.place_of.astype(np.int64),
        rate_mean=paths.mean,
        rate_precision=np.asarray(np.linalg.inv(paths.covariance), np.float64),
        reported=values,
        report_scale=scale,
        lean=lean - episode.share_before @ lean,
        map_logit=logit(limits[:, 1]),
        map_sd=np.maximum((logit(limits[:, 2]) - logit(limits[:, 0])) / (2.0 * _TAIL_SD), 0.05),
        complete_logit=np.full(n_events, prior.complete_logit),
        complete_sd=np.full(n_events, prior.complete_logit_sd),
    )


def _place_share(episode: Episode, place: int, map_shares: Mapping[str, Interval]) -> Interval:
    struck = [
        one.event
        for one, at in zip(episode.intensities, episode.place_of, strict=True)
        if at == place
    ]
    return next((map_shares[name] for name in struck if name in map_shares), _NO_MAP)


def _prior_vectors(data: Data, common: HyperPrior, rng: np.random.Generator, draws: int) -> Floats:
    """Draw from what is believed before any block of the dark time is counted."""
    parts = parts_of(data)
    vectors = np.zeros((draws, parts.end))
    vectors[:, : parts.bias] = data.rate_mean.ravel()
    hypers = np.array([common.draw(rng) for _ in range(draws)])
    concentration, pull = hypers[:, 0, None, None], hypers[:, 1, None, None]
    n_events, n_places = len(data.dark), data.lean.shape[1]
    complete = rng.normal(data.complete_logit, data.complete_sd, (draws, n_events))
    place = rng.normal(data.map_logit, data.map_sd, (draws, n_places))
    mean = np.clip(expit(place[:, None, :] + pull * data.lean), LEAST_MEAN, 1.0 - LEAST_MEAN)
    share = rng.beta(concentration * mean, concentration * (1.0 - mean))
    vectors[:, parts.exposure : parts.complete] = logit(
        np.clip(share, _LEAST_SHARE, 1.0 - _LEAST_SHARE)
    ).reshape(draws, -1)
    vectors[:, parts.complete : parts.place] = complete
    vectors[:, parts.place :] = place
    return vectors
