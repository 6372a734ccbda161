"""From counts of false alarms to thresholds: a smooth curve through them, read backwards.

Neighbouring counts support each other, which the rare end needs most. The error that the numbers of
alarms leave in a rate is carried along.
"""

from dataclasses import dataclass
from math import log, sqrt

import numpy as np
from scipy.special import gammaincinv

from hashquake.core.errors import UsageError
from hashquake.core.interval import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class FalseAlarms:
    """False alarms counted on a null.

    Parameters
    ----------
    threshold : float
        Natural logarithm of the statistic at which it alarmed.
    alarms : int
        How many.
    years : float
        In how many simulated years.
    """

    threshold: float
    alarms: int
    years: float

    @property
    def per_year(self) -> Interval:
        """The rate with its exact 90 % Poisson interval."""
        low = float(gammaincinv(self.alarms, 0.05)) if self.alarms else 0.0
        high = float(gammaincinv(self.alarms + 1, 0.95))
        rate = self.alarms / self.years
        return Interval(
            median=rate, low=min(low / self.years, rate), high=high / self.years, level=0.9
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """A threshold found, and the counts it was found from.

    Parameters
    ----------
    false_alarms_per_year, threshold : float
        The rate wanted, and the log statistic that gives it.
    counts : tuple of FalseAlarms
        Every trial, all on the same simulated years.
    seed : int
        Of the simulation.
    rate_error_share : float or None
        Standard error of the rate that the threshold really gives, as a share of it, from the
        numbers of alarms counted; None where no curve was fitted.
    """

    false_alarms_per_year: float
    threshold: float
    counts: tuple[FalseAlarms, ...]
    seed: int
    rate_error_share: float | None = None


def calibrated(
    counts: tuple[FalseAlarms, ...],
    *,
    rates_per_year: tuple[float, ...],
    seed: int,
    degree: int = 3,
) -> tuple[Calibration, ...]:
    """Find the thresholds of many rates from one set of counts.

    A polynomial through the logs of the rates, each weighing as its count deserves, is read
    backwards.

    Parameters
    ----------
    counts : tuple of FalseAlarms
        At several thresholds, in any order, from independent random numbers.
    rates_per_year : tuple of float
        The rates wanted, within what the counts reach.
    seed : int
        Of the simulation.
    degree : int
        Of the polynomial; lower where there are no more counts than that.

    Raises
    ------
    UsageError
        ``false-alarms-range`` when the counts do not reach a rate.
    """
    thresholds = np.array([count.threshold for count in counts])
    logs = np.log([(count.alarms + 0.5) / count.years for count in counts])
    # The variance of the log of a Poisson count is one over the count.
    weights = np.sqrt([count.alarms + 0.5 for count in counts])
    middle = float(thresholds.mean())
    powers = range(min(degree, len(counts) - 1) + 1)
    design = np.stack([(thresholds - middle) ** power for power in powers], axis=1)
    factors, *_ = np.linalg.lstsq(design * weights[:, None], logs * weights)
    covariance = np.linalg.inv((design * weights[:, None] ** 2).T @ design)
    grid = np.linspace(thresholds.min(), thresholds.max(), 2001)
    at_grid = np.stack([(grid - middle) ** power for power in powers], axis=1)
    falling = np.minimum.accumulate(at_grid @ factors)
    rows = []
    for rate in rates_per_year:
        if not falling[-1] <= log(rate) <= falling[0]:
            raise UsageError(
                f"the plan's thresholds do not reach {rate:g} false alarms a year",
                code="false-alarms-range",
                hint="a tail is not extrapolated; add thresholds",
            )
        threshold = float(np.interp(-log(rate), -falling, grid))
        terms = np.array([(threshold - middle) ** power for power in powers])
        rows.append(
            Calibration(
                false_alarms_per_year=rate,
                threshold=threshold,
                counts=counts,
                seed=seed,
                rate_error_share=sqrt(float(terms @ covariance @ terms)),
            )
        )
    return tuple(rows)


def thresholds_toml(*, name: str, version: int, seed: int, rows: tuple[Calibration, ...]) -> str:
    """Write calibrations as the TOML bundled next to a plugin.

    Parameters
    ----------
    name, version : str, int
        The detector's.
    seed : int
        Of the simulation.
    rows : tuple of Calibration
        Any order; the most frequent comes first. All rest on the same counts.
    """
    lines = [
        f"# Thresholds of {name}, found by hashquake.judge.calibration on simulated nulls.",
        f"version = {version}",
        f"seed = {seed}",
    ]
    for row in sorted(rows, key=lambda item: -item.false_alarms_per_year):
        lines += [
            "",
            "[[rows]]",
            f"false_alarms_per_year = {row.false_alarms_per_year!r}",
            f"threshold = {row.threshold:.4f}",
        ]
        if row.rate_error_share is not None:
            lines.append(f"rate_error_share = {row.rate_error_share:.3f}")
    for count in rows[0].counts:
        lines += [
            "",
            "[[counts]]",
            f"threshold = {count.threshold!r}",
            f"alarms = {count.alarms}",
            f"simulated_years = {count.years:.1f}",
        ]
    return "\n".join(lines) + "\n"
