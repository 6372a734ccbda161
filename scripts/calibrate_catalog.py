"""Calibrate the catalog's further detectors and print the TOML to keep next to each plugin.

Usage: python scripts/calibrate_catalog.py pool_share > .../detect/pool_share.toml
"""

import sys

from hashquake.judge.calibration import Detector, calibrate_rates
from hashquake.judge.pool_calibration import PooledDetector
from hashquake.judge.threshold_curve import thresholds_toml
from hashquake.plugins import load_plugin

SEED = 100
PLANS = {
    "bocpd": ((-2.5, 15.0), (-1.5, 25.0), (-0.6, 50.0), (0.1, 100.0), (0.7, 150.0), (1.3, 250.0),
              (1.8, 300.0), (2.4, 300.0)),
    "pool_share": ((9.6, 10.0), (10.5, 15.0), (11.4, 30.0), (12.3, 40.0), (13.2, 80.0),
                   (14.2, 100.0), (14.2, 100.0), (15.2, 100.0), (15.2, 100.0), (12.8, 100.0)),
}  # fmt: skip
"""Log statistics to count at, and simulated years for each."""
RATES_PER_YEAR = (12.0, 6.0, 3.0, 1.0, 0.3, 0.1)


def main() -> None:
    """Count, fit, print."""
    plugin = load_plugin("detect", sys.argv[1])
    detector: Detector = (
        PooledDetector(detector=plugin) if "pool" in plugin.CARD.subjects else plugin
    )
    rows = calibrate_rates(
        detector, rates_per_year=RATES_PER_YEAR, plan=PLANS[plugin.CARD.name], seed=SEED
    )
    text = thresholds_toml(name=plugin.CARD.name, version=plugin.CARD.version, seed=SEED, rows=rows)
    print(text, end="")


if __name__ == "__main__":
    main()
