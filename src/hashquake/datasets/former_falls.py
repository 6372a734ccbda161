"""The network's falls in the catalog of the version that took drift as fixed, for comparison."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from hashquake.core.interval import Interval
from hashquake.core.window import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerFall:
    """A fall as it stood in that catalog.

    Parameters
    ----------
    id : str
        Its name there.
    detected_s : float
        UTC Unix seconds.
    onset : Window
        90 % interval of its beginning.
    remaining_share : Interval
        Hash rate after over before, 90 %.
    luck : float
        Probability, then, that nothing broke.
    because : str
        What changed, and why.
    """

    id: str
    detected_s: float
    onset: Window
    remaining_share: Interval
    luck: float
    because: str


@lru_cache(maxsize=1)
def former_falls() -> tuple[FormerFall, ...]:
    """Return the falls of that catalog, in order of onset."""
    file = resources.files("hashquake.datasets") / "former_falls.toml"
    rows = tomllib.loads(file.read_text(encoding="utf-8"))["falls"]
    found = []
    for row in rows:
        low, median, high = row["remaining_share"]
        found.append(
            FormerFall(
                id=row["id"],
                detected_s=row["detected_s"],
                onset=Window(start_s=row["onset_start_s"], end_s=row["onset_end_s"]),
                remaining_share=Interval(median=median, low=low, high=high, level=0.9),
                luck=row["luck"],
                because=row["because"],
            )
        )
    return tuple(found)
