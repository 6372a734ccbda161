"""What others use, behind the detectors' contract, so that all are judged by one procedure.

Each peer is calibrated on the same simulated nulls to the same *measured* false-alarm rate and
timed on the same forked drops as our own detector. They see the clock and the work of blocks; an
alarm closes each for as long as it closes ours. river and ruptures are test extras.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hashquake.core.columns import BlockColumns
from hashquake.core.errors import HashquakeError
from hashquake.core.interval import Interval
from hashquake.core.pick import Pick
from hashquake.core.times import DAY_S, HOUR_S
from hashquake.core.window import Window

Floats = NDArray[np.float64]
HOLD_S = 7.0 * DAY_S
_KEEP_S = 40.0 * DAY_S


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PeerState:
    """What a peer remembers: the last forty days of blocks, and its own memory.

    Parameters
    ----------
    threshold : float
        Above which the peer alarms.
    clock_s, work_hashes : array of float64, shape (n,)
        When the blocks of the last forty days were found, UTC Unix seconds, and the hashes they
        take.
    began_s : float
        Time of the first block seen, UTC Unix seconds.
    open_at_s : float
        Instant from which an alarm may be raised, UTC Unix seconds.
    memory : object
        The peer's own.
    """

    threshold: float
    clock_s: Floats = field(default_factory=lambda: np.empty(0))
    work_hashes: Floats = field(default_factory=lambda: np.empty(0))
    began_s: float = float("nan")
    open_at_s: float = float("-inf")
    memory: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A method in use elsewhere.

    Parameters
    ----------
    name, title : str
        As printed.
    look : callable
        ``(state, fresh, hold) -> (state, instants)``: the instants at which it alarms among the
        fresh blocks, given the state that already holds them.
    low, high : float
        Thresholds between which the search runs; higher is rarer.
    describe : callable
        The threshold in the method's own terms.
    """

    name: str
    title: str
    look: Callable[[PeerState, int], tuple[PeerState, list[float]]]
    low: float
    high: float
    describe: Callable[[float], str]

    def start(
        self, *, false_alarms_per_year: float = float("nan"), threshold: float | None = None
    ) -> PeerState:
        """Make a peer that has seen nothing.

        Parameters
        ----------
        false_alarms_per_year : float
            The rate that the threshold is calibrated to, above 0.
        threshold : float or None
            Used in place of the calibrated one.
        """
        del false_alarms_per_year
        if threshold is None:
            raise HashquakeError(f"{self.name} has no bundled threshold", code="threshold-missing")
        return PeerState(threshold=threshold)

    def step(
        self, state: PeerState, blocks: BlockColumns, now_s: float | None = None
    ) -> tuple[PeerState, tuple[Pick, ...]]:
        """Take blocks.

        Parameters
        ----------
        state : PeerState
            From `start` or the last step.
        blocks : BlockColumns
            The next blocks, in order of height.
        now_s : float or None
            Our clock, UTC Unix seconds; None is the last block's time.
        """
        del now_s
        if not len(blocks):
            return state, ()
        times = np.concatenate([state.clock_s[-1:], blocks.header_s.astype(np.float64)])
        fresh_s = np.maximum.accumulate(times)[len(state.clock_s[-1:]) :]
        kept = int(np.searchsorted(state.clock_s, fresh_s[0] - _KEEP_S))
        fuller = replace(
            state,
            clock_s=np.concatenate([state.clock_s[kept:], fresh_s]),
            work_hashes=np.concatenate([state.work_hashes[kept:], blocks.work_hashes]),
            began_s=float(fresh_s[0]) if np.isnan(state.began_s) else state.began_s,
        )
        after, instants = self.look(fuller, len(fresh_s))
        return after, tuple(self._pick(at_s, state.threshold) for at_s in instants)

    def _pick(self, at_s: float, threshold: float) -> Pick:
        return Pick(
            subject="network",
            onset=Window(start_s=at_s - HOUR_S, end_s=at_s),
            detected_s=at_s,
            remaining_share=Interval(median=1.0, low=0.0, high=1.0, level=0.9),
            statistic=threshold,
            threshold=threshold,
            false_alarms_per_year=float("nan"),
            made_by=self.name,
        )


