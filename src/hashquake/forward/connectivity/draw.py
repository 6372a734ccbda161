"""Outages of all causes at random, for measuring what finds and classifies them.

Each outage has a slot of the time to itself, with quiet before it to learn from and after it to
return in. Lengths, hours and how often each cause happens follow real outages
(`hashquake.forward.connectivity.outage_laws`).
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

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
from hashquake.forward.connectivity.outage_laws import (
    ARTEFACT_SHARE,
    MOBILE_SHARE,
    ROUTES_STAY_SHARE,
    STAGGERED_SHARE,
    OutageLaws,
    load_outage_laws,
)
from hashquake.forward.connectivity.scripts import OutageScript, Remaining, Span
from hashquake.forward.connectivity.shutdown_scripts import (
    BY_NIGHT,
    BY_ORDER,
    Curfew,
    KillSwitch,
    MobileOnly,
    StaggeredShutdown,
)

SLOT_S = 28.0 * DAY_S
"""The shortest slot: a fortnight of quiet before, ten days for the outage and its return."""
_QUIET_S = 14.0 * DAY_S
_MOST_S = 9.0 * DAY_S
_Draw = Callable[[Country, np.random.Generator, OutageLaws, float], OutageScript]


def draw_scripts(
    country: Country, rng: np.random.Generator, *, window: Window, n_outages: int = 6
) -> tuple[OutageScript, ...]:
    """Draw outages of random causes, lengths and moments, one in each equal slot of a window.

    Parameters
    ----------
    country : Country
        For its upstreams; it has at least one mobile network, as drawn ones do.
    rng : numpy Generator
        Source of randomness.
    window : Window
        To be simulated.
    n_outages : int
        How many; each cause as often as among the real ones.

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
    laws = load_outage_laws()
    odds = np.array([share_of(laws) for share_of in DRAWS.values()])
    draws = list(DRAWS)
    slot_s = window.duration_s / max(1, n_outages)
    spare_s = slot_s - SLOT_S
    return tuple(
        draws[int(rng.choice(len(draws), p=odds))](
            country,
            rng,
            laws,
            window.start_s + k * slot_s + _QUIET_S + (spare_s + 3.0 * DAY_S) * rng.random(),
        )
        for k in range(n_outages)
    )


def _kill_switch(
    _: Country, rng: np.random.Generator, laws: OutageLaws, start_s: float
) -> KillSwitch:
    """Half without stretches online; else one to five in days. Routes go, as a rule."""
    start_s = _ordered_s(rng, start_s, laws.starts_on_the_mark_share)
    remaining = _routes_left(rng)
    length_s = laws.kill_switch.draw_s(rng, least_s=0.6 * HOUR_S, most_s=_MOST_S)
    if length_s < DAY_S or rng.random() < 0.5:
        end_s = _ordered_s(rng, start_s + length_s, laws.ends_on_the_mark_share)
        return KillSwitch(window=Window(start_s=start_s, end_s=end_s), remaining=remaining)
    days = min(5, int(length_s / DAY_S) + 1)
    online = []
    for day in range(days):
        at_s = start_s + day * DAY_S + MINUTE_S * float(rng.integers(6 * 60, 14 * 60))
        online.append(_lasting(rng, at_s, (HOUR_S, 8.0 * HOUR_S)))
    return KillSwitch(
        window=Window(start_s=start_s, end_s=start_s + days * DAY_S),
        online=tuple(online),
        remaining=remaining,
    )


def _routes_left(rng: np.random.Generator) -> Remaining:
    """Draw which part of the routes an order leaves announced."""
    if rng.random() < ROUTES_STAY_SHARE:
        return BY_ORDER
    least_share = float(rng.uniform(0.0, 0.8))
    return Remaining(bgp_share=(least_share, least_share + 0.2))


def _staggered(
    _: Country, rng: np.random.Generator, laws: OutageLaws, start_s: float
) -> StaggeredShutdown:
    """Over one to eight hours, for a day or more."""
    start_s = _ordered_s(rng, start_s, laws.starts_on_the_mark_share)
    length_s = laws.kill_switch.draw_s(rng, least_s=DAY_S, most_s=_MOST_S)
    return StaggeredShutdown(
        window=Window(start_s=start_s, end_s=start_s + length_s),
        stagger_s=float(rng.uniform(1.0, 8.0)) * HOUR_S,
    )


