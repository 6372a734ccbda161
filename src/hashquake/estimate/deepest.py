"""The deepest 24 hours of a window, with an interval that allows for the search.

Whoever looks through a month for its worst day finds a bad one by chance alone. The interval is
therefore wider than that of a day chosen beforehand: it holds for all days of the window at once.
How much wider follows from the law of the largest moving mean of white noise (Slepian's process),
with the product approximation for windows longer than two days.

Source: keys ``slepian-1961`` and ``naus-1982`` in ``docs/refs.bib``.
"""

from collections.abc import Sequence
from math import exp, hypot, inf, log, pi, sqrt

import numpy as np
from scipy.special import betaincinv, ndtr

from hashquake.core.columns import BlockColumns
from hashquake.core.coverage import Coverage
from hashquake.core.incident import DeepestDay
from hashquake.core.interval import Interval
from hashquake.core.network import MAIN, Network
from hashquake.core.root import root
from hashquake.core.subject import NETWORK
from hashquake.core.times import DAY_S, HOUR_S
from hashquake.core.window import Window
from hashquake.estimate.block_count import BlockCount, block_count, block_counts
from hashquake.estimate.drift import NETWORK_WALK, drift_sd

_NEUTRAL = 1.0 / 3.0
_NEVER = 1e-12
_RECENT_S = 14 * DAY_S
"""The two weeks of a report's usual baseline."""


def deepest_day(
    blocks: BlockColumns,
    window: Window,
    before: BlockCount,
    coverage: Coverage,
    *,
    network: Network = MAIN,
    level: float = 0.9,
) -> DeepestDay | None:
    """Find the 24 hours of a window with the fewest blocks for what was expected.

    Parameters
    ----------
    blocks : BlockColumns, shape (n,)
        In height order.
    window : Window
        Where to look; every whole hour after its start begins a day.
    before : BlockCount
        Of the network in the baseline, with at least one block.
    coverage : Coverage
        What was observed.
    network : Network
        Whose retarget rule holds.
    level : float
        Of the interval, 0 to 1.

    Returns
    -------
    DeepestDay or None
        None when the window is shorter than 24 hours.

    Raises
    ------
    NoCoverage
        When the window was not observed throughout.
    """
    days = days_of(window)
    if not days:
        return None
    found = block_counts(blocks, days, NETWORK, coverage, network=network)
    deepest = min(found, key=lambda one: one.n_blocks / one.exposure_s_per_hash)
    exposures = deepest.exposure_s_per_hash / before.exposure_s_per_hash
    reach = search_reach(window.duration_s / DAY_S - 1.0, level=level)
    lately = _just_before(blocks, deepest.window, coverage, network)
    return DeepestDay(
        window=deepest.window,
        n_blocks=deepest.n_blocks,
        expected_blocks=before.n_blocks * exposures,
        drop_share=_drop(deepest, before, reach, level),
        recent_drop_share=None if lately is None else _drop(deepest, lately, reach, level),
    )


def _just_before(
    blocks: BlockColumns, day: Window, coverage: Coverage, network: Network
) -> BlockCount | None:
    """Count the two weeks that end where a day begins; None where they were not observed."""
    lately = Window(start_s=day.start_s - _RECENT_S, end_s=day.start_s)
    if coverage.gaps(lately):
        return None
    counted = block_count(blocks, lately, NETWORK, coverage, network=network)
    return counted if counted.n_blocks else None


def days_of(window: Window) -> Sequence[Window]:
    """Return the 24-hour windows that begin at each whole hour after a window's start.

    Parameters
    ----------
    window : Window
        Of a day or more, UTC Unix seconds.
    """
    n = int((window.duration_s - DAY_S) // HOUR_S) + 1
    starts_s = window.start_s + HOUR_S * np.arange(max(n, 0))
    return [Window(start_s=float(one), end_s=float(one) + DAY_S) for one in starts_s]


def search_reach(others: float, *, level: float) -> float:
    """Return how many standard errors an interval must reach to hold for a whole search.

    Parameters
    ----------
    others : float
        Length of the search beyond the first window, in windows; 0 when there is but one.
    level : float
        Wanted coverage, 0 to 1.

    Examples
    --------
    >>> round(search_reach(0.0, level=0.9), 2), round(search_reach(29.0, level=0.9), 2)
    (1.64, 3.69)
    """
    tail = (1.0 - level) / 2.0
    return root(lambda u: _never_over(u, others) - (1.0 - tail), 0.5, 8.0)


def _never_over(reach: float, others: float) -> float:
    """Probability that a standardised moving mean stays under a level all the way."""
    below, density = float(ndtr(reach)), exp(-reach * reach / 2.0) / sqrt(2.0 * pi)
    two = below * below - density * (reach * below + density)
    return float(below * max(two / below, _NEVER) ** others)


def _drop(deepest: BlockCount, before: BlockCount, reach: float, level: float) -> Interval:
    exposures = deepest.exposure_s_per_hash / before.exposure_s_per_hash
    tail = float(ndtr(-reach))
    drift = reach * drift_sd(deepest.window, before.window, walk=NETWORK_WALK)
    low, middle, high = (_ratio(deepest, before, exposures, at) for at in (tail, 0.5, 1.0 - tail))
    if middle <= 0.0:
        return Interval(median=1.0, low=1.0 - high, high=1.0, level=level)
    at = log(middle)
    down = hypot(at - log(low), drift) if low > 0.0 else inf
    up = hypot(log(high) - at, drift)
    return Interval(
        median=1.0 - middle, low=1.0 - exp(at + up), high=1.0 - exp(at - down), level=level
    )


def _ratio(deepest: BlockCount, before: BlockCount, exposures: float, level: float) -> float:
    """Return a quantile of the ratio of the two rates, see `hashquake.core.poisson`."""
    share = float(betaincinv(deepest.n_blocks + _NEUTRAL, before.n_blocks + _NEUTRAL, level))
    return share / (1.0 - share) / exposures
