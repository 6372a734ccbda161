"""How dark a place was, and when: the outage intensity that blocks are set against.

A intensity comes from an outage that instruments saw, or from a dated cut of power. Between its
stretches the place was lit.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from hashquake.core.errors import UsageError
from hashquake.core.outage import Outage
from hashquake.core.subject import parse_subject
from hashquake.core.window import Window

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class DarkStretch:
    """A stretch of time during which part of a place was dark.

    Parameters
    ----------
    window : Window
        When.
    depth_share : float
        Which part of the place, over 0 and at most 1.

    Raises
    ------
    UsageError
        ``depth-range``.
    """

    window: Window
    depth_share: float

    def __post_init__(self) -> None:
        """Refuse a depth outside 0 to 1."""
        if not 0.0 < self.depth_share <= 1.0:
            raise UsageError(
                f"a depth must be over 0 and at most 1, got {self.depth_share}", code="depth-range"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageIntensity:
    """One place that went dark.

    Parameters
    ----------
    event : str
        Id of the event or outage it comes from.
    country : str
        ISO 3166 alpha-2.
    place : str
        The country, or the region of it, in words. Two events of one place within weeks of each
        other are taken to strike the same machines.
    stretches : tuple of DarkStretch
        Oldest first, disjoint, at least one.
    recovers : bool
        Whether the place was lit again afterwards. If not, it stays as dark as in the last stretch
        and nothing later is looked at.

    Raises
    ------
    UsageError
        ``dark-stretches`` when there is none or they overlap, ``subject-syntax`` when the country
        is not a country.
    """

    event: str
    country: str
    place: str
    stretches: tuple[DarkStretch, ...]
    recovers: bool = True

    def __post_init__(self) -> None:
        """Refuse what is not in order."""
        parse_subject(f"country:{self.country}")
        windows = [one.window for one in self.stretches]
        if not windows or any(b.start_s < a.end_s for a, b in pairwise(windows)):
            raise UsageError(
                f"the dark stretches of {self.event} are missing or overlap",
                code="dark-stretches",
                hint="give at least one, oldest first and disjoint",
            )

    @property
    def span(self) -> Window:
        """From the first onset to the last end."""
        return Window(
            start_s=self.stretches[0].window.start_s, end_s=self.stretches[-1].window.end_s
        )

    def intensity(self, edges_s: Floats) -> Floats:
        """Return the mean part that was dark between edges.

        Parameters
        ----------
        edges_s : array of float, shape (m + 1,)
            UTC Unix seconds, increasing.

        Returns
        -------
        array of float, shape (m,)
            0 to 1.
        """
        low_s, high_s = edges_s[:-1], edges_s[1:]
        total = np.zeros(len(low_s))
        last = self.stretches[-1]
        for one in self.stretches:
            end_s = np.inf if one is last and not self.recovers else one.window.end_s
            dark_s = np.minimum(high_s, end_s) - np.maximum(low_s, one.window.start_s)
            total += one.depth_share * np.maximum(dark_s, 0.0)
        return total / (high_s - low_s)


def intensity_of_outage(outage: Outage) -> OutageIntensity:
    """Read the intensity off an outage of a country.

    Connectivity that is gone by three quarters leaves three quarters of the machines cut off: the
    depth is the median of the outage's. An outage that is still open is dark to its last window.

    Parameters
    ----------
    outage : Outage
        Of a country, with a depth.

    Raises
    ------
    UsageError
        ``darkness-country`` when the outage is of a network, not of a country.
    """
    kind, name = parse_subject(outage.subject)
    if kind != "country":
        raise UsageError(
            f"{outage.id} is an outage of {outage.subject}, which no map gives a share",
            code="darkness-country",
            hint="exposure needs an outage of a country",
        )
    depth_share = min(max(outage.depth_share.median, 0.01), 1.0)
    return OutageIntensity(
        event=outage.id,
        country=name,
        place=name,
        stretches=tuple(
            DarkStretch(window=window, depth_share=depth_share) for window in outage.dark_windows
        ),
        recovers=outage.end_s is not None,
    )
