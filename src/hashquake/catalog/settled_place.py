"""Let go of the bins of a place that can change no outage any more.

A watcher keeps the judged signals of every country, and a year of three instruments takes three
megabytes. What was settled stands as it was described (`hashquake.detect.settled_fusion`); of the
bins it was found in only remains when each instrument spoke, since a later question may be why one
of them saw nothing.
"""

from dataclasses import replace
from math import floor

from hashquake.catalog.judged_place import JudgedPlace, Pair, whole
from hashquake.catalog.signals import Signal
from hashquake.catalog.steady_series import SteadySeries
from hashquake.core.outage import evidence_of
from hashquake.core.times import DAY_S
from hashquake.core.window import Window
from hashquake.detect.detector_choice import Detectors
from hashquake.detect.settled_fusion import HISTORY_S, without_beginnings

KEPT_S = 60.0 * DAY_S
"""So much of every series stays, or what the detectors' cards ask for where that is more."""
_AT_ONCE_S = 30.0 * DAY_S
"""Bins are let go of a month at a time."""


def without_settled_bins(place: JudgedPlace, detectors: Detectors) -> JudgedPlace:
    """Return a country without the bins that no later search reads.

    Parameters
    ----------
    place : JudgedPlace
        It is returned as it is where nothing is settled, where less than a month could go, or where
        transcribed signals stand in for measured ones, bin by bin.
    detectors : Detectors
        Those that judge readings.
    """
    settled = place.settled
    if settled is None or any(_transcribed(one) for one in place.signals):
        return place
    kept_s = max([KEPT_S, *(one.card.history_s + DAY_S for one in detectors.members)])
    ends_s = [one.flags.end_s - kept_s for one in place.signals]
    from_s = floor(min([settled.until_s - HISTORY_S, *ends_s]) / DAY_S) * DAY_S
    long = {
        pair: _begins_at(one, from_s, detectors)
        for pair, one in place.steady.items()
        if one.signal.flags.start_s + _AT_ONCE_S <= from_s
    }
    if not long:
        return place
    steady: dict[Pair, SteadySeries] = {**place.steady, **long}
    signals = whole(steady, place.rest)
    return replace(
        place,
        steady=steady,
        signals=signals,
        settled=without_beginnings(settled, [one.flags for one in signals]),
    )


def _transcribed(signal: Signal) -> bool:
    return evidence_of(signal.flags.source) == "transcribed"


def _begins_at(before: SteadySeries, at_s: float, detectors: Detectors) -> SteadySeries:
    """Return a series that begins at a midnight; its values stay where they choose a detector."""
    signal, series = before.signal, before.signal.series
    flags = signal.flags.cut(Window(start_s=at_s, end_s=signal.flags.end_s))
    signal = replace(signal, flags=flags)
    if not detectors.choose_by_values(series.signal):
        earlier = [one for one in signal.coverage.windows if one.start_s < at_s]
        signal = replace(
            signal,
            series=series.from_time(at_s),
            earlier=signal.earlier.joined(
                replace(one, end_s=min(one.end_s, at_s)) for one in earlier
            ),
        )
    return replace(before, signal=signal)
