"""What every script of an outage has: a cause, levels that stay, and cuts for a given country.

Randomness (which network is minutes late, whose battery lasts) is an argument. Scripts of orders
are in ``shutdown_scripts.py``, of failures in ``failure_scripts.py``; real outages written as
scripts are in ``presets.py``.
"""

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from hashquake.core.times import MINUTE_S
from hashquake.core.window import Window
from hashquake.forward.connectivity.country import Country
from hashquake.forward.connectivity.cut import Cut

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Span = tuple[float, float]
Cause = Literal[
    "kill_switch",
    "curfew",
    "mobile_only",
    "upstream_failure",
    "power_failure",
    "measurement_artefact",
    "network_fault",
]
UNTOUCHED: Span = (1.0, 1.0)


class OutageScript(Protocol):
    """What every script has."""

    @property
    def cause(self) -> Cause:
        """The class of cause."""

    def cuts(self, country: Country, rng: np.random.Generator) -> tuple[Cut, ...]:
        """Return who falls when.

        Parameters
        ----------
        country : Country
            Whose networks fall.
        rng : Generator
            Source of randomness.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Remaining:
    """What stays in each signal; each network draws its level between the two given.

    Parameters
    ----------
    bgp_share, probing_share, telescope_share, traffic_share : (float, float)
        Lowest and highest part, 0 to 1.
    """

    bgp_share: Span = UNTOUCHED
    probing_share: Span = (0.02, 0.05)
    telescope_share: Span = (0.02, 0.10)
    traffic_share: Span = (0.02, 0.05)

    def draw(self, n_networks: int, rng: np.random.Generator) -> Floats:
        """Draw levels, shape (4, networks).

        Parameters
        ----------
        n_networks : int
            How many networks.
        rng : Generator
            Source of randomness.
        """
        spans = np.array(
            [self.bgp_share, self.probing_share, self.telescope_share, self.traffic_share]
        )
        variates = rng.random((len(spans), n_networks))
        return np.asarray(spans[:, :1] + (spans[:, 1:] - spans[:, :1]) * variates)


def ordered_cut(
    levels: Floats,
    window: Window,
    spread_s: float,
    rng: np.random.Generator,
    *,
    touched: Bools | None = None,
) -> Cut:
    """Cut within a spread after one instant, and return within as much after another.

    Parameters
    ----------
    levels : array of float64, shape (4, networks)
        What remains of each network, by instrument.
    window : Window
        From the instant of the fall to that of the return.
    spread_s : float
        How long it takes until all have followed, seconds.
    rng : Generator
        Source of randomness.
    touched : array of bool or None, shape (networks,)
        Which fall; None is all.
    """
    n = levels.shape[1]
    late_s, back_s = min(spread_s, 0.5 * window.duration_s) * rng.random((2, n))
    start_s = window.start_s + late_s * (1.0 if touched is None else np.where(touched, 1.0, np.nan))
    brief = np.full(n, min(MINUTE_S, 0.1 * (window.duration_s)))
    return plain_cut(start_s, window.end_s + back_s, brief, brief, levels)


def plain_cut(
    start_s: Floats, end_s: Floats, fall_s: Floats, rise_s: Floats, levels: Floats
) -> Cut:
    """Write a `Cut` in one line.

    Parameters
    ----------
    start_s, end_s : array of float64, shape (networks,)
        When each begins to fall and to return, UTC Unix seconds.
    fall_s, rise_s : array of float64, shape (networks,)
        How long each takes to fall and to return, seconds.
    levels : array of float64, shape (4, networks)
        What remains of each network, by instrument.
    """
    return Cut(start_s=start_s, end_s=end_s, fall_s=fall_s, rise_s=rise_s, remaining_share=levels)
