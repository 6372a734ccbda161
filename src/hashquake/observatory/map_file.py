"""Read the maps of a user's table without keeping them in the record."""

from pathlib import Path
from typing import Literal

from hashquake.core.mining_map import MiningMap
from hashquake.sources.tables.mining_map import Options, read_maps


def maps_of_file(
    path: Path,
    *,
    now_s: float,
    vintage: str = "",
    unit: Literal["share", "percent"] = "share",
    partial: bool = False,
) -> tuple[MiningMap, ...]:
    """Read the maps of a table without keeping them; see `hashquake.sources.tables.mining_map`.

    Parameters
    ----------
    path : Path
        CSV or Parquet.
    now_s : float
        Our clock, UTC Unix seconds.
    vintage : str
        The day it was published, for a table without such a column.
    unit : {"share", "percent"}
        Of the column of shares: 0 to 1, or percent.
    partial : bool
        Whether the map leaves countries out: the rest is kept as not named.
    """
    options = Options(path=path, publisher=path.stem, vintage=vintage, unit=unit, partial=partial)
    return read_maps(options, now_s=now_s)
