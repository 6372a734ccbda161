"""Measure delays of the network drop detector and print the bundled power table.

Usage: python scripts/measure_power.py > src/hashquake/judge/power_measured.toml
"""

import sys

from hashquake.detect import shiryaev_roberts as detector
from hashquake.detect.thresholds import threshold_for
from hashquake.judge.delays import measure_delays
from hashquake.judge.power import cell_toml

SEED = 20221223
RUNS = 800
RATES = (12.0, 1.0, 0.1)
DROPS = (0.08, 0.10, 0.12, 0.14, 0.18, 0.25, 0.35, 0.50, 0.70)


def main() -> None:
    """Measure cell by cell; the same drops meet every threshold."""
    version = detector.CARD.version
    print(
        "# Delays measured by hashquake.judge.calibration on drops imposed on simulated nulls.\n"
        f"# {RUNS} drops a row; undetected ones count as 30 days in the mean.\n"
        f'detector = "{detector.CARD.name}"\nversion = {version}\nseed = {SEED}\n'
    )
    for rate in RATES:
        threshold = threshold_for(detector.CARD, false_alarms_per_year=rate)
        for at, drop in enumerate(DROPS):
            delays = measure_delays(
                detector, drop_share=drop, threshold=threshold, runs=RUNS, seed=SEED + at
            )
            hours = delays.mean_s / 3600, delays.mean_error_s / 3600, delays.quantile_s(0.5) / 3600
            print(rate, drop, *(f"{x:.1f}" for x in hours), file=sys.stderr, flush=True)
            print(cell_toml(delays, false_alarms_per_year=rate), flush=True)


if __name__ == "__main__":
    main()
