"""Outages of all causes at random, for measuring what finds and classifies them.

Each outage has a slot of the time to itself, with quiet before it to learn from and after it to
return in. How often each cause is drawn says nothing of how often it happens.
"""

from collections.abc import Callable

import numpy as np

from hashquake.core.errors import UsageError
from hashquake.core.times import DAY_S, HOUR_S, MINUTE_S
from hashquake.core.window import Window
from hashquake.forward.connectivity.country import Country
from hashquake.forward.connectivity.failure_scripts import (
    CollectorFailure,
    PowerFailure,
    UpstreamFailure,
)
from hashquake.forward.connectivity.model import QUANTITIES
from hashquake.forward.connectivity.scripts import OutageScript, Span
from hashquake.forward.connectivity.shutdown_scripts import (
    Curfew,
    KillSwitch,
    MobileOnly,
    StaggeredShutdown,
)

SLOT_S = 28.0 * DAY_S
"""The shortest slot: a fortnight of quiet before, ten days for the outage and its return."""
_QUIET_S = 14.0 * DAY_S
_ON_THE_HALF_HOUR_SHARE = 0.7
_Draw = Callable[[Country, np.random.Generator, float], OutageScript]


def draw_scripts(
    country: Country, rng: np.random.Generator, *, window: Window, n_outages: int = 6
) -> tuple[OutageScript, ...]:
    """Draw outages of random causes, lengths and moments, one in each equal slot of a window.

    Parameters
    ----------
    country : Country
        For its upstreams; it has at least one mobile network, as drawn ones do.
    rng : numpy Generator
        The luck.
    window : Window
        To be simulated.
    n_outages : int
        How many; every cause is as likely as every other.

    Raises
    ------
    UsageError
        ``draw-slots`` when the slots would be shorter than `SLOT_S`.
    """
    if n_outages * SLOT_S > window.duration_s:
        raise UsageError(
            f"{n_outages} outages do not fit into {window}",
            code="draw-slots",
            hint=f"give each {SLOT_S / DAY_S:g} days, or ask for fewer",
        )
    slot_s = window.duration_s / max(1, n_outages)
    spare_s = slot_s - SLOT_S
    return tuple(
        DRAWS[int(rng.integers(len(DRAWS)))](
            country,
            rng,
            window.start_s + k * slot_s + _QUIET_S + (spare_s + 3.0 * DAY_S) * rng.random(),
        )
        for k in range(n_outages)
    )


def _kill_switch(_: Country, rng: np.random.Generator, start_s: float) -> KillSwitch:
    """Half without stretches online; else one to five in days."""
    start_s = _ordered_s(rng, start_s)
    if rng.random() < 0.5:
        return KillSwitch(window=_lasting(rng, start_s, (0.75 * HOUR_S, 2.0 * DAY_S)))
    days = int(rng.integers(1, 6))
    online = []
    for day in range(days):
        at_s = start_s + day * DAY_S + MINUTE_S * float(rng.integers(6 * 60, 14 * 60))
        online.append(_lasting(rng, at_s, (HOUR_S, 8.0 * HOUR_S)))
    return KillSwitch(
        window=Window(start_s=start_s, end_s=start_s + days * DAY_S), online=tuple(online)
    )


def _staggered(_: Country, rng: np.random.Generator, start_s: float) -> StaggeredShutdown:
    """Over one to eight hours, for one to five days."""
    return StaggeredShutdown(
        window=_lasting(rng, _ordered_s(rng, start_s), (DAY_S, 5.0 * DAY_S)),
        stagger_s=float(rng.uniform(1.0, 8.0)) * HOUR_S,
    )


def _curfew(_: Country, rng: np.random.Generator, start_s: float) -> Curfew:
    """Three to seven nights of four to ten hours."""
    first = _lasting(rng, _ordered_s(rng, start_s), (4.0 * HOUR_S, 10.0 * HOUR_S))
    return Curfew(first=first, nights=int(rng.integers(3, 8)))


def _mobile_only(_: Country, rng: np.random.Generator, start_s: float) -> MobileOnly:
    """For one hour to three days."""
    return MobileOnly(window=_lasting(rng, _ordered_s(rng, start_s), (HOUR_S, 3.0 * DAY_S)))


def _upstream(country: Country, rng: np.random.Generator, start_s: float) -> UpstreamFailure:
    """Any upstream, for one hour to four days."""
    network = country.networks[int(rng.integers(len(country.networks)))]
    return UpstreamFailure(
        window=_lasting(rng, start_s, (HOUR_S, 4.0 * DAY_S)), upstream_asn=network.upstream_asn
    )


def _power(_: Country, rng: np.random.Generator, start_s: float) -> PowerFailure:
    """Fail a region or the grid, for two hours to two days."""
    return PowerFailure(
        window=_lasting(rng, start_s, (2.0 * HOUR_S, 2.0 * DAY_S)),
        area_share=float(rng.uniform(0.2, 1.0)),
        return_s=float(rng.uniform(2.0, 12.0)) * HOUR_S,
    )


def _collector(_: Country, rng: np.random.Generator, start_s: float) -> CollectorFailure:
    """Any signal, down to a tenth or by a third, for half an hour to a day."""
    return CollectorFailure(
        window=_lasting(rng, start_s, (0.5 * HOUR_S, DAY_S)),
        quantity=QUANTITIES[int(rng.integers(len(QUANTITIES)))],
        remaining_share=float(rng.uniform(0.1, 0.65)),
    )


DRAWS: tuple[_Draw, ...] = (
    _kill_switch,
    _staggered,
    _curfew,
    _mobile_only,
    _upstream,
    _power,
    _collector,
)
"""One per script that concerns a country."""


def _ordered_s(rng: np.random.Generator, start_s: float) -> float:
    """Move an order's time to the half hour, as a rule; else to the minute."""
    step_s = 30 * MINUTE_S if rng.random() < _ON_THE_HALF_HOUR_SHARE else MINUTE_S
    return float(np.ceil(start_s / step_s)) * step_s


def _lasting(rng: np.random.Generator, start_s: float, lengths_s: Span) -> Window:
    """Draw a length between two, all orders of magnitude alike, in whole minutes."""
    length_s = float(np.exp(rng.uniform(*np.log(lengths_s))))
    return Window(start_s=start_s, end_s=start_s + float(np.ceil(length_s / MINUTE_S)) * MINUTE_S)
