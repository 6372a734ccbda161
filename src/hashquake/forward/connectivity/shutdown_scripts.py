"""Outages by order, as data: kill switch, curfew, phones only, one provider after another."""

from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import numpy as np

from hashquake.core.errors import UsageError
from hashquake.core.times import DAY_S, HOUR_S, MINUTE_S
from hashquake.core.window import Window
from hashquake.forward.connectivity.country import Country
from hashquake.forward.connectivity.cut import Cut
from hashquake.forward.connectivity.scripts import Cause, Remaining, ordered_cut, plain_cut

BY_ORDER = Remaining()
"""Routes stay; 2 to 5 % of traffic and of answers to probes do."""
BY_NIGHT = Remaining(bgp_share=(0.85, 1.0), probing_share=(0.05, 0.2), traffic_share=(0.05, 0.15))
PHONES = Remaining(bgp_share=(0.9, 1.0))
WITHDRAWN = Remaining(bgp_share=(0.05, 0.2))
HALF_ROUTED = Remaining(bgp_share=(0.6, 1.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class KillSwitch:
    """Everybody off by order, at once; online windows in between; everybody back at once.

    Parameters
    ----------
    window : Window
        From the order to cut to the order to restore.
    online : tuple of Window
        Stretches inside it in which the country is let online.
    remaining : Remaining
        Routes stay as a rule, as in Kazakhstan.
    spread_s : float
        Within which all networks have obeyed an order; at most half of the time it stands.

    Raises
    ------
    UsageError
        ``online-windows`` when the stretches online are not apart, in order and inside.
    """

    window: Window
    online: tuple[Window, ...] = ()
    remaining: Remaining = BY_ORDER
    spread_s: float = 8.0 * MINUTE_S
    cause: ClassVar[Cause] = "kill_switch"

    def __post_init__(self) -> None:
        """Refuse stretches online that leave no cut between them."""
        edges = [self.window.start_s]
        for window in self.online:
            edges += [window.start_s, window.end_s]
        edges.append(self.window.end_s)
        if any(a >= b for a, b in pairwise(edges)):
            raise UsageError(
                f"the stretches online do not part {self.window} into cuts",
                code="online-windows",
                hint="give them in order, apart from each other, inside the outage",
            )

    def cuts(self, country: Country, rng: np.random.Generator) -> tuple[Cut, ...]:
        """Cut once before each stretch online, and once after the last.

        Parameters
        ----------
        country : Country
            Whose networks are cut.
        rng : Generator
            Source of randomness.
        """
        levels = self.remaining.draw(len(country.networks), rng)
        starts = [self.window.start_s, *(window.end_s for window in self.online)]
        ends = [*(window.start_s for window in self.online), self.window.end_s]
        return tuple(
            ordered_cut(levels, Window(start_s=start_s, end_s=end_s), self.spread_s, rng)
            for start_s, end_s in zip(starts, ends, strict=True)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Curfew:
    """Everybody off in the same hours, every day or every few days.

    Parameters
    ----------
    first : Window
        The first curfew.
    nights : int
        How many.
    every_days : int
        Days from one to the next.
    remaining, spread_s
        As in `KillSwitch`.
    """

    first: Window
    nights: int
    every_days: int = 1
    remaining: Remaining = BY_NIGHT
    spread_s: float = 8.0 * MINUTE_S
    cause: ClassVar[Cause] = "curfew"

    def cuts(self, country: Country, rng: np.random.Generator) -> tuple[Cut, ...]:
        """Cut once a night.

        Parameters
        ----------
        country : Country
            Whose networks are cut.
        rng : Generator
            Source of randomness.
        """
        levels = self.remaining.draw(len(country.networks), rng)
        return tuple(
            ordered_cut(
                levels,
                Window(
                    start_s=self.first.start_s + night * self.every_days * DAY_S,
                    end_s=self.first.end_s + night * self.every_days * DAY_S,
                ),
                self.spread_s,
                rng,
            )
            for night in range(self.nights)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MobileOnly:
    """Phones off by order, homes online.

    Parameters
    ----------
    window, remaining, spread_s
        As in `KillSwitch`.
    """

    window: Window
    remaining: Remaining = PHONES
    spread_s: float = 8.0 * MINUTE_S
    cause: ClassVar[Cause] = "mobile_only"

    def cuts(self, country: Country, rng: np.random.Generator) -> tuple[Cut, ...]:
        """Cut the mobile networks.

        Parameters
        ----------
        country : Country
            Whose networks are cut.
        rng : Generator
            Source of randomness.
        """
        levels = self.remaining.draw(len(country.networks), rng)
        return (ordered_cut(levels, self.window, self.spread_s, rng, touched=country.mobile),)


@dataclass(frozen=True, slots=True, kw_only=True)
class StaggeredShutdown:
    """Everybody off by order, provider after provider, mobile first and with their routes.

    Parameters
    ----------
    window : Window
        From the first network's fall to the first one's return.
    stagger_s, return_s : float
        Within which the networks have fallen, and have returned.
    mobile, fixed : Remaining
        What stays.

    Raises
    ------
    UsageError
        ``stagger-long`` when it ends before all have fallen.
    """

    window: Window
    stagger_s: float = 5.0 * HOUR_S
    return_s: float = 12.0 * HOUR_S
    mobile: Remaining = WITHDRAWN
    fixed: Remaining = HALF_ROUTED
    cause: ClassVar[Cause] = "kill_switch"

    def __post_init__(self) -> None:
        """Refuse a shutdown that is over before it is made."""
        if self.stagger_s > self.window.duration_s:
            raise UsageError(
                f"networks go down over {self.stagger_s:g} s of {self.window.duration_s:g} s",
                code="stagger-long",
                hint="make the outage longer or the stagger shorter",
            )

    def cuts(self, country: Country, rng: np.random.Generator) -> tuple[Cut, ...]:
        """Cut mobile networks in the first tenth, the others after, more of them early.

        Parameters
        ----------
        country : Country
            Whose networks are cut.
        rng : Generator
            Source of randomness.
        """
        n = len(country.networks)
        variates = rng.random(n)
        late = np.where(country.mobile, 0.1 * variates, 0.1 + 0.8 * variates * variates)
        fall_s = np.full(n, 0.05 * self.stagger_s)
        levels = np.where(country.mobile, self.mobile.draw(n, rng), self.fixed.draw(n, rng))
        back_s = self.return_s * rng.random(n)
        start_s = self.window.start_s + self.stagger_s * (late - late.min())
        return (plain_cut(start_s, self.window.end_s + back_s, fall_s, 2.0 * fall_s, levels),)
