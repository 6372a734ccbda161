"""A series of readings that goes on as it was, judged value by value.

Steady is a series with one value a bin, on the grid of its step, that states no usual values: then
what a later value adds is a bin at the end, and the detector steps on from where it stood.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isfinite

import numpy as np

from hashquake.catalog.signals import Signal
from hashquake.core.errors import NoCoverage
from hashquake.core.reading import Reading
from hashquake.detect.anomaly_flags import join
from hashquake.detect.detector_choice import Detectors, ReadingDetector
from hashquake.detect.series import Series
from hashquake.detect.signal_of import is_change


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SteadySeries:
    """A series with its detector.

    Parameters
    ----------
    detector : ReadingDetector
        That judges it.
    state : object
        The detector's, after the last bin.
    signal : Signal
        The judged series, with all values that are still needed.
    """

    detector: ReadingDetector
    state: object
    signal: Signal

    @property
    def series(self) -> Series:
        """The values that are kept."""
        return self.signal.series


def begun(readings: Sequence[Reading], detectors: Detectors) -> SteadySeries | None:
    """Judge a series from its beginning; None where it is not steady, or nothing judges it.

    Parameters
    ----------
    readings : sequence of Reading
        Of one source and quantity of a place, oldest first.
    detectors : Detectors
        Among which it finds the one that judges it.
    """
    first = readings[0]
    name = detectors.signal_of(first.quantity)
    if name is None or is_change(first.quantity) or first.quantity.endswith("_state"):
        return None
    step_s = first.window.duration_s
    start_s = np.floor(first.window.start_s / step_s) * step_s
    empty = Series(
        subject=first.subject,
        signal=name,
        start_s=float(start_s),
        step_s=step_s,
        values=np.zeros(0),
    )
    series = _with_values(empty, readings)
    if series is None:
        return None
    try:
        detector = detectors.chosen(series, first.quantity)
    except NoCoverage:
        return None
    if detector.package or detector.card.lag_s:
        return None
    state, flags = detector.step(detector.start(), series)
    flags = replace(flags, source=first.source, quantity=first.quantity)
    return SteadySeries(detector=detector, state=state, signal=Signal(flags=flags, series=series))


def gone_on(
    before: SteadySeries, readings: Sequence[Reading], detectors: Detectors
) -> SteadySeries | None:
    """Judge later values; None where the series is to be judged again.

    Parameters
    ----------
    before : SteadySeries
        Not changed.
    readings : sequence of Reading
        Of the same source and quantity, in the order they came.
    detectors : Detectors
        Among which the whole series must still find the same one.
    """
    ordered = sorted(readings, key=lambda one: one.window.start_s)
    series = _with_values(before.series, ordered)
    if series is None:
        return None
    quantity = before.signal.flags.quantity
    if detectors.may_change(before.series, series) and (
        detectors.chosen(series, quantity).card != before.detector.card
    ):
        return None
    state, fresh = before.detector.step(before.state, series)
    flags = join([before.signal.flags, fresh])
    return replace(before, state=state, signal=replace(before.signal, flags=flags, series=series))


def _with_values(series: Series, readings: Sequence[Reading]) -> Series | None:
    """Return a series with more bins at its end; None where the readings are not steady."""
    step_s, first = series.step_s, len(series)
    values: dict[int, float] = {}
    for one in readings:
        start_s = one.window.start_s
        at = round((start_s - series.start_s) / step_s)
        steady = (
            one.window.duration_s == step_s
            and start_s % step_s == 0.0
            and at >= first
            and at not in values
            and one.normal is None
            and isfinite(one.value)
            and one.value >= 0.0
        )
        if not steady:
            return None
        values[at] = one.value
    if not values:
        return None
    added = np.full(max(values) + 1 - first, np.nan)
    for at, value in values.items():
        added[at - first] = value
    return replace(series, values=np.concatenate([series.values, added]))
