"""Where hash rate sits, as it was known on a day: shares of countries with growing uncertainty.

Around the last published map shares follow a Dirichlet law, each share its Beta margin. It widens
with the distance, in months, to the nearest published months, at the pace at which published
shares have moved: the two constants below were measured on Cambridge's 29 months
(``scripts/calibrate_mining_map.py``, ``docs/theory/mining_map.md``). Between two months of one
publisher shares are interpolated.

Source: keys ``ccaf-mining-map``, ``kerman-2011`` in ``docs/refs.bib``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from hashquake.core.country import REST
from hashquake.core.draws import stratified
from hashquake.core.errors import NoCoverage, UsageError
from hashquake.core.mining_map import MiningMap
from hashquake.core.times import YEAR_S, format_time
from hashquake.core.window import Window

MADE_BY = "mining_map/1"
MONTH_S = YEAR_S / 12
DISPERSION_OF_A_MONTH = 0.0035
"""One over the concentration of the Dirichlet law, one month from a published map."""
DISPERSION_POWER = 1.35
"""How it grows with months: faster than a random walk, since shares that move go on moving."""
PROVINCE_PACE = 3.5
"""Shares of China's provinces moved so many times faster: machines followed the wet season."""
LEAST_MONTHS = 0.5
"""A monthly mean is never nearer than half a month to the shares of a day."""
_NEUTRAL = 1 / 3
"""The prior of `hashquake.core.poisson`: the median of a share stays at the published one."""
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareLaw:
    """What was known of the shares of countries, as a law to draw from.

    Parameters
    ----------
    at_s, as_of_s : float
        The instant it is about; the day on which it was known.
    publisher : str
        Whose map.
    vintage_s : float
        When the latest map used was published.
    windows : tuple of Window
        The one or two published times it rests on.
    countries : tuple of str
        Two letters, in the order of the columns of draws; ``ZZ`` is the rest of the world.
    shares : tuple of float
        The mean of each, sum one.
    dispersion : float
        One over the concentration.
    months_away : float
        Distance to the nearest published time used.
    named_share : float
        How much of the hash rate sits in countries that the map names.
    flagged, carried : frozenset of str
        Countries with redirected addresses; countries that the nearest map leaves out, with the
        share that an earlier one of the same publisher gave them.
    """

    at_s: float
    as_of_s: float
    publisher: str
    vintage_s: float
    windows: tuple[Window, ...]
    countries: tuple[str, ...]
    shares: tuple[float, ...]
    dispersion: float
    months_away: float
    named_share: float
    flagged: frozenset[str]
    carried: frozenset[str]

    def share_of(self, country: str) -> float | None:
        """Return the mean share of a country, or None when no map names it.

        Parameters
        ----------
        country : str
            ISO 3166-1 alpha-2.
        """
        if country not in self.countries:
            return None
        return self.shares[self.countries.index(country)]


def share_law(
    maps: Sequence[MiningMap], *, at_s: float, as_of_s: float, pace: float = 1.0
) -> ShareLaw:
    """Return the shares of countries at an instant from the maps published by a day.

    Parameters
    ----------
    maps : sequence of MiningMap
        Of one or several publishers; the one with a map nearest in time is taken, as maps of
        different publishers do not continue each other.
    at_s : float
        The instant asked about, UTC Unix seconds, not after `as_of_s`.
    as_of_s : float
        Maps published later are not used.
    pace : float
        How much faster than countries' these shares move.

    Raises
    ------
    UsageError
        ``time-ahead`` when the instant lies after the day.
    NoCoverage
        ``map-missing`` when nothing had been published by then.
    """
    if at_s > as_of_s:
        raise UsageError(
            f"shares of {format_time(at_s)[:10]} cannot be known on {format_time(as_of_s)[:10]}",
            code="time-ahead",
            hint="ask as of that day or a later one",
        )
    known = [one for one in maps if one.vintage_s <= as_of_s]
    if not known:
        first = min((one.vintage_s for one in maps), default=None)
        raise NoCoverage(
            f"no mining map had been published by {format_time(as_of_s)[:10]}",
            code="map-missing",
            hint="" if first is None else f"the first came out on {format_time(first)[:10]}",
        )
    nearest = min(known, key=lambda one: (_distance_s(one, at_s), -one.vintage_s))
    series = _latest_vintages([one for one in known if one.publisher == nearest.publisher])
    before = [one for one in series if one.middle_s <= at_s]
    after = [one for one in series if one.middle_s > at_s]
    used = (*before[-1:], *after[:1])
    shares, carried = _shares(before, after, at_s)
    flagged = frozenset().union(*(one.flagged for one in used))
    return ShareLaw(
        at_s=at_s,
        as_of_s=as_of_s,
        publisher=nearest.publisher,
        vintage_s=max(one.vintage_s for one in used),
        windows=tuple(one.window for one in used),
        countries=tuple(shares),
        shares=tuple(shares.values()),
        dispersion=_joined([_dispersion(_months(one, at_s), pace) for one in used]),
        months_away=min(_months(one, at_s) for one in used),
        named_share=1 - shares.get(REST, 0.0),
        flagged=flagged & frozenset(shares),
        carried=carried,
    )


