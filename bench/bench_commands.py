"""Whole commands as a user waits for them: start-up, imports and all.

Prints the median of five runs after one warm-up, and the peak memory of a run.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 5


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        out = str(home / "kz.html")
        timed("hashquake --help", ["--help"], home)
        timed("rate", ["rate", "--at", "2022-01-06", "--db", "bundled"], home)
        report = ["report", "kazakhstan-2022", "--db", "bundled", "--out", out]
        timed("report kazakhstan-2022 --out", report, home)
        timed("init (282,174 blocks into SQLite)", ["init"], home, fresh=True)


def timed(title: str, arguments: list[str], home: Path, *, fresh: bool = False) -> None:
    took_s = []
    for run in range(RUNS + 1):
        data = home / (f"run{run}" if fresh else "data")
        environment = {
            **os.environ,
            "HOME": str(home),
            "XDG_DATA_HOME": str(data),
            "XDG_CONFIG_HOME": str(data),
        }
        started_s = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "hashquake", *arguments],
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        took_s.append(time.perf_counter() - started_s)
    peak_mib = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{title:40s} {statistics.median(took_s[1:]):7.2f} s   peak so far {peak_mib:6.0f} MiB")


if __name__ == "__main__":
    main()
