"""How four instruments see a country in which nothing breaks: rhythm, noise, lag, gaps.

The numbers are round figures of the sizes that public dashboards show, not fits to a record; the
steps and lags are those of IODA. Every one is an argument. See
``docs/theory/connectivity_simulator.md``.
"""

from dataclasses import dataclass
from typing import Literal

from hashquake.core.times import DAY_S, HOUR_S, MINUTE_S

Quantity = Literal["bgp_slash24s", "probing_slash24s", "telescope_packets", "traffic_share"]
QUANTITIES: tuple[Quantity, ...] = (
    "bgp_slash24s",
    "probing_slash24s",
    "telescope_packets",
    "traffic_share",
)
"""Blocks routed, blocks that answer probes, packets at a darknet, share of the usual traffic."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalModel:
    """What all four instruments have.

    Parameters
    ----------
    step_s : int
        Native step; a divisor of a day.
    lag_s, lag_spread_s : float
        From the end of a step until its value is out: the least, and the width of a uniform rest.
    daily_share : float
        Amplitude of the daily rhythm, the evening's peak over the mean.
    weekend_share : float
        What Saturday and Sunday have less than a working day.
    drift_share, drift_s : float
        Standard deviation and time constant of a slow drift, each network its own.
    gaps_per_year, gap_s : float
        How often the whole instrument is silent, and for how long on average.
    missing_share : float
        The part of single values of single networks that never arrives.
    """

    step_s: int
    lag_s: float
    lag_spread_s: float = 0.0
    daily_share: float = 0.0
    weekend_share: float = 0.0
    drift_share: float = 0.0
    drift_s: float = 7.0 * DAY_S
    gaps_per_year: float = 6.0
    gap_s: float = 2.0 * HOUR_S
    missing_share: float = 0.0005


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectivityModel:
    """The four instruments, and what each has alone.

    Parameters
    ----------
    bgp, probing, telescope, traffic : SignalModel
        What they have in common.
    route_changes_per_year, route_change_share : float
        How often a network's number of routes steps, and the steps' standard deviation.
    dips_share, dip_share : float
        The part of steps in which routes converge, and the largest part missing then.
    up_share : float
        The part of announced blocks that answers probes.
    packets_per_slash24 : float
        Mean packets at the telescope in a step.
    bursts_per_year, burst_s, burst_tail : float
        Scans and attacks of one network: how often, mean length, and the Pareto exponent of what
        they add, in units of its usual packets (at least 1, at most 300).
    traffic_noise_share : float
        Standard deviation of one step of a network with a tenth of the country's users; it falls
        with the square root of the users.
    faults_per_year, fault_s : float
        A small network's own failures, in all signals: how often, and their median length.
    """

    bgp: SignalModel = SignalModel(step_s=5 * MINUTE_S, lag_s=5.0 * MINUTE_S)
    probing: SignalModel = SignalModel(
        step_s=10 * MINUTE_S, lag_s=20.0 * MINUTE_S, daily_share=0.01, drift_share=0.01
    )
    telescope: SignalModel = SignalModel(
        step_s=5 * MINUTE_S,
        lag_s=10.0 * MINUTE_S,
        daily_share=0.15,
        weekend_share=0.05,
        drift_share=0.15,
        drift_s=2.0 * DAY_S,
    )
    traffic: SignalModel = SignalModel(
        step_s=30 * MINUTE_S,
        lag_s=60.0 * MINUTE_S,
        lag_spread_s=30.0 * MINUTE_S,
        daily_share=0.45,
        weekend_share=0.08,
        drift_share=0.04,
    )
    route_changes_per_year: float = 12.0
    route_change_share: float = 0.004
    dips_share: float = 0.002
    dip_share: float = 0.02
    up_share: float = 0.6
    packets_per_slash24: float = 3.0
    bursts_per_year: float = 40.0
    burst_s: float = 20.0 * MINUTE_S
    burst_tail: float = 1.5
    traffic_noise_share: float = 0.02
    faults_per_year: float = 2.0
    fault_s: float = 1.0 * HOUR_S

    def of(self, quantity: Quantity) -> SignalModel:
        """Return the instrument that measures a quantity.

        Parameters
        ----------
        quantity : Quantity
            What is measured.
        """
        return {
            "bgp_slash24s": self.bgp,
            "probing_slash24s": self.probing,
            "telescope_packets": self.telescope,
            "traffic_share": self.traffic,
        }[quantity]
