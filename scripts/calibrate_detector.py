"""Calibrate a detector by simulation and print the TOML to keep next to its plugin.

Usage: python scripts/calibrate_detector.py shiryaev_roberts > .../detect/shiryaev_roberts.toml
"""

import sys

from hashquake.judge.calibration import MIXED_NULLS, calibrate_rates
from hashquake.judge.threshold_curve import thresholds_toml
from hashquake.plugins import load_plugin

SEED = 20210416
PLAN = (
    (7.6, 30.0),
    (8.4, 60.0),
    (9.5, 150.0),
    (10.3, 300.0),
    (11.1, 800.0),
    (11.9, 1500.0),
    (12.7, 2000.0),
    (13.4, 1000.0),
)
"""Log statistics to count at, and years for each: the error of a count is one over its root."""
RATES_PER_YEAR = (12.0, 6.0, 3.0, 1.0, 0.3, 0.1)


def main() -> None:
    """Count, fit, print."""
    detector = load_plugin("detect", sys.argv[1])
    rows = calibrate_rates(
        detector, rates_per_year=RATES_PER_YEAR, plan=PLAN, seed=SEED, model=MIXED_NULLS
    )
    card = detector.CARD
    print(thresholds_toml(name=card.name, version=card.version, seed=SEED, rows=rows), end="")


if __name__ == "__main__":
    main()