def _curfew(_: Country, rng: np.random.Generator, laws: OutageLaws, start_s: float) -> Curfew:
    """Three to seven windows of one length, a day apart or, as for exams, two."""
    start_s = _ordered_s(rng, start_s, laws.starts_on_the_mark_share)
    length_s = laws.night.draw_s(rng, least_s=0.6 * HOUR_S, most_s=12.0 * HOUR_S)
    end_s = _ordered_s(rng, start_s + length_s, laws.ends_on_the_mark_share)
    every_days = int(rng.integers(1, 3))
    return Curfew(
        first=Window(start_s=start_s, end_s=end_s),
        nights=int(rng.integers(3, 8 if every_days == 1 else 5)),
        every_days=every_days,
        remaining=replace(BY_NIGHT, bgp_share=_routes_left(rng).bgp_share),
    )


def _mobile_only(
    _: Country, rng: np.random.Generator, laws: OutageLaws, start_s: float
) -> MobileOnly:
    """For one hour to three days."""
    start_s = _ordered_s(rng, start_s, laws.starts_on_the_mark_share)
    return MobileOnly(window=_lasting(rng, start_s, (HOUR_S, 3.0 * DAY_S)))


def _upstream(
    country: Country, rng: np.random.Generator, laws: OutageLaws, start_s: float
) -> UpstreamFailure:
    """Any upstream."""
    network = country.networks[int(rng.integers(len(country.networks)))]
    length_s = laws.cable.draw_s(rng, least_s=0.6 * HOUR_S, most_s=_MOST_S)
    return UpstreamFailure(
        window=Window(start_s=start_s, end_s=start_s + length_s), upstream_asn=network.upstream_asn
    )


def _power(_: Country, rng: np.random.Generator, laws: OutageLaws, start_s: float) -> PowerFailure:
    """Fail a region or the grid; the longer it lasts, the longer the grid takes to come back."""
    length_s = laws.power.draw_s(rng, least_s=HOUR_S, most_s=8.0 * DAY_S)
    return PowerFailure(
        window=Window(start_s=start_s, end_s=start_s + length_s),
        area_share=float(rng.uniform(0.2, 1.0)),
        return_s=min(2.0 * DAY_S, float(rng.uniform(0.2, 1.0)) * (2.0 * HOUR_S + length_s)),
    )


def _collector(
    _: Country, rng: np.random.Generator, laws: OutageLaws, start_s: float
) -> CollectorFailure:
    """Any signal, down to a tenth or by a third, for half an hour to a day."""
    del laws
    return CollectorFailure(
        window=_lasting(rng, start_s, (0.5 * HOUR_S, DAY_S)),
        quantity=QUANTITIES[int(rng.integers(len(QUANTITIES)))],
        remaining_share=float(rng.uniform(0.1, 0.65)),
    )


DRAWS: Mapping[_Draw, Callable[[OutageLaws], float]] = MappingProxyType(
    {
        _kill_switch: lambda laws: laws.kill_switch_share * (1.0 - STAGGERED_SHARE),
        _staggered: lambda laws: laws.kill_switch_share * STAGGERED_SHARE,
        _curfew: lambda laws: laws.curfew_share,
        _mobile_only: lambda _: MOBILE_SHARE,
        _upstream: lambda laws: laws.cable_share,
        _power: lambda laws: laws.power_share,
        _collector: lambda _: ARTEFACT_SHARE,
    }
)
"""One per script that concerns a country, with how often it happens."""


def _ordered_s(rng: np.random.Generator, at_s: float, on_the_mark_share: float) -> float:
    """Move an order's time to the next half hour, as a rule; else to the minute."""
    step_s = 30 * MINUTE_S if rng.random() < on_the_mark_share else MINUTE_S
    return float(np.ceil(at_s / step_s)) * step_s


def _lasting(rng: np.random.Generator, start_s: float, lengths_s: Span) -> Window:
    """Draw a length between two, all orders of magnitude alike, in whole minutes."""
    length_s = float(np.exp(rng.uniform(*np.log(lengths_s))))
    return Window(start_s=start_s, end_s=start_s + float(np.ceil(length_s / MINUTE_S)) * MINUTE_S)
