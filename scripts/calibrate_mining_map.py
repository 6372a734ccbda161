"""Measure how much published shares move, and how well the map's intervals hold them.

python scripts/calibrate_mining_map.py

Prints the tables of docs/theory/mining_map.md: coverage of the 90 % intervals by months from a
published map, with the constants in use and with constants fitted without one publication.
"""

from itertools import product

import numpy as np
from numpy.typing import NDArray

from hashquake.core.country import REST
from hashquake.core.mining_map import MiningMap
from hashquake.datasets.mining_map import CAMBRIDGE, bundled_maps, province_maps
from hashquake.explain.mining_map import (
    DISPERSION_OF_A_MONTH,
    DISPERSION_POWER,
    PROVINCE_PACE,
    share_margin,
)

HORIZONS = (1, 2, 3, 4, 6, 9, 12, 18, 24)
PACES = np.arange(0.0010, 0.0091, 0.0005)
POWERS = np.arange(1.0, 1.81, 0.1)
ROUNDING = 5e-5


def main() -> None:
    """Print both tables."""
    maps = [one for one in bundled_maps() if one.publisher == CAMBRIDGE]
    shares, vintages = table_of(maps)
    print(f"in use: {DISPERSION_OF_A_MONTH} a month, power {DISPERSION_POWER}")
    row = [held(shares, h, DISPERSION_OF_A_MONTH, DISPERSION_POWER).mean() for h in HORIZONS]
    print("months  ", *(f"{h:>5}" for h in HORIZONS))
    print("coverage", *(f"{one:5.2f}" for one in row))
    print(f"between two months: {between(shares).mean():.3f}")
    provinces, _ = table_of(list(province_maps()))
    for months in (1, 2, 3, 6, 12):
        there = held(provinces, months, PROVINCE_PACE * DISPERSION_OF_A_MONTH, DISPERSION_POWER)
        print(f"provinces, {months} months: {there.mean():.2f}; each", there.mean(axis=0).round(2))
    for vintage in np.unique(vintages):
        left_out = vintages == vintage
        pace, power = fitted(shares, left_out)
        on_it = np.concatenate(
            [held(shares, h, pace, power)[left_out[h:]].ravel() for h in HORIZONS]
        )
        print(
            f"without publication of {vintage}: {pace:.4f}, {power:.1f}; on it {on_it.mean():.2f}"
        )


def table_of(maps: list[MiningMap]) -> tuple[NDArray[np.float64], NDArray[np.datetime64]]:
    """Return shares by month and country, and the day each month was published."""
    countries = [country for country in maps[0].shares if country != REST]
    shares = np.array([[one.shares[country] for country in countries] for one in maps])
    vintages = np.array([int(one.vintage_s) for one in maps], "datetime64[s]")
    return shares, vintages.astype("datetime64[D]")


def held(shares: NDArray[np.float64], months: int, pace: float, power: float) -> NDArray[np.bool_]:
    """Return whether the 90 % interval around each month holds the share so many months later."""
    dispersion = 1 - np.exp(-pace * months**power)
    low, high = share_margin(shares[:-months], dispersion, (0.05, 0.95))
    later = shares[months:]
    return np.asarray((later >= low - ROUNDING) & (later <= high + ROUNDING))


def between(shares: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return whether the interval between two months holds the month between them."""
    dispersion = (1 - np.exp(-DISPERSION_OF_A_MONTH)) / 2
    low, high = share_margin((shares[:-2] + shares[2:]) / 2, dispersion, (0.05, 0.95))
    middle = shares[1:-1]
    return np.asarray((middle >= low - ROUNDING) & (middle <= high + ROUNDING))


def fitted(shares: NDArray[np.float64], left_out: NDArray[np.bool_]) -> tuple[float, float]:
    """Find the constants whose coverage is nearest to 90 % at every horizon."""

    def apart(pace: float, power: float) -> float:
        rows = [held(shares, h, pace, power)[~left_out[h:]] for h in HORIZONS]
        return float(np.mean([(row.mean() - 0.9) ** 2 for row in rows if len(row)]))

    pace, power = min(product(PACES, POWERS), key=lambda pair: apart(*pair))
    return float(pace), float(power)


if __name__ == "__main__":
    main()
