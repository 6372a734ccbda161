"""Re-encode outages that people described into the bundled facts.

Usage::

    python scripts/build_real_outages.py OUTAGES.csv src/hashquake/datasets/real_outages.csv
    python scripts/build_real_outages.py --hours STATES.csv tests/tapes/venezuela_2019_07.csv

The first table has a row an outage: begin and end (UTC), ISO country code, scope, three columns
with 1 where routes, probing and the telescope showed it, cause. Kept are facts on outages of whole
countries: those with a cause that the classes know one by one; of the others, how many there were,
how many each instrument showed and how long they lasted. The second has connectivity by hour and
state; kept is the mean over states.
"""

import argparse
import csv
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np

from hashquake.core.times import HOUR_S, MINUTE_S, parse_time

CAUSES = {
    "government-ordered": "ordered",
    "exams": "exam",
    "cable-cut": "cable",
    "power-outage": "power",
    "weather": "weather",
}
SAW = {"bgp_saw": "bgp", "probing_saw": "probing", "telescope_saw": "telescope"}


def main() -> None:
    """Write one file or the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", action="store_true")
    parser.add_argument("table", type=Path)
    parser.add_argument("out", type=Path)
    asked = parser.parse_args()
    with asked.table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    lines = hourly(rows) if asked.hours else outages(rows)
    asked.out.write_text("\n".join(lines) + "\n", encoding="utf-8")


def outages(rows: list[dict[str, str]]) -> list[str]:
    """Return the lines of the table of outages, in order of time."""
    national = [row for row in rows if row["scope"] == "country"]
    kept, rest = [], []
    for row in national:
        minutes = None
        if row["begin"] and row["end"]:
            minutes = round((parse_time(row["end"]) - parse_time(row["begin"])) / MINUTE_S)
        cause = CAUSES.get(row["cause"])
        if cause is None:
            rest.append((row, minutes))
        elif row["begin"] and row["country"]:
            seen = "+".join(name for column, name in SAW.items() if row[column] == "1")
            length = "" if minutes is None else str(minutes)
            kept.append((row["begin"], length, row["country"], cause, seen))
    hours = np.array([m for _, m in rest if m]) * MINUTE_S / HOUR_S
    quantiles = ", ".join(f"{q:.2g}" for q in np.quantile(hours, (0.1, 0.5, 0.9)))
    saw = Counter(name for row, _ in rest for column, name in SAW.items() if row[column] == "1")
    shown = ", ".join(f"{name} {saw[name]}" for name in SAW.values())
    return [
        "# National outages that people described, January 2018 to early 2022; see SOURCES.md.",
        f"# Without a cause known here: {len(rest)}; shown by {shown};",
        f"# hours at the 10, 50 and 90 % quantiles {quantiles}.",
        "began,minutes,country,cause,shown_by",
        *(",".join(row) for row in sorted(kept)),
    ]


def hourly(rows: list[dict[str, str]]) -> list[str]:
    """Return the lines of the hourly mean over states."""
    by_hour: dict[str, list[float]] = defaultdict(list)
    for row in rows:
        if row["connectivity_share"]:
            by_hour[row["start_s"]].append(float(row["connectivity_share"]))
    return [
        "# Venezuela, 20 to 24 July 2019: mean connectivity of 13 states, by hour. Facts from the",
        "# IP Observatory of Monash University, re-encoded by scripts/build_real_outages.py.",
        "start_s,connectivity_share",
        *(f"{start},{np.mean(by_hour[start]):.3f}" for start in sorted(by_hour)),
    ]


if __name__ == "__main__":
    main()
