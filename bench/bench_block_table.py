"""A table of blocks with hashes into a new record, against a bare `executemany` of the same rows.

Run as ``python bench/bench_block_table.py [BLOCKS]``. CPU seconds after the imports, each figure
from a fresh process, the best of a few rounds. The bare program reads the same Parquet file by
polars and puts the same rows into the same tables of an empty record, one transaction for all: it
checks nothing and knows no block again. The whole command forms the catalog of quakes too.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from hashquake.datasets.bundled import bundled_blocks

ROUNDS = 3
STORE = """
import sys, time
from pathlib import Path
from hashquake.core.contracts import SourceContext
from hashquake.sources.chain.block_table import Options, read
from hashquake.store.open_record import open_record
with open_record(sys.argv[2], create=True) as record:
    context = SourceContext(record=record, now_s=time.time, sleep=time.sleep)
    record.tip()
    start_s = time.process_time()
    for batch in read(Options(path=Path(sys.argv[1])), context):
        record.append(batch, source="block_table")
    print(time.process_time() - start_s)
"""
COMMAND = """
import sys, time
from hashquake.serve.cli.app import run
start_s = time.process_time()
run(["ingest", "block_table", "--path", sys.argv[1], "--db", sys.argv[2]])
print(time.process_time() - start_s)
"""
BARE = """
import sqlite3, sys, time
import polars as pl
from hashquake.store.open_record import open_record
open_record(sys.argv[2], create=True).close()
db = sqlite3.connect(sys.argv[2])
start_s = time.process_time()
table = pl.read_parquet(sys.argv[1])
names = {name: at for at, name in enumerate(table["pool"].unique())}
numbers = range(1, len(table) + 1)
ones = [1] * len(table)
with db:
    db.execute("INSERT INTO batches VALUES (1, 'bare', 0, 0, 0, 0, 0)")
    db.executemany("INSERT INTO pools VALUES (?, ?)", [(at, name) for name, at in names.items()])
    db.executemany(
        "INSERT INTO blocks VALUES (?, ?, ?, ?, ?, 0, ?, NULL)",
        zip(numbers, ones, table["height"].to_list(), table["time"].to_list(),
            table["bits"].to_list(), map(names.get, table["pool"].to_list())),
    )
    db.executemany(
        "INSERT INTO block_details VALUES (?, ?, ?, ?, ?, NULL, NULL)",
        zip(numbers, ones, numbers, map(bytes.fromhex, table["hash"].to_list()),
            map(bytes.fromhex, table["prev"].to_list())),
    )
print(time.process_time() - start_s)
"""


def write_table(path: Path, count: int) -> None:
    """Write the newest of the bundled blocks, with hashes that link."""
    blocks = bundled_blocks().take(slice(-count, None))
    names = [hashlib.sha256(b"%d" % at).hexdigest() for at in range(count + 1)]
    pl.DataFrame(
        {
            "height": blocks.height,
            "time": blocks.header_s,
            "hash": names[1:],
            "prev": names[:-1],
            "bits": blocks.bits.astype("int64"),
            "pool": [blocks.pool_names[code] for code in blocks.pool_code.tolist()],
        }
    ).write_parquet(path)


def cpu_s(program: str, table: Path) -> float:
    """Run a program a few times on a new file each; return the least CPU seconds it states."""
    spent = []
    for _ in range(ROUNDS):
        with TemporaryDirectory() as folder:
            done = subprocess.run(
                [sys.executable, "-c", program, str(table), str(Path(folder) / "record.db")],
                check=True,
                capture_output=True,
                text=True,
            )
        spent.append(float(done.stdout.split()[-1]))
    return min(spent)


def main() -> None:
    """Print each compared with the bare inserts."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    print(f"{count:,} blocks, load {os.getloadavg()[0]:.1f}, CPU seconds, best of {ROUNDS}")
    with TemporaryDirectory() as folder:
        os.environ["HOME"] = folder
        table = Path(folder) / "blocks.parquet"
        write_table(table, count)
        bare_s = cpu_s(BARE, table)
        print(f"bare executemany              {bare_s:6.2f}")
        for title, program in (("read, checked and stored", STORE), ("with the catalog", COMMAND)):
            ours_s = cpu_s(program, table)
            print(f"{title:29s} {ours_s:6.2f}  {ours_s / bare_s:5.2f} of bare")


if __name__ == "__main__":
    main()
