"""Whole commands as a user waits for them: start-up, imports and all.

Prints the median of five runs after one warm-up, with what an answer may take and what the first
run costs with no compiled code on disk, each as a ratio; and the peak memory of a run.
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
WARM_S = {
    "rate": 0.6,
    "quakes list": 0.6,
    "outages list": 0.6,
    "map": 0.9,
    "energy": 0.9,
    "forecast": 0.9,
    "report kazakhstan-2022": 2.5,
}
"""What an answer may take."""
FIRST_S = {"report kazakhstan-2022": 5.0, "map": 5.0, "forecast": 5.0}
"""What it may take where nothing was compiled before."""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        out = str(home / "kz.html")
        timed("hashquake --help", ["--help"], home)
        timed("rate", ["rate", "--at", "2022-01-06", "--db", "bundled"], home)
        report = ["report", "kazakhstan-2022", "--db", "bundled", "--out", out]
        timed("report kazakhstan-2022 --out", report, home)
        for command, wanted_s in WARM_S.items():
            took_s = timed(command, [*command.split(), "--db", "bundled"], home)
            print(f"{'':40s} {took_s / wanted_s:7.2f} of the {wanted_s:g} s wanted")
        for command, wanted_s in FIRST_S.items():
            took_s = first_run_s([*command.split(), "--db", "bundled"], home)
            print(f"first {command:34s} {took_s:7.2f} s   {took_s / wanted_s:7.2f} of the wanted")
        timed("init (282,174 blocks into SQLite)", ["init"], home, fresh=True)


def first_run_s(arguments: list[str], home: Path) -> float:
    """Time one run with an empty folder of compiled code."""
    with tempfile.TemporaryDirectory() as empty:
        environment = {**os.environ, "HOME": str(home), "NUMBA_CACHE_DIR": empty}
        started_s = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "hashquake", *arguments],
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        return time.perf_counter() - started_s


def timed(title: str, arguments: list[str], home: Path, *, fresh: bool = False) -> float:
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
    median_s = statistics.median(took_s[1:])
    print(f"{title:40s} {median_s:7.2f} s   peak so far {peak_mib:6.0f} MiB")
    return median_s


if __name__ == "__main__":
    main()
