"""Calibrated thresholds: which statistic goes with which false-alarm rate, for each detector.

One TOML file a detector, written by `hashquake.judge.calibration` and bundled next to the plugin.
"""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from math import exp, log

import numpy as np

from hashquake.core.contracts import DetectorCard
from hashquake.core.errors import HashquakeError, UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """Thresholds of one version of one detector.

    Parameters
    ----------
    name, version : str, int
        Whose they are.
    seed : int
        Of the simulation they come from.
    false_alarms_per_year, threshold : tuple of float
        Row by row, rarest last: the rate and the log statistic.
    simulated_years : float
        The years simulated in all.
    """

    name: str
    version: int
    seed: int
    false_alarms_per_year: tuple[float, ...]
    threshold: tuple[float, ...]
    simulated_years: float

    def at(self, false_alarms_per_year: float) -> float:
        """Return the threshold for a rate, straight between rows on the log of the rate.

        Parameters
        ----------
        false_alarms_per_year : float
            Within the rows.

        Raises
        ------
        UsageError
            ``false-alarms-range`` outside the rows: a tail is not extrapolated.
        """
        most, least = self.false_alarms_per_year[0], self.false_alarms_per_year[-1]
        if not least <= false_alarms_per_year <= most:
            raise UsageError(
                f"{self.name} is not calibrated for {false_alarms_per_year:g} false alarms a year",
                code="false-alarms-range",
                hint=f"ask for {least:g} to {most:g}",
            )
        rates = [-log(rate) for rate in self.false_alarms_per_year]
        return float(np.interp(-log(false_alarms_per_year), rates, self.threshold))

    def rate_at(self, threshold: float) -> float:
        """Return the false alarms a year that go with a threshold, within the rows.

        Parameters
        ----------
        threshold : float
            In the unit of the statistic.
        """
        rates = [-log(rate) for rate in self.false_alarms_per_year]
        return exp(-float(np.interp(threshold, self.threshold, rates)))


@lru_cache(maxsize=16)
def load_thresholds(name: str) -> Thresholds:
    """Read the bundled thresholds of a detector.

    Parameters
    ----------
    name : str
        The plugin's name.
    """
    text = (resources.files("hashquake.detect") / f"{name}.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    rows = sorted(table["rows"], key=lambda row: -float(row["false_alarms_per_year"]))
    return Thresholds(
        name=name,
        version=int(table["version"]),
        seed=int(table["seed"]),
        false_alarms_per_year=tuple(float(row["false_alarms_per_year"]) for row in rows),
        threshold=tuple(float(row["threshold"]) for row in rows),
        simulated_years=sum(float(row["simulated_years"]) for row in table["counts"]),
    )


def threshold_for(card: DetectorCard, *, false_alarms_per_year: float) -> float:
    """Return the calibrated threshold of a detector.

    Parameters
    ----------
    card : DetectorCard
        Whose; its version must be the calibrated one.
    false_alarms_per_year : float
        The rate asked for.

    Raises
    ------
    HashquakeError
        ``thresholds-stale`` when the detector changed since it was calibrated.
    UsageError
        ``false-alarms-range``.
    """
    table = load_thresholds(card.name)
    if table.version != card.version:
        raise HashquakeError(
            f"{card.name} is version {card.version} but its thresholds are for {table.version}",
            code="thresholds-stale",
            hint="calibrate it again",
        )
    return table.at(false_alarms_per_year)
