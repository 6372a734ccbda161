"""Figures of maps made from logs: rows a second and peak memory, for a log and one four times it.

Run as ``python bench/bench_telemetry.py [ROWS]``; a log of so many shares and a database of some
hundred thousand networks are made first, each figure comes from a fresh process.
"""

import ipaddress
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from mmdb_writer import MMDBWriter
from netaddr import IPNetwork, IPSet

CHUNK_ROWS = 500_000
N_WORKERS = 50_000
COUNTRIES = ("US", "KZ", "CN", "RU", "CA", "DE", "IE", "NO", "IS", "MY", "IR", "PY", "GE", "SE")

COUNT = """
import resource, sys, time
from pathlib import Path
from hashquake.sources.logs._geoip import load_places
from hashquake.sources.logs._tally_builder import TallyPlan, tally_part
from hashquake.sources.logs._work_log import log_parts
start_s = time.perf_counter()
places = load_places(Path(sys.argv[2]))
loaded_s = time.perf_counter() - start_s
plan = TallyPlan(places=places, window=None, ahead_s=2.0**33, unit="account", pool="pool")
warm, part = log_parts([Path(sys.argv[3]), Path(sys.argv[1])], {})
tally_part(warm, plan)
start_s, used_s = time.perf_counter(), time.process_time()
tally = tally_part(part, plan)
took_s, used_s = time.perf_counter() - start_s, time.process_time() - used_s
peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(f"{tally.n_rows:>12,} rows {tally.n_rows / took_s / 1e6:6.2f} M rows/s, "
      f"{tally.n_rows / used_s / 1e6:.2f} M a processor second, "
      f"{peak_mb:6.0f} MB peak  (database {loaded_s:.2f} s)")
"""


def write_database(path: Path, n_networks: int = 30_000) -> None:
    """Write a database of random /16s' parts, and some of IPv6."""
    rng = np.random.default_rng(7)
    writer = MMDBWriter(6, "GeoLite2-Country", ipv4_compatible=True)
    records = [{"country": {"iso_code": code}} for code in COUNTRIES]
    for number, which in enumerate(rng.integers(0, len(COUNTRIES), n_networks).tolist()):
        start = (0x0100_0000 + number * (0xDE00_0000 // n_networks)) & 0xFFFF_E000
        network = IPNetwork(f"{ipaddress.IPv4Address(start)}/19")
        writer.insert_network(IPSet([network]), records[which])
        if number % 8 == 0:
            v6 = f"2{number % 0xFFF:03x}:{number:x}::/32"
            writer.insert_network(IPSet([IPNetwork(v6)]), records[which])
    writer.to_db_file(str(path))


def write_log(path: Path, n_rows: int, *, v6_share: float = 0.1) -> None:
    """Write a log of shares, a tenth of them from IPv6 addresses."""
    rng = np.random.default_rng(1)
    address = 0x0100_0000 + rng.integers(0, 0xDE00_0000, N_WORKERS)
    texts = [str(ipaddress.IPv4Address(int(number))) for number in address]
    for at in range(int(N_WORKERS * v6_share)):
        upper = 0x2000_0000 | int(rng.integers(0, 1 << 28))
        texts[at] = str(ipaddress.IPv6Address(upper << 96 | int(rng.integers(0, 1 << 60))))
    workers = pa.array([f"farm{at % 5000}.rig{at}" for at in range(N_WORKERS)])
    pools = pa.array(["antpool", "f2pool", "viabtc"])
    ip = pa.array(texts)
    writer = None
    for first in range(0, n_rows, CHUNK_ROWS):
        size = min(CHUNK_ROWS, n_rows - first)
        who = rng.integers(0, N_WORKERS, size)
        table = pa.table(
            {
                "pool": pools.take(pa.array(who % 3)),
                "worker": workers.take(pa.array(who)),
                "ip": ip.take(pa.array(who)),
                "difficulty": 2.0 ** rng.integers(12, 20, size),
                "time": 1_640_995_200 + first // 1000 + rng.integers(0, 500, size),
            }
        )
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table)
    if writer is not None:
        writer.close()


def main() -> None:
    """Print the figures."""
    n_rows = int(float(sys.argv[1])) if len(sys.argv) > 1 else 4_000_000
    print(
        f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}; goal 1 M rows/s, flat memory"
    )
    with TemporaryDirectory() as folder:
        database, warm = Path(folder) / "countries.mmdb", Path(folder) / "warm.parquet"
        write_database(database)
        write_log(warm, 1000)
        for times in (1, 4):
            log = Path(folder) / f"log{times}.parquet"
            write_log(log, times * n_rows)
            arguments = [sys.executable, "-c", COUNT, str(log), str(database), str(warm)]
            subprocess.run(arguments, check=True)
            log.unlink()


if __name__ == "__main__":
    main()
