"""Outages nobody ordered, as data: cables, power, one network, and an instrument of ours."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from hashquake.core.times import HOUR_S, MINUTE_S
from hashquake.core.window import Window
from hashquake.forward.connectivity.country import Country
from hashquake.forward.connectivity.cut import Cut
from hashquake.forward.connectivity.model import QUANTITIES, Quantity
from hashquake.forward.connectivity.scripts import Cause, Remaining, ordered_cut, plain_cut

BEHIND_A_CABLE = Remaining(
    bgp_share=(0.0, 0.1),
    probing_share=(0.0, 0.1),
    telescope_share=(0.0, 0.1),
    traffic_share=(0.0, 0.15),
)
ALONE = Remaining(bgp_share=(0.0, 1.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class UpstreamFailure:
    """A submarine cable or a carrier breaks: all behind it go together, routes and all.

    Parameters
    ----------
    window : Window
        From the break to the repair.
    upstream_asn : int or None
        Which; None is the one with most users behind it.
    remaining : Remaining
        What finds another way.
    spread_s : float
        Within which the routes have gone, and have come back.
    """

    window: Window
    upstream_asn: int | None = None
    remaining: Remaining = BEHIND_A_CABLE
    spread_s: float = 3.0 * MINUTE_S
    cause: ClassVar[Cause] = "upstream_failure"

    def cuts(self, country: Country, rng: np.random.Generator) -> tuple[Cut, ...]:
        """Cut the networks behind one upstream.

        Parameters
        ----------
        country : Country
            Whose networks fall.
        rng : Generator
            Source of randomness.
        """
        above = np.array([network.upstream_asn for network in country.networks])
        kinds, codes = np.unique(above, return_inverse=True)
        largest = kinds[int(np.argmax(np.bincount(codes, country.users_shares)))]
        touched = above == (largest if self.upstream_asn is None else self.upstream_asn)
        levels = self.remaining.draw(len(above), rng)
        return (ordered_cut(levels, self.window, self.spread_s, rng, touched=touched),)


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerFailure:
    """The grid fails: homes go dark at once, masts as their batteries do; a slow return.

    Parameters
    ----------
    window : Window
        From the failure to the first lights.
    area_share : float
        The part of the country without power: 0.9 a failure of the grid, 0.25 of a region.
    battery_s : float
        Median life of a network's batteries.
    return_s : float
        Within which the networks are back.
    """

    window: Window
    area_share: float = 0.9
    battery_s: float = 3.0 * HOUR_S
    return_s: float = 6.0 * HOUR_S
    cause: ClassVar[Cause] = "power_failure"

    def cuts(self, country: Country, rng: np.random.Generator) -> tuple[Cut, ...]:
        """Cut what hangs on sockets, then, network by network, what hangs on batteries.

        Parameters
        ----------
        country : Country
            Whose networks fall.
        rng : Generator
            Source of randomness.
        """
        n = len(country.networks)
        area = np.clip(self.area_share * np.exp(0.1 * rng.standard_normal(n)), 0.0, 1.0)
        sockets = np.where(country.mobile, 0.3, 1.0) * np.array([[0.0], [0.6], [0.6], [0.75]])
        # Large networks have generators; a small one's routes go with its batteries.
        routes = np.where(country.users_shares > 0.03, 0.05, 0.5)
        batteries = np.stack([routes, *np.full((3, n), 0.85)])
        end_s = self.window.end_s + 0.5 * self.return_s * rng.random(n)
        rise_s = np.full(n, 0.5 * self.return_s)
        dark_s = self.window.start_s + self.battery_s * np.exp(0.6 * rng.standard_normal(n))
        fall_s = np.full(n, 0.5 * self.battery_s)
        lasts = dark_s + fall_s >= end_s
        brief_s = min(MINUTE_S, 0.25 * self.window.duration_s)
        start_s = self.window.start_s + brief_s * rng.random(n)
        return (
            plain_cut(start_s, end_s, np.full(n, 2.0 * brief_s), rise_s, 1.0 - area * sockets),
            plain_cut(
                np.where(lasts, np.nan, dark_s), end_s, fall_s, rise_s, 1.0 - area * batteries
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectorFailure:
    """Part of one instrument fails: its signal drops everywhere, the others do not.

    Give the same one to every country: it draws nothing of its own.

    Parameters
    ----------
    window : Window
        While it is broken.
    quantity : Quantity
        The signal.
    remaining_share : float
        What it still counts.
    """

    window: Window
    quantity: Quantity
    remaining_share: float = 0.4
    cause: ClassVar[Cause] = "measurement_artefact"

    def cuts(self, country: Country, rng: np.random.Generator) -> tuple[Cut, ...]:  # noqa: ARG002  a script's form
        """Cut one signal of every network at once.

        Parameters
        ----------
        country : Country
            Whose networks seem to fall.
        rng : Generator
            Source of randomness.
        """
        n = len(country.networks)
        levels = np.ones((len(QUANTITIES), n))
        levels[QUANTITIES.index(self.quantity)] = self.remaining_share
        at_once = np.zeros(n)
        start_s, end_s = np.full(n, self.window.start_s), np.full(n, self.window.end_s)
        return (plain_cut(start_s, end_s, at_once, at_once, levels),)


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkFault:
    """One network fails alone.

    Parameters
    ----------
    window : Window
        While it is down.
    asn : int
        Which.
    remaining : Remaining
        What stays of it.
    """

    window: Window
    asn: int
    remaining: Remaining = ALONE
    cause: ClassVar[Cause] = "network_fault"

    def cuts(self, country: Country, rng: np.random.Generator) -> tuple[Cut, ...]:
        """Cut the one.

        Parameters
        ----------
        country : Country
            Whose networks fall.
        rng : Generator
            Source of randomness.
        """
        levels = self.remaining.draw(len(country.networks), rng)
        touched = np.array([network.asn == self.asn for network in country.networks])
        return (ordered_cut(levels, self.window, 0.0, rng, touched=touched),)
