"""Compare the network drop detector with its peers and print the bundled table as JSON.

Usage: python scripts/compare_peers.py [--per-year RATE] [NAME ...] > peers.json

With names only those methods are measured; the others stay as they are bundled. Then move the file
to src/hashquake/judge/peers_measured.json.
"""

import argparse
import sys
from typing import Any

from hashquake.detect import shiryaev_roberts as detector
from hashquake.detect.thresholds import threshold_for
from hashquake.judge.focus_peer import focus_gamma
from hashquake.judge.peer_table import PeerRow, compare, equal_threshold, measured_rows, rows_json
from hashquake.judge.peers import PEER_MAKERS

SEED = 20240114
RUNS = 400
YEARS = 100.0
DROPS = (0.10, 0.14, 0.18, 0.25, 0.35, 0.50)


def main() -> None:
    """Ours at its bundled threshold, the peers at thresholds set on other years than judged."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--per-year", type=float, default=1.0)
    parser.add_argument("names", nargs="*")
    asked = parser.parse_args()
    wanted: set[str] = set(asked.names)
    per_year: float = asked.per_year
    years = YEARS / min(per_year, 1.0)
    methods: list[tuple[Any, str, str, float]] = []
    if not wanted or detector.CARD.name in wanted:
        threshold = threshold_for(detector.CARD, false_alarms_per_year=per_year)
        methods.append((detector, detector.CARD.name, f"ln S {threshold:.2f}", threshold))
    for name, make in {**PEER_MAKERS, "focus_gamma": focus_gamma}.items():
        if wanted and name not in wanted:
            continue
        peer = make()
        threshold = equal_threshold(
            peer, false_alarms_per_year=per_year, years=years, seed=SEED + 1000
        )
        methods.append((peer, peer.name, peer.describe(threshold), threshold))
    rows: dict[tuple[str, float], tuple[PeerRow, ...]] = {}
    for row in measured_rows(wanted_per_year=None):
        key = (row.name, row.wanted_per_year)
        rows[key] = (*rows.get(key, ()), row)
    for method, name, setting, threshold in methods:
        found = compare(
            method,
            name=name,
            setting=setting,
            threshold=threshold,
            drops_share=DROPS,
            runs=RUNS,
            years=years,
            seed=SEED,
            wanted_per_year=per_year,
        )
        for row in found:
            hours = f"{row.mean_delay_s / 3600:.1f} {row.median_delay_s / 3600:.1f}"
            rate = row.false_alarms_per_year
            print(name, setting, f"{rate.median:.2f}", row.drop_share, hours, file=sys.stderr)
        rows[name, per_year] = found
    merged = tuple(row for found in rows.values() for row in found)
    print(rows_json(merged, seed=SEED, runs=RUNS, years=YEARS), end="")


if __name__ == "__main__":
    main()
