"""Ours compared with what a user would pick instead, on the same input in one run, as ratios.

Run as ``python bench/compare.py``; ``--write`` writes it into docs/benchmarks.md as well. CPU
seconds of all threads, taken in turns (theirs, ours, theirs ...), compiled before the clock starts;
the ratio is the median over the turns, with the least and the greatest.
"""

import os
import platform
import re
import sys
import time
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from needs import installed
from pairs import Pair, falls, rates, routes, shares, stretches, worlds

from hashquake.core import clock
from hashquake.core.times import format_time

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
TURNS = 5
PEERS = (
    "duckdb", "ruptures", "river", "changepoint-online", "pandas", "pybgpkit-parser", "numpy",
)  # fmt: skip


def cpu_s(work: Callable[[], object]) -> float:
    """Return the CPU seconds that some work takes, in all threads."""
    began_s = time.process_time()
    work()
    return time.process_time() - began_s


def row_of(pair: Pair) -> str:
    """Measure a pair in turns; return its row, which says so where the peer is missing."""
    if installed(pair.peer) is None:
        why = f"skipped: {pair.peer} is not installed"
        return f"| {pair.task} | {pair.theirs} | | {pair.ours} | | | {why} |"
    pair.run_theirs()
    pair.run_ours()
    theirs_s, ours_s = [], []
    for _ in range(TURNS):
        theirs_s.append(cpu_s(pair.run_theirs))
        ours_s.append(cpu_s(pair.run_ours))
    ratios = [each / own for each, own in zip(theirs_s, ours_s, strict=True)]
    shown = f"**{median(ratios):.2g}** ({min(ratios):.2g} to {max(ratios):.2g})"
    theirs, ours = f"{median(theirs_s):.3g}", f"{median(ours_s):.3g}"
    cells = (pair.task, pair.theirs, theirs, pair.ours, ours, shown, pair.note)
    return f"| {' | '.join(cells)} |"


def machine() -> str:
    """Return the kind of this machine."""
    model = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    kind = model[1] if model else platform.processor()
    return (
        f"{kind}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} at the start, "
        f"Python {platform.python_version()}"
    )


def main() -> None:
    """Print the table, and write it where asked."""
    versions = {name: installed(name) for name in PEERS}
    stated = ", ".join(f"{name} {found}" for name, found in versions.items() if found)
    lines = [
        f"Measured on {format_time(clock.now_s())[:10]} on {machine()}; {stated}.",
        f"CPU seconds of all threads, the median of {TURNS} turns, compiled before.",
        "A ratio above 1 says that ours is quicker.",
        "",
        "| task | theirs | s | ours | s | theirs over ours (range) | not the same work |",
        "|---|---|---|---|---|---|---|",
    ]
    print("\n".join(lines), flush=True)
    with TemporaryDirectory() as folder:
        into = Path(folder)
        for pair in chain(falls(), stretches(), rates(), worlds(), routes(into), shares(into)):
            lines.append(row_of(pair))
            print(lines[-1], flush=True)
    if "--write" in sys.argv:
        head = PAGE.read_text(encoding="utf-8").partition("<!-- table -->")[0]
        PAGE.write_text(f"{head}<!-- table -->\n\n" + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
