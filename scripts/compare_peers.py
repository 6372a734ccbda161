"""Compare the network drop detector with its peers and print the bundled table as JSON.

Usage: python scripts/compare_peers.py > src/hashquake/judge/peers_measured.json
"""

import sys
from typing import Any

from hashquake.detect import shiryaev_roberts as detector
from hashquake.detect.thresholds import threshold_for
from hashquake.judge.peer_table import PeerRow, compare, equal_threshold, rows_json
from hashquake.judge.peers import all_peers

SEED = 20240114
RUNS = 400
YEARS = 100.0
DROPS = (0.10, 0.14, 0.18, 0.25, 0.35, 0.50)


def main() -> None:
    """Ours at its bundled threshold, the peers at thresholds set on other years than judged.

    With names on the command line, only those are measured.
    """
    wanted = set(sys.argv[1:])
    methods: list[tuple[Any, str, str, float]] = []
    if not wanted or detector.CARD.name in wanted:
        threshold = threshold_for(detector.CARD, false_alarms_per_year=1.0)
        methods.append((detector, detector.CARD.name, f"ln S {threshold:.2f}", threshold))
    for peer in all_peers():
        if wanted and peer.name not in wanted:
            continue
        threshold = equal_threshold(peer, false_alarms_per_year=1.0, years=YEARS, seed=SEED + 1000)
        methods.append((peer, peer.name, peer.describe(threshold), threshold))
    rows: list[PeerRow] = []
    for method, name, setting, threshold in methods:
        found = compare(
            method,
            name=name,
            setting=setting,
            threshold=threshold,
            drops_share=DROPS,
            runs=RUNS,
            years=YEARS,
            seed=SEED,
        )
        for row in found:
            hours = f"{row.mean_delay_s / 3600:.1f} {row.median_delay_s / 3600:.1f}"
            rate = row.false_alarms_per_year
            print(name, setting, f"{rate.median:.2f}", row.drop_share, hours, file=sys.stderr)
        rows.extend(found)
    print(rows_json(tuple(rows), seed=SEED, runs=RUNS, years=YEARS), end="")


if __name__ == "__main__":
    main()
