"""A change of hash rate that rests on two instruments: blocks, and what pools report."""

from dataclasses import dataclass

from hashquake.core.interval import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class FusedChange:
    """How the network's hash rate changed from one window to a later one.

    Parameters
    ----------
    change_share : Interval
        Mean hash rate in the second over that in the first, less 1.
    pools : tuple of str
        Slugs of the pools whose reports took part.
    made_by : str
        Method and version.
    """

    change_share: Interval
    pools: tuple[str, ...]
    made_by: str
