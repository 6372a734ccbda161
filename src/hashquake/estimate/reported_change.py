"""The change of the hash rate of the pools that report, taken together.

Reports say within the hour by how much a pool changed, so the change of all that report is known
far better than that of the network. Three things are not known. Reports have errors and gaps. A
pool may change how it counts, which looks like machines that came or went: an allowance for it
grows with time, and the interval reaches as far as if each sudden step that one pool makes alone
were such a change. And hours in which one pool alone leaves its level and returns are a fault or
an outage: the interval has room for both. What a pool counts wrongly by a constant factor cancels.
Theory, coverage and blind spots: ``docs/theory/fusion.md``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from hashquake.core.errors import NoCoverage
from hashquake.core.interval import Interval
from hashquake.core.reading import Reading
from hashquake.core.reported_change import ReportedChange
from hashquake.core.times import DAY_S, HOUR_S
from hashquake.core.window import Window
from hashquake.estimate.reported_bins import ReportedBins, bin_reports

MADE_BY = "reported-change/1"
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

LEVEL = 0.9
LEAST_COVERED_SHARE = 0.5
"""Of a window, that a pool's reports must cover for the pool to count."""
_AROUND_S = DAY_S
"""Reports read before and between the windows: they show what is usual for a pool."""
_COUNTING = 0.003
"""How far the way in which a pool counts walks, of the logarithm, per square root of a day: one
change a year of up to 10 % either way does that."""
_USUAL_HOURS = 73
"""Over which a pool's own level is the median: departures of up to a day and a half show."""
_ALONE_LOG = log(1.25)
"""A pool that leaves its level by more while the others do not has a fault, or an outage."""
_FAULT_LOG = log(2.5)
"""Departures alone by more are faults of what reports, not of machines."""
_STEP_HOURS = 3
"""On either side of a step."""
_STEP_LOG = 0.03
_STEP_SD = 4.5
_SURE = 0.6
"""Scale of an error that was made or was not, over its size: the interval reaches beyond it."""
_FREEDOM = 4.0
"""Of Student's law: faults and changes of counting are rare and large."""
_COMMON_WALK = 0.02
"""How far all pools move together in a day, where too few spoke to show it."""
_LEAST_POOLS = 3
"""Of two pools that differ nobody can say which one left the other."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _ComparedHours:
    """Two windows on a grid of hours: the part of each hour inside them."""

    before: Floats
    during: Floats

    def contrast(self) -> Floats:
        """Return the weight of each hour in the change, shape (hours,); they sum to 0."""
        return np.asarray(self.during / self.during.sum() - self.before / self.before.sum())


def reported_change(
    reports: Sequence[Reading], *, before: Window, during: Window
) -> ReportedChange:
    """Estimate how the hash rate of the pools that report changed between two windows.

    Parameters
    ----------
    reports : sequence of Reading
        Of pools' hash rates, oldest first; those up to a day before the first window serve too.
    before, during : Window
        The first ends before the second begins.

    Raises
    ------
    NoCoverage
        ``no-reports`` when no pool covers half of both windows.
    """
    first_s = before.start_s - _AROUND_S
    edges_s = np.append(np.arange(first_s, during.end_s, HOUR_S), during.end_s)
    binned = bin_reports(reports, edges_s)
    grid = _ComparedHours(before=_inside(before, edges_s), during=_inside(during, edges_s))
    common, seen = _common(binned.logs)
    own = binned.logs - common[:, None]
    departures = own - _running_median(own)
    away = np.abs(departures) > np.maximum(_ALONE_LOG, _STEP_SD * binned.noise_log)
    counted = np.isfinite(own) & ~(np.abs(departures) > _FAULT_LOG)
    covered = np.minimum(
        grid.before @ counted / grid.before.sum(), grid.during @ counted / grid.during.sum()
    )
    spoke = np.flatnonzero(covered >= LEAST_COVERED_SHARE)
    if not len(spoke):
        raise NoCoverage(
            "no pool reported its hash rate for half of both windows", code="no-reports"
        )
    rates = np.exp(common[:, None] + _bridged(own, counted)[:, spoke])
    before_hps = grid.before @ rates / grid.before.sum()
    during_hps = grid.during @ rates / grid.during.sum()
    change_log = log(float(during_hps.sum() / before_hps.sum()))
    lag_s = (before.duration_s + during.duration_s) / 3.0 + during.start_s - before.end_s
    variances = (
        _COUNTING**2 * lag_s / DAY_S
        + _error_variances(grid, binned, counted, together=bool(seen.any()))
        + _fault_variances(grid, np.where(away, departures, 0.0))
        + _step_variances(grid, _bridged(own, counted & ~away))
    )[spoke]
    weights = (before_hps + during_hps) / (before_hps + during_hps).sum()
    variance = float(weights**2 @ variances)
    if seen.any():
        variance += _gap_variance(grid, ~seen, _COMMON_WALK)
    reach = float(stdtrit(_FREEDOM, (1.0 + LEVEL) / 2.0)) * sqrt(variance)
    return ReportedChange(
        change_share=Interval(
            median=float(np.expm1(change_log)),
            low=float(np.expm1(change_log - reach)),
            high=float(np.expm1(change_log + reach)),
            level=LEVEL,
        ),
        before_hps=float(before_hps.sum()),
        during_hps=float(during_hps.sum()),
        pools=tuple(binned.pools[int(at)] for at in spoke),
        covered_share=float(covered[spoke].min()),
        made_by=MADE_BY,
    )


def _inside(window: Window, edges_s: Floats) -> Floats:
    """Return the part of each hour inside a window, shape (hours,), seconds."""
    start_s = np.maximum(edges_s[:-1], window.start_s)
    end_s = np.minimum(edges_s[1:], window.end_s)
    return np.asarray(np.maximum(end_s - start_s, 0.0))


def _common(logs: Floats) -> tuple[Floats, Flags]:
    """Return how pools move together, and where enough spoke to tell, shapes (hours,)."""
    moves = logs - np.nanmedian(logs, axis=0)
    seen = np.isfinite(moves).sum(axis=1) >= _LEAST_POOLS
    if not seen.any():
        return np.zeros(len(logs)), seen
    at = np.arange(len(logs))
    return np.interp(at, at[seen], np.nanmedian(moves[seen], axis=1)), seen


def _running_median(logs: Floats) -> Floats:
    half = _USUAL_HOURS // 2
    wide = np.pad(logs, ((half, half), (0, 0)), constant_values=np.nan)
    around = np.lib.stride_tricks.sliding_window_view(wide, _USUAL_HOURS, axis=0)
    found = np.full(logs.shape, np.nan)
    known = np.isfinite(around).any(axis=-1)
    found[known] = np.nanmedian(around[known], axis=-1)
    return found


def _bridged(logs: Floats, counted: Flags) -> Floats:
    """Return logs with a straight line over the hours that do not count."""
    at = np.arange(len(logs))
    found = np.zeros(logs.shape)
    for pool in np.flatnonzero(counted.any(axis=0)):
        known = counted[:, pool]
        found[:, pool] = np.interp(at, at[known], logs[known, pool])
    return found


def _error_variances(
    grid: _ComparedHours, binned: ReportedBins, counted: Flags, *, together: bool
) -> Floats:
    """Return the variance of the log of each pool's change by errors and gaps, shape (pools,).

    Where pools were not seen to move together, a gap hides their common movement too.
    """
    found = binned.noise_log**2 * (grid.contrast() ** 2 @ counted)
    walks = np.hypot(binned.walk_log_per_sqrt_day, 0.0 if together else _COMMON_WALK)
    gaps = [_gap_variance(grid, ~counted[:, at], float(walk)) for at, walk in enumerate(walks)]
    return np.asarray(found + np.array(gaps))


def _gap_variance(grid: _ComparedHours, gaps: Flags, walk_log_per_sqrt_day: float) -> float:
    """Return the variance of straight lines over gaps: Brownian bridges, free at the ends."""
    contrast, found = grid.contrast(), 0.0
    for first, last in _runs(gaps):
        days = (last - first) * HOUR_S / DAY_S
        over = 3.0 if first == 0 or last == len(gaps) else 12.0
        found += (walk_log_per_sqrt_day * float(contrast[first:last].sum())) ** 2 * days / over
    return found


def _fault_variances(grid: _ComparedHours, departures: Floats) -> Floats:
    """Return the variance of hours spent away from a pool's level, shape (pools,)."""
    off = np.expm1(np.minimum(departures, _FAULT_LOG))
    return np.asarray((_SURE * (grid.contrast() @ off)) ** 2)


def _step_variances(grid: _ComparedHours, logs: Floats) -> Floats:
    """Return the variance of the sudden steps that each pool makes alone, shape (pools,)."""
    found = np.zeros(logs.shape[1])
    if len(logs) < 2 * _STEP_HOURS:
        return found
    parts = np.lib.stride_tricks.sliding_window_view(logs, _STEP_HOURS, axis=0)
    means = np.median(parts, axis=-1)
    steps = means[_STEP_HOURS:] - means[:-_STEP_HOURS]
    limits = np.maximum(_STEP_LOG, _STEP_SD * 1.4826 * np.median(np.abs(steps), axis=0))
    after = np.cumsum(grid.contrast()[::-1])[::-1]
    for pool in range(logs.shape[1]):
        for first, last in _runs(np.abs(steps[:, pool]) > limits[pool]):
            top = first + int(np.argmax(np.abs(steps[first:last, pool])))
            found[pool] += (_SURE * float(steps[top, pool] * after[top + _STEP_HOURS])) ** 2
    return found


def _runs(flags: Flags) -> list[tuple[int, int]]:
    """Return where flags are set, as half-open runs."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