def _thin(state: PeerState, instants: Floats) -> tuple[PeerState, list[float]]:
    """Keep the alarms that come while open."""
    kept: list[float] = []
    open_at_s = state.open_at_s
    for at_s in instants:
        if at_s >= open_at_s:
            kept.append(float(at_s))
            open_at_s = float(at_s) + HOLD_S
    return replace(state, open_at_s=open_at_s), kept


def moving_average(*, short_s: float, long_s: float, name: str, title: str) -> Peer:
    """Alarm when a short mean lies a share below a long one; looked at every hour.

    Parameters
    ----------
    short_s, long_s : float
        The two trailing windows.
    name, title : str
        As printed.
    """

    def look(state: PeerState, fresh: int) -> tuple[PeerState, list[float]]:
        clock_s = state.clock_s
        since_s = clock_s[-fresh - 1] if len(clock_s) > fresh else clock_s[0]
        hours = np.arange(np.floor(since_s / HOUR_S) + 1, np.floor(clock_s[-1] / HOUR_S) + 1)
        hours_s = hours * HOUR_S
        hours_s = hours_s[hours_s - long_s > state.began_s]
        sums = np.concatenate([[0.0], np.cumsum(state.work_hashes)])

        def rate(width_s: float) -> Floats:
            first = np.searchsorted(clock_s, hours_s - width_s, side="right")
            stop = np.searchsorted(clock_s, hours_s, side="right")
            return np.asarray((sums[stop] - sums[first]) / width_s)

        fallen = rate(short_s) <= (1.0 - state.threshold / 10.0) * rate(long_s)
        return _thin(state, hours_s[fallen])

    return Peer(
        name=name,
        title=title,
        look=look,
        low=0.5,
        high=6.0,
        describe=lambda threshold: f"-{threshold * 10:.1f} %",
    )


def _river(make: Callable[[float], Any], feed: Callable[[Any, float], bool]) -> Any:
    """Feed interval by interval, as a multiple of the discounted mean of the last month."""

    def look(state: PeerState, fresh: int) -> tuple[PeerState, list[float]]:
        mean, weight, inner = (
            (0.0, 0.0, make(state.threshold))
            if state.memory is None
            # A state is a value: the library's detector is changed in place, so it is copied.
            else (*state.memory[:2], copy.deepcopy(state.memory[2]))
        )
        first = max(len(state.clock_s) - fresh, 1)
        gaps_s = np.diff(state.clock_s)[first - 1 :] / state.work_hashes[first:]
        alarms: list[float] = []
        open_at_s = state.open_at_s
        for gap, at_s in zip(gaps_s.tolist(), state.clock_s[first:].tolist(), strict=True):
            keep = 1.0 - 1.0 / min(weight + 1.0, 30.0 * 144.0)
            mean, weight = keep * mean + (1.0 - keep) * gap, weight + 1.0
            if weight < 1000.0:
                continue
            if feed(inner, gap / mean) and at_s >= open_at_s:
                alarms.append(at_s)
                open_at_s = at_s + HOLD_S
                inner = make(state.threshold)
        return replace(state, memory=(mean, weight, inner), open_at_s=open_at_s), alarms

    return look


def page_hinkley(*, tuned: bool = False) -> Peer:
    """PageHinkley of river on intervals, upwards; all but the threshold as the library has it.

    Parameters
    ----------
    tuned : bool
        Whether to choose its tolerance in its favour: half of the smallest drop looked for, and
        no forgetting, which makes it CUSUM with a moving mean.
    """
    drift = _import("river.drift")
    choice = {"delta": 0.07, "alpha": 1.0} if tuned else {}

    def make(threshold: float) -> Any:
        return drift.PageHinkley(threshold=threshold * 10.0, mode="up", **choice)

    def feed(inner: Any, value: float) -> bool:
        inner.update(value)
        return bool(inner.drift_detected)

    return Peer(
        name="page_hinkley_tuned" if tuned else "page_hinkley",
        title="river PageHinkley, tolerance 0.07" if tuned else "river PageHinkley",
        look=_river(make, feed),
        low=1.0,
        high=40.0,
        describe=lambda threshold: f"threshold {threshold * 10:.0f}",
    )


