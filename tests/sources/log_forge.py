"""Databases of addresses and logs of shares, made for tests."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from mmdb_writer import MMDBWriter
from netaddr import IPSet

NETWORKS = {
    "KZ": ("2.72.0.0/13", "2a03:32c0::/29"),
    "US": ("3.0.0.0/8", "2600::/12"),
    "CN": ("1.80.0.0/12", "240e::/20"),
    "DE": ("5.1.32.0/19",),
}
HOSTS = ("3.5.0.0/16", "5.1.32.0/20")
START_S = 1_640_995_200  # 2022-01-01


def country_database(
    path: Path, networks: Mapping[str, Sequence[str]] | None = None, **record: Any
) -> Path:
    """Write a database of countries, in MaxMind's shape unless a record is given."""
    writer = MMDBWriter(6, "GeoLite2-Country", ipv4_compatible=True)
    for code, texts in (networks or NETWORKS).items():
        content = record or {"country": {"iso_code": code}, "continent": {"code": "XX"}}
        writer.insert_network(IPSet(list(texts)), content)
    writer.to_db_file(str(path))
    return path


def share_log(path: Path, n_rows: int = 3_000, *, seed: int = 1, **write: Any) -> Path:
    """Write a log of shares of three pools over two months; some rows have no country."""
    rng = np.random.default_rng(seed)
    worker = rng.integers(0, 60, n_rows)
    place = worker % 6
    tail = rng.integers(1, 255, n_rows)
    ip = [
        [
            f"2.73.1.{t}",
            f"3.9.0.{t}",
            f"3.5.7.{t}",
            f"2a03:32c0::{t:x}",
            f"192.168.0.{t}",
            "9.9.9.9",
        ][p]
        for p, t in zip(place.tolist(), tail.tolist(), strict=True)
    ]
    table = pl.DataFrame(
        {
            "pool": np.array(["antpool", "f2pool", "viabtc"])[worker % 3],
            "worker": [f"farm{at // 4}.rig{at}" for at in worker.tolist()],
            "ip": ip,
            "difficulty": rng.choice([0.1, 512.7, 65_536.0, 1e9 / 7], n_rows),
            "time": START_S + rng.integers(0, 50 * 86_400, n_rows),
        }
    )
    if path.suffix == ".csv":
        table.write_csv(path)
    else:
        table.write_parquet(path, **write)
    return path
