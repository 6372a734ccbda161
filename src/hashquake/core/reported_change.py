"""A change of hash rate by the word of the pools that report alone."""

from dataclasses import dataclass

from hashquake.core.interval import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedChange:
    """How the hash rate of the pools that report changed, together, from one window to a later one.

    Parameters
    ----------
    change_share : Interval
        Their mean hash rate in the second over that in the first, less 1.
    before_hps, during_hps : float
        What they reported in the two windows, summed over pools, hashes per second.
    pools : tuple of str
        Slugs of the pools that reported in both windows.
    covered_share : float
        Part of the two windows with reports that count, the least of these pools, 0 to 1.
    made_by : str
        Method and version.
    """

    change_share: Interval
    before_hps: float
    during_hps: float
    pools: tuple[str, ...]
    covered_share: float
    made_by: str
