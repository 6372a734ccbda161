"""Figures of the record: the bundled history into a new SQLite file, again, and back.

Run as ``python bench/bench_store.py``; each figure comes from a fresh process, so that start and
imports count.
"""

import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

ROUNDS = 3
BATCH_BLOCKS = 20_000

INGEST = """
import sys
from hashquake.core.contracts import Batch
from hashquake.datasets.bundled import bundled_blocks
from hashquake.store.open_record import open_record
blocks = bundled_blocks()
with open_record(sys.argv[1], create=True) as record:
    for start in range(0, len(blocks), int(sys.argv[2])):
        part = blocks.take(slice(start, start + int(sys.argv[2])))
        record.append(Batch(blocks=part), source="bundled")
"""
READ = """
import sys, time
from hashquake.store.open_record import open_record
with open_record(sys.argv[1]) as record:
    record.tip()
    start_s = time.perf_counter()
    blocks = record.blocks()
    print(time.perf_counter() - start_s, len(blocks))
"""
EXPORT = """
import sys
from pathlib import Path
from hashquake.store.export import export_blocks
from hashquake.store.open_record import open_record
with open_record(sys.argv[1]) as record:
    export_blocks(record, Path(sys.argv[1]).with_suffix(sys.argv[2]))
"""


def run(program: str, *arguments: str) -> tuple[float, float, float, str]:
    """Run a program; give wall seconds, processor seconds, peak megabytes and its output."""
    start_s = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", program, *arguments], stdout=subprocess.PIPE, text=True
    )
    with process:
        output = process.stdout.read() if process.stdout else ""
        # Not process.wait(): only this shows what this one child used.
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall_s = time.perf_counter() - start_s
    if process.returncode:
        sys.exit(process.returncode)
    return wall_s, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, output


def best(program: str, folder: str, *arguments: str, fresh: bool = False) -> str:
    """Run a program a few times; write its best figures in a line."""
    rounds = [
        run(program, str(Path(folder) / f"fresh{at if fresh else 0}.db"), *arguments)
        for at in range(ROUNDS)
    ]
    wall_s, processor_s, peak_mb = (min(given[at] for given in rounds) for at in range(3))
    inside_s = [float(given[3].split()[0]) for given in rounds if given[3]]
    said = f"  ({min(inside_s):.2f} s inside)" if inside_s else ""
    return f"{wall_s:6.2f} s wall {processor_s:6.2f} s processor {peak_mb:6.0f} MB peak{said}"


def main() -> None:
    """Print the figures, the best of a few rounds each."""
    load = os.getloadavg()[0]
    print(
        f"record: 282,174 blocks, {os.cpu_count()} processors, load {load:.1f} (best of {ROUNDS})"
    )
    with TemporaryDirectory() as folder:
        batch = str(BATCH_BLOCKS)
        print("ingest, new file   ", best(INGEST, folder, batch, fresh=True), " goal 3 s, 400 MB")
        size_mb = (Path(folder) / "fresh0.db").stat().st_size / 1e6
        print("ingest, all known  ", best(INGEST, folder, batch))
        print("read as columns    ", best(READ, folder), " goal 1 s inside")
        print("export to Parquet  ", best(EXPORT, folder, ".parquet"))
        print("export to CSV      ", best(EXPORT, folder, ".csv"))
        print(f"file size           {size_mb:6.1f} MB")


if __name__ == "__main__":
    main()