def draw_shares(law: ShareLaw, rng: np.random.Generator, n_draws: int) -> Floats:
    """Draw the share of each country.

    Parameters
    ----------
    law : ShareLaw
        From `share_law`.
    rng : Generator
        Randomness.
    n_draws : int
        How many.

    Returns
    -------
    array of float64, shape (n_draws, countries)
        Each country's own law, with the published share as its median; a row need not sum to one.
        Below the published share of a flagged country everything down to nothing is equally
        likely: its machines may sit anywhere.
    """
    mean = np.array(law.shares)
    drawn = np.empty((n_draws, len(mean)))
    for at, share in enumerate(law.shares):
        levels = stratified(rng, n_draws)
        drawn[:, at] = share_margin(np.array(share), law.dispersion, levels)
    for at, country in enumerate(law.countries):
        if country in law.flagged:
            below = drawn[:, at] < mean[at]
            drawn[below, at] = mean[at] * rng.random(int(below.sum()))
    return drawn


def share_margin(share: Floats, dispersion: float, levels: Sequence[float] | Floats) -> Floats:
    """Return quantiles of the law of a share on its own.

    Parameters
    ----------
    share : array of float64, shape (...)
        As published, 0 to 1.
    dispersion : float
        One over the concentration.
    levels : sequence or array of float, shape (n,)
        Probabilities.

    Returns
    -------
    array of float64, shape (n, ...)
        Those of Beta(share * count + 1/3, (1 - share) * count + 1/3), the count being one over
        the dispersion, less one.
    """
    count = 1 / dispersion - 1
    at = np.reshape(np.asarray(levels), (-1, *(1,) * np.ndim(share)))
    quantiles = betaincinv(share * count + _NEUTRAL, (1 - share) * count + _NEUTRAL, at)
    return np.asarray(quantiles, np.float64)


def draw_ranks(law: ShareLaw, drawn: Floats) -> NDArray[np.int64]:
    """Rank the countries in each draw, the rest of the world left out.

    Parameters
    ----------
    law : ShareLaw
        Whose countries are the columns.
    drawn : array of float64, shape (draws, countries)
        Shares, from `draw_shares`.

    Returns
    -------
    array of int64, shape (n_draws, countries)
        1 for the largest; 0 for the rest of the world.
    """
    named = np.array([country != REST for country in law.countries])
    order = np.argsort(np.argsort(-np.where(named, drawn, -1.0), axis=1), axis=1) + 1
    return np.where(named, order, 0)


def _dispersion(months: float, pace: float) -> float:
    """Return one over the concentration, so many months from a published map."""
    months = max(months, LEAST_MONTHS)
    return 1 - exp(-pace * DISPERSION_OF_A_MONTH * months**DISPERSION_POWER)


def _joined(dispersions: Sequence[float]) -> float:
    """Join what two months know of the time between them, as independent witnesses."""
    return 1 / sum(1 / one for one in dispersions)


def _months(one: MiningMap, at_s: float) -> float:
    return _distance_s(one, at_s) / MONTH_S


def _distance_s(one: MiningMap, at_s: float) -> float:
    return abs(one.middle_s - at_s)


def _latest_vintages(maps: Sequence[MiningMap]) -> list[MiningMap]:
    """Keep the latest vintage of each month, in order of time."""
    latest: dict[float, MiningMap] = {}
    for one in sorted(maps, key=lambda one: one.vintage_s):
        latest[one.window.start_s] = one
    return sorted(latest.values(), key=lambda one: one.middle_s)


def _shares(
    before: Sequence[MiningMap], after: Sequence[MiningMap], at_s: float
) -> tuple[dict[str, float], frozenset[str]]:
    """Interpolate between the two nearest maps, or take the nearest; carry who it leaves out."""
    near = (*before[-1:], *after[:1])
    if len(near) == 2:
        first, second = near
        weight = (at_s - first.middle_s) / (second.middle_s - first.middle_s)
        named = [country for country in first.shares if country in second.shares]
        shares = {c: (1 - weight) * first.shares[c] + weight * second.shares[c] for c in named}
        # Named by one of the two alone: that one's share, as the other may merely not list it.
        for one in near:
            shares |= {c: one.shares[c] for c in one.shares if c not in shares}
    else:
        shares = dict(near[0].shares)
    carried = set()
    for one in (*reversed(before[:-1]), *after[1:]):
        for country, share in one.shares.items():
            if country not in shares:
                shares[country] = share
                carried.add(country)
    named_total = sum(share for country, share in shares.items() if country != REST)
    if named_total > 1:
        shares = {country: share / named_total for country, share in shares.items()}
        named_total = 1.0
    shares[REST] = 1 - named_total
    return shares, frozenset(carried)
