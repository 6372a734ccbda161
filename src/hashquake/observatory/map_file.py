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
    """Read the maps of a table without keeping them; see `hashquake.sources.tables.mining_map`."""
    options = Options(path=path, publisher=path.stem, vintage=vintage, unit=unit, partial=partial)
    return read_maps(options, now_s=now_s)
