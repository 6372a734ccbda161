"""Read the maps of a user's table without keeping them in the record."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from hashquake.core.mining_map import MiningMap
from hashquake.core.regular_file import refuse_special
from hashquake.sources.tables.mining_map import Options, read_maps


def maps_of_file(
    path: Path,
    *,
    now_s: float,
    vintage: str = "",
    unit: Literal["share", "percent"] = "share",
    partial: bool = False,
    note: Callable[[str], None] = lambda _sentence: None,
) -> tuple[MiningMap, ...]:
    """Read the maps of a table without keeping them; see `hashquake.sources.tables.mining_map`.

    Parameters
    ----------
    path : Path
        A table of countries, shares and months.
    now_s : float
        The present, UTC Unix seconds; maps of later months are refused.
    vintage : str
        Day of publication, where the table has no column of it.
    unit : {"share", "percent"}
        Of the table's shares.
    partial : bool
        Whether the shares of a month may sum to less than 1.
    note : callable
        Takes a sentence on what was left out or assumed.
    """
    refuse_special(path)
    options = Options(path=path, publisher=path.stem, vintage=vintage, unit=unit, partial=partial)
    return read_maps(options, now_s=now_s, note=note)
