"""Calibrate `reported_drop` by simulation and print the TOML to keep next to its plugin.

Usage: python scripts/calibrate_reports.py > src/hashquake/detect/reported_drop.toml
"""

import sys

from hashquake.detect.reported_drop import CARD
from hashquake.judge.reported_calibration import calibrate_reports
from hashquake.judge.threshold_curve import thresholds_toml

SEED = 20261129
PLAN = (
    (3.0, 40.0),
    (3.25, 60.0),
    (3.5, 80.0),
    (3.8, 150.0),
    (4.1, 200.0),
    (4.4, 250.0),
    (4.8, 300.0),
)
"""Thresholds to count at, and years for each: the error of a count is one over its root."""
RATES_PER_YEAR = (12.0, 6.0, 3.0, 1.0, 0.3, 0.1)


def main() -> None:
    """Count, fit, print."""
    rows, found = calibrate_reports(rates_per_year=RATES_PER_YEAR, plan=PLAN, seed=SEED)
    print(thresholds_toml(name=CARD.name, version=CARD.version, seed=SEED, rows=rows), end="")
    years = sum(one.single.years for one in found)
    false, true = (sum(one.single.alarms for one in found), sum(one.single_true for one in found))
    print(f"single pools: {false} false and {true} true in {years:.0f} years", file=sys.stderr)


if __name__ == "__main__":
    main()
