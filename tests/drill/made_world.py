"""What the instruments of the drill measure: a country's connectivity, what pools report.

Simulated, with seeds; the times of Kazakhstan's cuts are those of January 2022. Values are out as
soon as their step is over, but for traffic: what IODA itself takes longer comes on top.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from tests.reported_records import REPORTS

from hashquake.core.reading import Reading
from hashquake.core.times import DAY_S
from hashquake.core.window import Window
from hashquake.forward.connectivity.country import draw_country
from hashquake.forward.connectivity.country_signals import SimulatedSignal, simulate_country
from hashquake.forward.connectivity.scripts import OutageScript
from hashquake.forward.pool_reports import ReportedFall, simulate_reports
from hashquake.sources.services._ioda_signals import SIGNALS

POOLS = ("f2pool", "antpool", "viabtc", "binancepool")
"""The pools that report."""
_SIGNALS = {
    "bgp": "bgp_slash24s",
    "ping-slash24": "probing_slash24s",
    "merit-nt": "telescope_packets",
    "gtr": "traffic_share",
}
_TRAFFIC_UNIT = 1e6
_NETWORKS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One series of an instrument.

    Parameters
    ----------
    start_s, step_s : float
        Of its steps.
    values : array of float64, shape (n,)
        NaN where the instrument was silent.
    seen_s : array of float64, shape (n,)
        When each was out, UTC Unix seconds.
    """

    start_s: float
    step_s: float
    values: NDArray[np.float64]
    seen_s: NDArray[np.float64]

    def out_by(
        self, now_s: float, start_s: float, end_s: float
    ) -> tuple[float, list[float | None]]:
        """Return the first step's start and the values out by an instant, within a window."""
        first = max(0, int((start_s - self.start_s) // self.step_s))
        last = min(len(self.values), int((end_s - self.start_s) // self.step_s))
        found: list[float | None] = []
        for at in range(first, last):
            if self.seen_s[at] > now_s:
                break
            value = float(self.values[at])
            found.append(None if np.isnan(value) else value)
        return self.start_s + first * self.step_s, found


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeWorld:
    """What there is to be asked for.

    Parameters
    ----------
    places : mapping
        Of a country or network, as ``country/KZ``, to its series by the name of the signal.
    reports : mapping
        Of a pool to the ends of its reports and the values, hashes per second.
    """

    places: Mapping[str, Mapping[str, Series]]
    reports: Mapping[str, tuple[NDArray[np.float64], NDArray[np.float64], float]]

    @property
    def networks(self) -> tuple[str, ...]:
        """The numbers of the networks that are watched."""
        return tuple(one.partition("/")[2] for one in self.places if one.startswith("asn/"))

    def latest_report(self, pool: str, now_s: float) -> tuple[float, float] | None:
        """Return the end and the value of a pool's latest report."""
        ends_s, values, _ = self.reports[pool]
        at = int(np.searchsorted(ends_s, now_s, side="right")) - 1
        return None if at < 0 else (float(ends_s[at]), float(values[at]))

    def readings(self, until_s: float) -> tuple[Reading, ...]:
        """Return all that was out by an instant, as the sources would have given it."""
        found = []
        for place, signals in self.places.items():
            for name, series in signals.items():
                start_s, values = series.out_by(until_s, series.start_s, until_s)
                found += [
                    _reading(
                        place.replace("/", ":"),
                        SIGNALS[name].quantity,
                        start_s + at * series.step_s,
                        series.step_s,
                        value,
                        "ioda",
                    )
                    for at, value in enumerate(values)
                    if value is not None
                ]
        for pool, (ends_s, rates, span_s) in self.reports.items():
            found += [
                _reading(f"pool:{pool}", "hashrate_hps", end_s - span_s, span_s, value, "pool_json")
                for end_s, value in zip(ends_s.tolist(), rates.tolist(), strict=True)
                if end_s <= until_s
            ]
        return tuple(sorted(found, key=lambda one: one.window.end_s))


def _reading(
    subject: str, quantity: str, start_s: float, span_s: float, value: float, source: str
) -> Reading:
    return Reading(
        subject=subject,
        quantity=quantity,
        window=Window(start_s=start_s, end_s=start_s + span_s),
        value=value,
        source=source,
    )


def places(
    code: str, window: Window, scripts: Sequence[OutageScript] = (), *, seed: int
) -> dict[str, dict[str, Series]]:
    """Simulate what IODA would have measured of a country, and probes of its networks."""
    rng = np.random.default_rng(seed)
    country = draw_country(rng, code=code, utc_offset_s=6 * 3600.0, n_networks=_NETWORKS)
    signals = simulate_country(country, rng, window=window, scripts=tuple(scripts))
    found: dict[str, dict[str, Series]] = {f"country/{code}": {}}
    for name, quantity in _SIGNALS.items():
        signal = next(one for one in signals.signals if one.quantity == quantity)
        found[f"country/{code}"][name] = _series(signal, signal.national, name)
        if name == "ping-slash24":
            for network, values in zip(country.networks, signal.by_network, strict=True):
                found[f"asn/{network.asn}"] = {name: _series(signal, values, name)}
    return found


def _series(signal: SimulatedSignal, values: NDArray[np.floating], name: str) -> Series:
    traffic = name == "gtr"
    ends_s = signal.times_s + signal.step_s
    return Series(
        start_s=signal.start_s,
        step_s=float(signal.step_s),
        values=np.rint(np.asarray(values, np.float64) * (_TRAFFIC_UNIT if traffic else 1.0)),
        seen_s=signal.seen_s if traffic else ends_s,
    )


def pool_reports(
    window: Window,
    *,
    hashrate_hps: float,
    shares: tuple[float, ...],
    seed: int,
    fall: Window | None,
    fall_share: float = 0.0,
) -> dict[str, tuple[NDArray[np.float64], NDArray[np.float64], float]]:
    """Simulate what the pools report, with a fall of all of them.

    Parameters
    ----------
    window : Window
        From when to when.
    hashrate_hps : float
        Of the network, hashes per second.
    shares : tuple of float
        Of the blocks of that time, in the order of `POOLS`.
    seed : int
        Of the reports' noise.
    fall : Window or None
        When all of them report less.
    fall_share : float
        By how much, 0 to 1.
    """
    imposed = None
    if fall is not None:
        imposed = ReportedFall(
            start_s=fall.start_s - window.start_s,
            end_s=fall.end_s - window.start_s,
            shares=(fall_share,),
        )
    model = replace(REPORTS, hashrate_hps=hashrate_hps, shares=shares)
    found = simulate_reports(
        model,
        np.random.default_rng(seed),
        days=window.duration_s / DAY_S,
        start_s=window.start_s,
        fall=imposed,
    ).reported
    return {
        pool: (found.end_s[found.pool == at], found.value[found.pool == at], model.spans_s[at])
        for at, pool in enumerate(POOLS)
    }
