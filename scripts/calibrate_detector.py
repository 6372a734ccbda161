"""Calibrate a detector by simulation and print the TOML to keep beside its plugin.

Usage: python scripts/calibrate_detector.py shiryaev_roberts > .../detect/shiryaev_roberts.toml
"""

import sys

from hashquake.judge.calibration import calibrate_rates, thresholds_toml
from hashquake.plugins import load_plugin

SEED = 20210416
PLAN = (
    (7.0, 20.0),
    (7.8, 40.0),
    (8.6, 60.0),
    (9.4, 120.0),
    (10.1, 250.0),
    (10.7, 350.0),
    (11.4, 450.0),
    (12.1, 600.0),
    (12.8, 800.0),
    (13.6, 1000.0),
)
"""Log statistics to count at, and years for each: the error of a count is one over its root."""
RATES_PER_YEAR = (12.0, 6.0, 3.0, 1.0, 0.3, 0.1)


def main() -> None:
    """Count, fit, print."""
    detector = load_plugin("detect", sys.argv[1])
    rows = calibrate_rates(detector, rates_per_year=RATES_PER_YEAR, plan=PLAN, seed=SEED)
    card = detector.CARD
    print(thresholds_toml(name=card.name, version=card.version, seed=SEED, rows=rows), end="")


if __name__ == "__main__":
    main()
