"""Measure how long a detector takes to find a drop: forks of one simulated network."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hashquake.core.difficulty import BLOCK_TARGET_S
from hashquake.core.times import DAY_S, YEAR_S
from hashquake.forward.null import NullModel, SimulatedDrop, advance
from hashquake.forward.null import start as start_null
from hashquake.judge.calibration import BURN_IN_S, PATH_YEARS, Detector

CAP_S = 30.0 * DAY_S
"""Delays are cut here, and a drop not found by then counts as found then."""
_APART_S = 15.0 * DAY_S
_QUIET_S = 10.0 * DAY_S
_CHUNK_BLOCKS = 432


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Delays:
    """Delays measured on simulated drops.

    Parameters
    ----------
    drop_share : float
        The drop.
    delay_s : array of float, shape (runs,)
        From onset to detection, cut at `CAP_S`, for onsets after ten days without an alarm.
    any_instant_s : array of float, shape (more,)
        The same for onsets at any instant, soon after an alarm too; empty when not measured.
    """

    drop_share: float
    delay_s: NDArray[np.float64]
    any_instant_s: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))

    @property
    def mean_s(self) -> float:
        """Mean with undetected drops counted at the cap."""
        return float(self.delay_s.mean())

    @property
    def mean_error_s(self) -> float:
        """Standard error of the mean."""
        return float(self.delay_s.std() / np.sqrt(len(self.delay_s)))

    @property
    def any_instant_mean_s(self) -> float:
        """Mean over onsets at any instant, undetected drops counted at the cap."""
        return float(self.any_instant_s.mean())

    @property
    def found_share(self) -> float:
        """The part found before the cap."""
        return float((self.delay_s < CAP_S).mean())

    def quantile_s(self, level: float) -> float:
        """Return a quantile; infinite where it lies beyond the cap.

        Parameters
        ----------
        level : float
            0 to 1.
        """
        value = float(np.quantile(self.delay_s, level, method="higher"))
        return value if value < CAP_S else float("inf")


def measure_delays(
    detector: Detector,
    *,
    drop_share: float,
    threshold: float,
    runs: int,
    seed: int,
    model: NullModel | None = None,
) -> Delays:
    """Impose a lasting drop on a quiet network many times and time the detector.

    One network is followed; every 15 days it is forked into a copy in which hash rate falls at
    once. Delays are kept apart for instants at which the detector has not alarmed for ten days.
    Forks cost nothing because states are values.

    Parameters
    ----------
    detector : Detector
        A detector plugin.
    drop_share : float
        The part that stops for good.
    threshold : float
        Natural logarithm of the statistic at which it alarms.
    runs, seed : int
        How many drops after ten days without an alarm, and which random numbers.
    model : NullModel or None
        How the hash rate moves; None is the record's.
    """
    model = NullModel() if model is None else model
    rng = np.random.default_rng(seed)
    network = start_null(model, rng)
    watcher = detector.start(false_alarms_per_year=float("nan"), threshold=threshold)
    last_alarm_s, began_s = float("-inf"), network.clock_s
    delays: list[float] = []
    at_any: list[float] = []
    skip_blocks = round(BURN_IN_S / BLOCK_TARGET_S)
    while len(delays) < runs:
        if network.clock_s - began_s > PATH_YEARS * YEAR_S:
            network = start_null(model, rng)
            began_s = network.clock_s
            watcher = detector.start(false_alarms_per_year=float("nan"), threshold=threshold)
            last_alarm_s, skip_blocks = float("-inf"), round(BURN_IN_S / BLOCK_TARGET_S)
        blocks, network = advance(model, network, rng, n_blocks=skip_blocks)
        watcher, picks = detector.step(watcher, blocks)
        skip_blocks = round(_APART_S / BLOCK_TARGET_S)
        last_alarm_s = max([last_alarm_s, *(pick.detected_s for pick in picks)])
        onset_s = network.clock_s
        drop = SimulatedDrop(share=drop_share, start_s=onset_s)
        forked, fork = watcher, network
        found_s = onset_s + CAP_S
        while fork.clock_s < onset_s + CAP_S:
            blocks, fork = advance(model, fork, rng, n_blocks=_CHUNK_BLOCKS, drop=drop)
            forked, picks = detector.step(forked, blocks)
            if picks:
                found_s = min(found_s, picks[0].detected_s)
                break
        at_any.append(found_s - onset_s)
        if onset_s - last_alarm_s >= _QUIET_S:
            delays.append(found_s - onset_s)
    return Delays(drop_share=drop_share, delay_s=np.array(delays), any_instant_s=np.array(at_any))
