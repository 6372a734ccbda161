"""What pools report, hour by hour: logs, their noise, and how pools move against each other."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hashquake.core.errors import NoCoverage
from hashquake.core.reading import Reading
from hashquake.core.reported_rate import moving_reports

Floats = NDArray[np.float64]

_LEAST_NOISE = 0.004
_WIDER = 1.5
"""Errors of neighbouring hours are not independent: each counts for less."""
_USUAL_WALK = 0.025
"""How far a pool moves against the others in a day, where too little is known of it."""
_LEAST_WALK = 0.004
_KNOWN_DAYS = 5.0
_OTHERS_KNOWN_DAYS = 10.0
"""How many days of reports the usual walk counts for: of one pool, and of those not seen."""
_STEPS_TOO = 1.2
"""The middle of the steps leaves out the large ones, which pools make now and then."""
_UNIT_LOG = 3.4
"""Half of the logarithm of a thousand: further from its middle a value is in another unit."""
_HOURS_A_DAY = 24
_MEDIAN = np.pi / 2.0
"""Variance of the median of many normal values over that of their mean."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ReportedBins:
    """Reports in hours.

    Parameters
    ----------
    pools : tuple of str
        Slugs.
    logs : array of float64, shape (hours, pools)
        Log of the median of a pool's reports, hashes per second; NaN where it said nothing.
    noise_log : array of float64, shape (pools,)
        Standard deviation of one such value.
    walk_log_per_sqrt_day : array of float64, shape (pools,)
        Of each pool against the others, after a day.
    others_walk_log_per_sqrt_day : float
        Of a pool that does not report.
    """

    pools: tuple[str, ...]
    logs: Floats
    noise_log: Floats
    walk_log_per_sqrt_day: Floats
    others_walk_log_per_sqrt_day: float


def bin_reports(reports: Sequence[Reading], edges_s: Floats) -> ReportedBins:
    """Sort reports into hours.

    Parameters
    ----------
    reports : sequence of Reading
        Oldest first. Repeated values, values of nothing and those in another unit are left out;
        of a pool that several services report, the one with most.
    edges_s : array of float64, shape (hours + 1,)
        UTC Unix seconds.

    Raises
    ------
    NoCoverage
        ``no-reports`` when none is left.
    """
    series: dict[str, dict[str, list[Reading]]] = {}
    for one in moving_reports(reports):
        inside = edges_s[0] < one.window.end_s <= edges_s[-1]
        if inside and 0.0 < one.value < np.inf and one.subject.startswith("pool:"):
            series.setdefault(one.subject, {}).setdefault(one.source, []).append(one)
    if not series:
        raise NoCoverage("no pool reported a hash rate in this time", code="no-reports")
    columns = [
        _hourly(max(of_source.values(), key=len), edges_s)
        for _, of_source in sorted(series.items())
    ]
    logs = np.column_stack(columns)
    noise_log = _noise(logs)
    others, walks = _walks(logs, noise_log / _WIDER)
    return ReportedBins(
        pools=tuple(subject.partition(":")[2] for subject in sorted(series)),
        logs=logs,
        noise_log=noise_log,
        walk_log_per_sqrt_day=walks,
        others_walk_log_per_sqrt_day=others,
    )


def _hourly(readings: Sequence[Reading], edges_s: Floats) -> Floats:
    """Return the log of the median of each hour: a single wrong value moves nothing."""
    middles_s = np.array([(one.window.start_s + one.window.end_s) / 2.0 for one in readings])
    values = np.log([one.value for one in readings])
    values[np.abs(values - np.median(values)) > _UNIT_LOG] = np.nan
    hour = np.searchsorted(edges_s, middles_s, side="right") - 1
    found = np.full(len(edges_s) - 1, np.nan)
    for at in np.unique(hour[(hour >= 0) & (hour < len(found))]):
        own = values[hour == at]
        own = own[np.isfinite(own)]
        if len(own):
            found[at] = float(np.median(own))
    return found


def _noise(logs: Floats) -> Floats:
    """Measure the error of an hour's value by the differences between neighbouring hours."""
    steps = np.abs(np.diff(logs, axis=0))
    found = np.full(logs.shape[1], 0.02)
    for pool in range(logs.shape[1]):
        own = steps[np.isfinite(steps[:, pool]), pool]
        if len(own) >= _HOURS_A_DAY:
            found[pool] = 1.4826 * float(np.median(own)) / np.sqrt(2.0)
    return np.asarray(_WIDER * np.maximum(found, _LEAST_NOISE))


def _walks(logs: Floats, error_log: Floats) -> tuple[float, Floats]:
    """Measure how pools move against the middle of the others from day to day.

    The usual walk is learned from all pools together, and each pool's own is drawn towards it.
    What errors of hours and the movement of the others add to the steps is taken off.
    """
    days = len(logs) // _HOURS_A_DAY
    pools = logs.shape[1]
    seen, known_days = np.zeros(pools), np.zeros(pools)
    if days >= 3 and pools >= 2:
        parts = logs[: days * _HOURS_A_DAY].reshape(days, _HOURS_A_DAY, pools)
        spoke = np.isfinite(parts).sum(axis=1) >= _HOURS_A_DAY // 4
        daily = np.where(
            spoke, np.nansum(parts, axis=1) / np.maximum(np.isfinite(parts).sum(axis=1), 1), np.nan
        )
        steps = np.diff(daily, axis=0)
        for pool in range(pools):
            others = np.delete(steps, pool, axis=1)
            both = np.isfinite(steps[:, pool]) & np.isfinite(others).any(axis=1)
            if not both.any():
                continue
            off = np.abs(steps[both, pool] - np.nanmedian(others[both], axis=1))
            spread = (1.4826 * float(np.median(off))) ** 2
            # The median of k pools has about this part of the variance of one.
            spread /= 1.0 + _MEDIAN / (
                float(np.isfinite(others[both]).sum(axis=1).mean()) + _MEDIAN - 1.0
            )
            spread -= 2.0 * float(error_log[pool]) ** 2 / _HOURS_A_DAY
            seen[pool] = _STEPS_TOO**2 * max(spread, 0.0)
            known_days[pool] = float(both.sum())
    before, least = _USUAL_WALK**2, _LEAST_WALK**2
    n = float(known_days.sum())
    usual = (_KNOWN_DAYS * before + known_days @ seen) / (_KNOWN_DAYS + n)
    own = (_KNOWN_DAYS * usual + known_days * seen) / (_KNOWN_DAYS + known_days)
    # Those that do not report are not seen: days of others count for less, however many they are.
    days_of_all = float(known_days.max())
    mean = float(known_days @ seen) / n if n else 0.0
    unseen = (_OTHERS_KNOWN_DAYS * before + days_of_all * mean) / (_OTHERS_KNOWN_DAYS + days_of_all)
    return float(np.sqrt(max(unseen, least))), np.asarray(np.sqrt(np.maximum(own, least)))
