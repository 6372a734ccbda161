"""Calibrate a detector by simulation and print the TOML to keep beside its plugin.

Usage: python scripts/calibrate_detector.py shiryaev_roberts > .../detect/shiryaev_roberts.toml
"""

import sys

from hashquake.judge.calibration import Calibration, calibrate, thresholds_toml
from hashquake.plugins import load_plugin

SEED = 20210416
PLAN = ((24.0, 30.0), (12.0, 60.0), (6.0, 100.0), (3.0, 200.0), (1.0, 500.0), (0.3, 1000.0),
        (0.1, 2000.0))  # fmt: skip
"""Rates, and simulated years for each: the error of a count is one over its square root."""


def main() -> None:
    """Calibrate row by row, each beginning where the last ended."""
    detector = load_plugin("detect", sys.argv[1])
    rows: list[Calibration] = []
    guess = None
    for at, (rate, years) in enumerate(PLAN):
        row = calibrate(
            detector,
            false_alarms_per_year=rate,
            years=years,
            seed=SEED + at,
            guess=guess,
            rounds=4,
        )
        print(rate, row.threshold, row.counts, file=sys.stderr, flush=True)
        rows.append(row)
        guess = row.threshold + 1.0
    card = detector.CARD
    print(
        thresholds_toml(name=card.name, version=card.version, seed=SEED, rows=tuple(rows)), end=""
    )


if __name__ == "__main__":
    main()
