"""A mining map from a pool's own logs: shares of countries by work, as far as logs can tell.

This is how the Cambridge map is made (key ``ccaf-2021`` in ``docs/refs.bib``), open to any pool.
Shares of one worker are not independent: a farm is one draw however many shares it sends. So the
worker, or its account, is what is drawn, the pools are given, and the error of a share is that of
a ratio of sums over clusters (key ``wolter-2007`` in ``docs/refs.bib``).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from hashquake.core.errors import NoCoverage
from hashquake.core.interval import QUANTILE_LEVELS, Quantiles
from hashquake.core.window import Window
from hashquake.core.work_tally import (
    HOSTING,
    N_COUNTRIES,
    PRIVATE,
    RESERVED,
    UNKNOWN,
    UNREADABLE,
    WorkTally,
    place_name,
)

FEW_WORKERS = 5.0
"""Under so many effective workers a country's share hangs on one or two of them."""
HOSTING_HEAVY_SHARE = 0.5
"""A country half of whose work comes through hosts and VPNs may only be where a tunnel ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogCoverage:
    """What became of the logs' work, as parts that add up to 1.

    Parameters
    ----------
    located_share : float
        A country is known, and the address is not of a host: what the map rests on.
    hosting_share : float
        The address is a host's, a VPN's or a proxy's, wherever its country.
    unknown_share : float
        The database knows no country.
    private_share, reserved_share : float
        Addresses that no country has.
    unreadable_share : float
        The log's text is not an address.
    """

    located_share: float
    hosting_share: float
    unknown_share: float
    private_share: float
    reserved_share: float
    unreadable_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CountryWork:
    """One country of a map made from logs.

    Parameters
    ----------
    country : str
        ISO 3166 alpha-2.
    share : Quantiles
        Its share of the located work.
    least_share, most_share : float
        Its share of all work if none, or all, of what was not located were there too.
    hosting_share : float
        Work through its hosts and VPNs, as a share of all work; not part of `share`.
    n_rows : int
        Rows located there.
    effective_workers : float
        As many workers of one size would vary as much.
    rank : int
        By share, from 1.
    flags : tuple of {"few_workers", "hosting_heavy"}
        What to know before quoting it.
    """

    country: str
    share: Quantiles
    least_share: float
    most_share: float
    hosting_share: float
    n_rows: int
    effective_workers: float
    rank: int
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogMap:
    """A map made from logs.

    Parameters
    ----------
    pools : tuple of str
        Whose logs.
    window : Window
        From the first row to the last, in whole seconds.
    n_rows : int
        Rows it rests on.
    effective_workers : float
        As many workers of one size would vary as much.
    weighted_by : {"difficulty", "rows"}
        What a row counts.
    coverage : LogCoverage
        What became of the work.
    countries : tuple of CountryWork
        Largest first; empty when nothing was located.
    """

    pools: tuple[str, ...]
    window: Window
    n_rows: int
    effective_workers: float
    weighted_by: str
    coverage: LogCoverage
    countries: tuple[CountryWork, ...]


def log_map(tally: WorkTally, *, pool: str | None = None, month_s: int | None = None) -> LogMap:
    """Return the map of all logs, or of one pool, or of one month.

    Parameters
    ----------
    tally : WorkTally
        What was counted.
    pool : str or None
        Only this pool's.
    month_s : int or None
        Only the month that starts there, UTC Unix seconds.

    Raises
    ------
    NoCoverage
        When no row is of that pool and month.
    """
    cells = {
        key: cell
        for key, cell in tally.cells.items()
        if (pool is None or key.pool == pool) and (month_s is None or key.month_s == month_s)
    }
    if not cells:
        raise NoCoverage(
            "no row of the logs lies in the time asked for",
            hint=f"{tally.n_outside:,} rows lie outside it" if tally.n_outside else "",
        )
    pools = tuple(sorted({key.pool for key in cells}))
    work: dict[int, NDArray[np.float64]] = {}
    rows: dict[int, int] = {}
    for key, cell in cells.items():
        by_pool = work.setdefault(key.place, np.zeros((len(pools), len(cell.low))))
        by_pool[pools.index(key.pool)] += cell.difficulty()
        rows[key.place] = rows.get(key.place, 0) + cell.n_rows
    start_s = min(cell.first_s for cell in cells.values())
    return LogMap(
        pools=pools,
        window=Window(start_s=start_s, end_s=max(c.last_s for c in cells.values()) + 1),
        n_rows=sum(rows.values()),
        effective_workers=effective_number(sum(work.values(), np.zeros((1, 1)))),
        weighted_by=tally.weighted_by,
        coverage=_coverage(work),
        countries=_countries(work, rows),
    )


def _coverage(work: dict[int, NDArray[np.float64]]) -> LogCoverage:
    total = _total(work.values())

    def share(*places: int) -> float:
        return _total(work[place] for place in places if place in work) / total

    return LogCoverage(
        located_share=share(*(place for place in work if place < N_COUNTRIES)),
        hosting_share=share(*(place for place in work if place >= HOSTING)),
        unknown_share=share(UNKNOWN),
        private_share=share(PRIVATE),
        reserved_share=share(RESERVED),
        unreadable_share=share(UNREADABLE),
    )


def _countries(
    work: dict[int, NDArray[np.float64]], rows: dict[int, int]
) -> tuple[CountryWork, ...]:
    places = [place for place in work if place < N_COUNTRIES]
    if not places:
        return ()
    located = sum((work[place] for place in places), np.zeros((1, 1)))
    present = sum(work.values(), np.zeros((1, 1))) > 0
    total, lost = _total(work.values()), _total(work.values()) - float(located.sum())
    found: list[CountryWork] = []
    for place in sorted(places, key=lambda place: (-float(work[place].sum()), place_name(place))):
        mine = float(work[place].sum())
        hosted = _total(work[at] for at in (place + HOSTING,) if at in work)
        workers = effective_number(work[place])
        found.append(
            CountryWork(
                country=place_name(place),
                share=ratio_quantiles(work[place], located, present),
                least_share=mine / total,
                most_share=min(1.0, (mine + lost) / total),
                hosting_share=hosted / total,
                n_rows=rows[place],
                effective_workers=workers,
                rank=len(found) + 1,
                flags=(
                    *(("few_workers",) if workers < FEW_WORKERS else ()),
                    *(("hosting_heavy",) if hosted > HOSTING_HEAVY_SHARE * (hosted + mine) else ()),
                ),
            )
        )
    return tuple(found)


def ratio_quantiles(
    part: NDArray[np.float64], whole: NDArray[np.float64], present: NDArray[np.bool_]
) -> Quantiles:
    """Return the share of a part in a whole, both summed over clusters within strata.

    Parameters
    ----------
    part, whole : array of float64, shape (strata, clusters)
        Work of each cluster in the country and anywhere located; ``part <= whole``.
    present : array of bool, shape (strata, clusters)
        Which clusters were drawn at all, located or not.

    Returns
    -------
    Quantiles
        From Clopper and Pearson's limits at the number of equal draws that would vary as much,
        cut for the few clusters behind the variance (key ``korn-graubard-1998`` in
        ``docs/refs.bib``).
    """
    total = float(whole.sum())
    share = float(part.sum()) / total
    rest = np.where(present, part - share * whole, 0.0)
    n = present.sum(axis=1, keepdims=True)
    mean = np.where(n > 1, rest.sum(axis=1, keepdims=True) / np.maximum(n, 1), 0.0)
    scale = np.where(n > 1, n / np.maximum(n - 1, 1), 1.0)
    square = np.where(present, scale * (rest - mean) ** 2, 0.0)
    variance = float(square.sum()) / total**2
    # Where one giant more or less is in the country is chance that the sum of squares cannot show
    # while it is elsewhere; the sizes of all workers show it.
    draws = effective_number(whole)
    if variance > 0 and 0 < share < 1:
        spread = share * (1 - share) / variance
        draws = spread if draws > whole.shape[1] else min(spread, draws)
    return _clopper_pearson(share, draws, max(1.0, float(n.sum()) - len(part)))


def _clopper_pearson(share: float, draws: float, freedom: float) -> Quantiles:
    values = []
    for level in QUANTILE_LEVELS:
        if level == 0.5:
            values.append(share)
            continue
        tail = min(level, 1 - level)
        cut = (stats.norm.ppf(tail) / stats.t.ppf(tail, freedom)) ** 2 if freedom < inf else 1.0
        n = max(draws * cut, 1e-9)
        found = share * n
        if level < 0.5:
            limit = stats.beta.ppf(tail, found, n - found + 1) if found > 0 else 0.0
            values.append(min(float(limit), share))
        else:
            limit = stats.beta.isf(tail, found + 1, n - found) if found < n else 1.0
            values.append(max(float(limit), share))
    a, b, c, d, e, f, g = np.maximum.accumulate(values).tolist()
    return Quantiles(values=(a, b, c, d, e, f, g))


def effective_number(work: NDArray[np.float64]) -> float:
    """Return how many workers of one size would vary as much: Kish's effective number.

    Parameters
    ----------
    work : array of float64, shape (strata, groups)
        Work by group. Workers meet in a group by chance, which adds on average as much to the sum
        of squares as is taken away here; beyond as many as there are groups it is rough.

    Returns
    -------
    float
        At least 1, infinite where the groups cannot show it; 0 where there is no work.

    Examples
    --------
    >>> effective_number(np.array([[3.0] + [0.0] * 1023]))
    1.0
    """
    groups = work.shape[1]
    by_stratum = work.sum(axis=1)
    met = (by_stratum**2).sum() / groups
    square = float((work**2).sum() - met) / (1 - 1 / groups)
    total = float(by_stratum.sum())
    if total == 0:
        return 0.0
    return max(1.0, total**2 / square) if square > 0 else inf


def _total(parts: Iterable[NDArray[np.float64]]) -> float:
    return float(sum(float(part.sum()) for part in parts))
