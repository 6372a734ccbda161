"""Draws of an episode summed up: rows of pools, and what each event says of the map."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from hashquake.core.interval import Interval
from hashquake.core.pool_exposure import Completeness, DarkShare, Exposure
from hashquake.core.subject import NETWORK
from hashquake.explain._exposure_density import Data, parts_of
from hashquake.explain._exposure_episode import OTHERS, Episode

Floats = NDArray[np.float64]
LEVEL = 0.9


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PosteriorDraws:
    """Draws taken apart: n draws of P pools, K places and E events.

    Parameters
    ----------
    exposed : array of float64, shape (n, P, K)
        Part of each pool's hash rate that stood in each place, 0 to 1.
    complete : array of float64, shape (n, E)
        Part of the place's machines that each event stopped, 0 to 1.
    dark : array of float64, shape (n, P, E)
        Part of each pool's hash rate that each event stopped, 0 to 1.
    network_exposed : array of float64, shape (n, K)
        As `exposed`, of the network.
    network_dark : array of float64, shape (n, E)
        As `dark`, of the network.
    """

    exposed: Floats
    complete: Floats
    dark: Floats
    network_exposed: Floats
    network_dark: Floats

    @classmethod
    def of(cls, data: Data, vectors: Floats) -> "PosteriorDraws":
        """Take draws apart, shape (n, d).

        Parameters
        ----------
        data : Data
            What they were drawn from.
        vectors : array of float64, shape (n, d)
            The draws; see `Parts`.
        """
        parts = parts_of(data)
        n_pools, n_rates = data.rate_mean.shape
        first = n_rates - len(data.exposure)
        rates = vectors[:, : parts.bias].reshape(-1, n_pools, n_rates)[:, :, first:]
        exposed = expit(vectors[:, parts.exposure : parts.complete]).reshape(
            len(vectors), n_pools, -1
        )
        complete = expit(vectors[:, parts.complete : parts.place])
        dark = exposed[:, :, data.place_of] * complete[:, None, :]
        # The network is the sum of its pools, each as large as it would have been.
        weight = np.einsum("npj,ej->npe", np.exp(rates) * data.exposure, data.dark)
        weight /= weight.sum(axis=1, keepdims=True)
        firsts = [int(np.flatnonzero(data.place_of == k)[0]) for k in range(exposed.shape[2])]
        return cls(
            exposed=exposed,
            complete=complete,
            dark=dark,
            network_exposed=(weight[:, :, firsts] * exposed).sum(axis=1),
            network_dark=(weight * dark).sum(axis=1),
        )


def rows_of(
    episode: Episode, data: Data, after: PosteriorDraws, before: PosteriorDraws
) -> list[Exposure]:
    """Return a row a pool and place, from draws after and before blocks were counted.

    Parameters
    ----------
    episode : Episode
        Of P pools.
    data : Data
        What the draws were drawn from.
    after, before : PosteriorDraws
        From the posterior, and from the prior.
    """
    pools = [at for at, name in enumerate(episode.pools) if name != OTHERS]
    first = data.rate_mean.shape[1] - len(data.exposure)
    expected = np.exp(data.rate_mean[:, first:]) * data.exposure
    rows = []
    for place, (country, words) in enumerate(episode.places):
        struck = [e for e, at in enumerate(episode.place_of) if at == place]
        for pool in (None, *pools):
            whose = slice(None) if pool is None else slice(pool, pool + 1)
            rows.append(
                Exposure(
                    pool=NETWORK if pool is None else episode.pools[pool],
                    country=country,
                    place=words,
                    exposure_share=_interval(_exposed(after, pool, place)),
                    prior_exposure_share=_interval(_exposed(before, pool, place)),
                    dark=tuple(
                        DarkShare(
                            event=episode.intensities[event].event,
                            dark_share=_interval(_dark(after, pool, event)),
                            prior_dark_share=_interval(_dark(before, pool, event)),
                            n_blocks=int(data.n_blocks[whose, data.dark[event] > 0].sum()),
                            expected_blocks=float(expected[whose, data.dark[event] > 0].sum()),
                        )
                        for event in struck
                    ),
                    share_before=1.0 if pool is None else float(episode.share_before[pool]),
                    note="" if pool is None else episode.notes.get(episode.pools[pool], ""),
                )
            )
    return rows


def events_of(
    episode: Episode, after: PosteriorDraws, map_shares: Mapping[str, Interval]
) -> list[Completeness]:
    """Return what each event of an episode says of the map.

    Parameters
    ----------
    episode : Episode
        With its events.
    after : PosteriorDraws
        From the posterior.
    map_shares : mapping of str to Interval
        Share of the network in an event's place on the map, by event; events on no map are missing.
    """
    found = []
    for event, intensity in enumerate(episode.intensities):
        dark = _interval(after.network_dark[:, event])
        told = map_shares.get(intensity.event)
        found.append(
            Completeness(
                event=intensity.event,
                map_share=told,
                dark_share=dark,
                dark_of_map_share=None
                if told is None
                else _interval(after.network_dark[:, event] / told.median),
                complete_share=_interval(after.complete[:, event]),
            )
        )
    return found


def _exposed(drawn: PosteriorDraws, pool: int | None, place: int) -> Floats:
    return drawn.network_exposed[:, place] if pool is None else drawn.exposed[:, pool, place]


def _dark(drawn: PosteriorDraws, pool: int | None, event: int) -> Floats:
    return drawn.network_dark[:, event] if pool is None else drawn.dark[:, pool, event]


def _interval(draws: Floats) -> Interval:
    low, median, high = np.quantile(draws, [0.5 - LEVEL / 2.0, 0.5, 0.5 + LEVEL / 2.0])
    return Interval(median=float(median), low=float(low), high=float(high), level=LEVEL)
