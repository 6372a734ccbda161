"""Simulated country-years put through the outage detectors: what was true, what was found.

A trial is the same for the same seed and index, whoever runs it and in whatever order. Nothing of
the truth reaches the detectors; see ``docs/theory/outage_backtest.md`` for the rules.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

import numpy as np

from hashquake.core.outage import OutageClassName
from hashquake.core.times import DAY_S, HOUR_S, MINUTE_S, YEAR_S
from hashquake.core.window import Window
from hashquake.detect.anomaly_flags import AnomalyFlags
from hashquake.detect.detector_choice import HISTORY_S, OWN, Detectors, judge_series
from hashquake.detect.fusion import DIRECT, Fused, fuse
from hashquake.detect.outage_features import OutageFeatures, WatchedNetwork, features_of
from hashquake.detect.outages import neighbours
from hashquake.detect.series import BGP, PROBING, TELESCOPE, TRAFFIC, Series
from hashquake.forward.connectivity.country import Country, draw_country
from hashquake.forward.connectivity.country_signals import (
    CountrySignals,
    SimulatedSignal,
    simulate_country,
)
from hashquake.forward.connectivity.draw import draw_scripts
from hashquake.forward.connectivity.model import Quantity
from hashquake.forward.connectivity.scripts import Cause
from hashquake.forward.connectivity.truth import TrueOutage, signal_down

SIGNAL_OF: Mapping[Quantity, str] = MappingProxyType(
    {
        "bgp_slash24s": BGP,
        "probing_slash24s": PROBING,
        "telescope_packets": TELESCOPE,
        "traffic_share": TRAFFIC,
    }
)
CLASS_OF: Mapping[Cause, OutageClassName] = MappingProxyType(
    {
        "kill_switch": "kill_switch",
        "curfew": "curfew",
        "mobile_only": "mobile_only",
        "upstream_failure": "cable",
        "network_fault": "cable",
        "power_failure": "power",
        "measurement_artefact": "artefact",
    }
)
"""The class that is right for a simulated cause; ``unknown`` never is, it abstains."""
BEGAN_DEPTH_SHARE = 0.1
"""A fall has begun when a tenth of the country's users are gone and do not come back before it."""
LEAST_DARK_S = 30.0 * MINUTE_S
LEAST_RESTORATION_S = HOUR_S
MOST_OUTAGES = 6
_YEAR = Window(start_s=18_993.0 * DAY_S, end_s=18_993.0 * DAY_S + 365.0 * DAY_S)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialOutage:
    """One outage that was true.

    Parameters
    ----------
    right : str
        Its class, one of `hashquake.core.outage.OUTAGE_CLASSES`.
    window : Window
        From the first network's fall to the last one's return.
    dark : tuple of Window
        While at least 30 % of its users were gone; none for a fault of an instrument.
    began_s : float
        When the fall began that led to the first dark window longer than half an hour.
    depth_share : float
        The largest part of the users gone at once.
    """

    right: OutageClassName
    window: Window
    dark: tuple[Window, ...]
    began_s: float
    depth_share: float

    @property
    def national(self) -> bool:
        """Whether it was dark for longer than half an hour: what has to be found."""
        return any(window.duration_s > LEAST_DARK_S for window in self.dark)

    @property
    def restorations(self) -> tuple[Window, ...]:
        """Stretches of an hour or more between dark windows."""
        dark = [window for window in self.dark if window.duration_s > LEAST_DARK_S]
        between = [(a.end_s, b.start_s) for a, b in pairwise(dark)]
        return tuple(
            Window(start_s=start_s, end_s=end_s)
            for start_s, end_s in between
            if end_s - start_s >= LEAST_RESTORATION_S
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One outage that was found.

    Parameters
    ----------
    dark, restorations : tuple of Window
        As found.
    onset : Window
        As found.
    step_s : float
        Native step of the most direct signal that saw it.
    features : OutageFeatures
        With the country's networks watched one by one.
    bare : OutageFeatures
        The same from the country's own signals alone.
    """

    dark: tuple[Window, ...]
    restorations: tuple[Window, ...]
    onset: Window
    step_s: float
    features: OutageFeatures
    bare: OutageFeatures

    @property
    def onset_s(self) -> float:
        """The middle of the onset."""
        return (self.onset.start_s + self.onset.end_s) / 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CountryYear:
    """One trial.

    Parameters
    ----------
    years : float
        How long it was.
    events : tuple of TrialOutage
        What was true.
    found : tuple of Found
        What was found, in order of time.
    """

    years: float
    events: tuple[TrialOutage, ...]
    found: tuple[Found, ...]


def run_country_year(seed: int, index: int, detectors: Detectors = OWN) -> CountryYear:
    """Simulate a country for a year with none to six outages, and look for them.

    Parameters
    ----------
    seed, index : int
        The seed, and which of its country-years.
    detectors : Detectors
        Among which each series finds the one that judges it, as in use.
    """
    seen = _simulated(seed, index)
    national = _judged(seen, detectors)
    return CountryYear(
        years=_YEAR.duration_s / YEAR_S,
        events=tuple(_event(outage, seen.country) for outage in seen.outages),
        found=_found_all(fuse(national), national, seen, detectors),
    )


def simulated_signals(seed: int, index: int, detectors: Detectors = OWN) -> list[AnomalyFlags]:
    """Return the judged national signals of a country-year.

    Parameters
    ----------
    seed, index, detectors
        As for `run_country_year`.
    """
    return _judged(_simulated(seed, index), detectors)


def _simulated(seed: int, index: int) -> CountrySignals:
    rng = np.random.default_rng([seed, index])
    of_country, of_scripts, of_signals = rng.spawn(3)
    country = draw_country(
        of_country,
        utc_offset_s=float(of_country.integers(-12, 13)) * HOUR_S,
        n_networks=int(of_country.integers(12, 41)),
        n_upstreams=int(of_country.integers(2, 5)),
        slash24s=float(np.exp(of_country.uniform(np.log(2_000.0), np.log(50_000.0)))),
    )
    scripts = draw_scripts(
        country,
        of_scripts,
        window=_YEAR,
        n_outages=int(of_scripts.integers(0, MOST_OUTAGES + 1)),
    )
    return simulate_country(country, of_signals, window=_YEAR, scripts=scripts)


def _judged(seen: CountrySignals, detectors: Detectors) -> list[AnomalyFlags]:
    return [
        judge_series(
            _series(signal, signal.national, f"country:{seen.country.code}"),
            detectors,
            quantity=signal.quantity,
        )
        for signal in seen.signals
    ]


def _series(
    signal: SimulatedSignal, values: np.typing.NDArray[np.floating], subject: str
) -> Series:
    return Series(
        subject=subject,
        signal=SIGNAL_OF[signal.quantity],
        start_s=signal.start_s,
        step_s=float(signal.step_s),
        values=np.asarray(values, np.float64),
    )


def _event(outage: TrueOutage, country: Country) -> TrialOutage:
    dark = [window for window in outage.dark if window.duration_s > LEAST_DARK_S]
    began_s = outage.window.start_s
    if dark:
        falls = signal_down(
            outage, country, quantity="traffic_share", depth_share=BEGAN_DEPTH_SHARE
        )
        began_s = next(fall.start_s for fall in falls if fall.holds(dark[0].start_s))
    return TrialOutage(
        right=CLASS_OF[outage.cause],
        window=outage.window,
        dark=outage.dark,
        began_s=began_s,
        depth_share=float(outage.depth_share[-1]),
    )


def _found_all(
    found: Sequence[Fused],
    national: list[AnomalyFlags],
    seen: CountrySignals,
    detectors: Detectors,
) -> tuple[Found, ...]:
    outages = []
    for at, fused in enumerate(found):
        direct = min(
            (w.signal for w in fused.seen_by if w.signal in DIRECT), key=DIRECT.index
        )  # fmt: skip
        near = neighbours(found, at)
        outages.append(
            Found(
                dark=fused.dark_windows,
                restorations=fused.restorations,
                onset=fused.onset,
                step_s=next(flags.step_s for flags in national if flags.signal == direct),
                features=features_of(fused, _members(fused, seen, detectors), neighbours=near),
                bare=features_of(fused, neighbours=near),
            )
        )
    return tuple(outages)


def _members(fused: Fused, seen: CountrySignals, detectors: Detectors) -> list[WatchedNetwork]:
    """Watch each network until its first return, with the history that production reads."""
    first = fused.dark_windows[0]
    stretch = Window(start_s=first.start_s - HISTORY_S, end_s=first.end_s + 14.0 * HOUR_S)
    cuts = [
        _cut(signal, stretch) for signal in seen.signals if SIGNAL_OF[signal.quantity] in DIRECT
    ]
    return [
        WatchedNetwork(
            subject=f"asn:{network.asn}",
            weight_share=network.users_share,
            flags=tuple(
                judge_series(
                    _series(signal, signal.by_network[k], f"asn:{network.asn}"),
                    detectors,
                    quantity=signal.quantity,
                )
                for signal in cuts
            ),
            access="mobile" if network.mobile else "fixed",
            upstream=f"asn:{network.upstream_asn}",
        )
        for k, network in enumerate(seen.country.networks)
    ]


def _cut(signal: SimulatedSignal, stretch: Window) -> SimulatedSignal:
    first = max(0, int((stretch.start_s - signal.start_s) // signal.step_s))
    past = max(first, int((stretch.end_s - signal.start_s) // signal.step_s))
    return SimulatedSignal(
        quantity=signal.quantity,
        start_s=signal.start_s + first * signal.step_s,
        step_s=signal.step_s,
        by_network=signal.by_network[:, first:past],
        national=signal.national[first:past],
        seen_s=signal.seen_s[first:past],
    )
