"""Load where pools are at home."""

import tomllib
from datetime import UTC, date, datetime
from functools import lru_cache
from importlib import resources

from hashquake.core.pool_home import PoolHome


@lru_cache(maxsize=1)
def load_pool_homes() -> tuple[PoolHome, ...]:
    """Return the homes of pools, a dated fact each.

    Returns
    -------
    tuple of PoolHome
        In the order of the file.
    """
    text = (resources.files("hashquake.datasets") / "pool_homes.toml").read_text(encoding="utf-8")
    return tuple(
        PoolHome(
            pool=pool,
            country=row["home"],
            reach=row["reach"],
            confidence=row["confidence"],
            source=row["source"],
            from_s=_midnight_s(row["from"]) if "from" in row else float("-inf"),
            until_s=_midnight_s(row["until"]) if "until" in row else float("inf"),
        )
        for row in tomllib.loads(text)["pool"]
        for pool in row["pools"]
    )


def _midnight_s(day: date) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()