def adwin() -> Peer:
    """ADWIN of river on intervals; an alarm is a change after which intervals are longer."""
    drift = _import("river.drift")

    def make(threshold: float) -> Any:
        return drift.ADWIN(delta=float(np.exp(-threshold)))

    def feed(inner: Any, value: float) -> bool:
        before = inner.estimation
        inner.update(value)
        return bool(inner.drift_detected) and inner.estimation > before

    return Peer(
        name="adwin",
        title="river ADWIN",
        look=_river(make, feed),
        low=0.2,
        high=16.0,
        describe=lambda threshold: f"delta {np.exp(-threshold):.2g}",
    )


def pelt_daily() -> Peer:
    """Search the last four weeks in six-hour bins again each midnight with ruptures' linear kernel.

    With the l2 cost, which is what the linear kernel computes; an alarm is a last segment that
    began within a week and is lower than the one before.
    """
    ruptures = _import("ruptures")
    bin_s, n_bins = 6 * HOUR_S, 112

    def look(state: PeerState, fresh: int) -> tuple[PeerState, list[float]]:
        clock_s = state.clock_s
        since_s = clock_s[-fresh - 1] if len(clock_s) > fresh else clock_s[0]
        days_s = np.arange(np.floor(since_s / DAY_S) + 1, np.floor(clock_s[-1] / DAY_S) + 1) * DAY_S
        alarms = []
        for day_s in days_s:
            edges_s = day_s + bin_s * np.arange(-n_bins, 1)
            if edges_s[0] < state.began_s or day_s < state.open_at_s:
                continue
            part = slice(*np.searchsorted(clock_s, edges_s[[0, -1]], side="right"))
            signal, _ = np.histogram(clock_s[part], edges_s, weights=state.work_hashes[part])
            signal = signal / signal.mean() * 6.0
            search = ruptures.KernelCPD(kernel="linear", min_size=2)
            ends = search.fit(signal[:, None]).predict(pen=state.threshold)
            if len(ends) < 2 or n_bins - ends[-2] > 28:
                continue
            earlier = ends[-3] if len(ends) > 2 else 0
            if signal[ends[-2] :].mean() < signal[earlier : ends[-2]].mean():
                alarms.append(float(day_s))
        return _thin(state, np.array(alarms))

    return Peer(
        name="pelt_daily",
        title="ruptures PELT l2, rerun daily",
        look=look,
        low=2.0,
        high=40.0,
        describe=lambda threshold: f"penalty {threshold:.1f}",
    )


PEER_MAKERS: dict[str, Callable[[], Peer]] = {
    "mean_24h": partial(
        moving_average, short_s=DAY_S, long_s=7 * DAY_S, name="mean_24h", title="24 h against 7 d"
    ),
    "mean_3d": partial(
        moving_average,
        short_s=3 * DAY_S,
        long_s=14 * DAY_S,
        name="mean_3d",
        title="3 d against 14 d",
    ),
    "page_hinkley": page_hinkley,
    "page_hinkley_tuned": partial(page_hinkley, tuned=True),
    "adwin": adwin,
    "pelt_daily": pelt_daily,
}
"""How each peer is made; some need the test extras."""


def _import(name: str) -> Any:
    from importlib import import_module  # noqa: PLC0415  only where a peer is asked for

    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        raise HashquakeError(
            f"the peers need {error.name}, which is not installed",
            code="plugin-extra",
            hint="install hashquake[test]",
        ) from None
