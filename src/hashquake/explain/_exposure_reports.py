"""Hash rates that pools report themselves, compared with the dark segments of an episode.

A pool's own number is precise and biased: by its averaging, its unit, its way of counting. The bias
cancels only against reports of the same pool from before the first onset, so a pool without them is
left out. Errors have heavy tails.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hashquake.core.times import DAY_S
from hashquake.core.window import Window
from hashquake.explain._exposure_episode import Episode

Floats = NDArray[np.float64]

REFERENCE_S = 3.0 * DAY_S
_WIDER = 2.0
"""The errors that pools' reports turned out to have are at least twice the nominal ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolReport:
    """A hash rate that a pool reported.

    Parameters
    ----------
    pool : str
        Slug.
    window : Window
        The time it is about.
    hashrate_hps : float
        Over 0.
    error_share : float
        Its nominal relative error, such as 0.01.
    """

    pool: str
    window: Window
    hashrate_hps: float
    error_share: float = 0.01


def place_reports(episode: Episode, reports: Sequence[PoolReport]) -> tuple[Floats, Floats] | None:
    """Return log reports and their scale before the first onset and in each dark segment.

    Parameters
    ----------
    episode : Episode
        Of P pools and J segments.
    reports : sequence of PoolReport
        Of any pools and times; those that straddle an onset or an end are of no use.

    Returns
    -------
    tuple of two arrays of shape (P, J + 1), or None
        NaN where there is none. None when no pool has reports both before and in the dark. The
        errors of one stretch are one error: a mean of many reports is not surer than one.
    """
    onset_s = episode.intensities[0].span.start_s
    stretches = [Window(start_s=onset_s - REFERENCE_S, end_s=onset_s)]
    for segment in range(episode.n_segments):
        cells = np.flatnonzero(episode.segment == segment)
        stretches.append(
            Window(
                start_s=float(episode.edges_s[cells[0]]),
                end_s=float(episode.edges_s[cells[-1] + 1]),
            )
        )
    values = np.full((len(episode.pools), len(stretches)), np.nan)
    scale = np.full_like(values, np.nan)
    for row, pool in enumerate(episode.pools):
        own = [one for one in reports if one.pool == pool]
        for at, stretch in enumerate(stretches):
            held = [
                one for one in own
                if stretch.overlap(one.window) == one.window
            ]  # fmt: skip
            if held:
                logs = np.log([one.hashrate_hps for one in held])
                values[row, at] = logs.mean() - episode.log_unit_hps
                scale[row, at] = _WIDER * max(one.error_share for one in held)
        if np.isnan(values[row, 0]):
            values[row] = np.nan
    return None if np.isnan(values[:, 1:]).all() else (values, scale)
