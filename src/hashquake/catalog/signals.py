"""From a record's readings to judged signals of a place, one for each instrument."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import isfinite

import numpy as np

from hashquake.core.coverage import Coverage
from hashquake.core.errors import NoCoverage
from hashquake.core.outage import Witness, evidence_of
from hashquake.core.reading import Reading
from hashquake.core.reason import ShortHistory, SilenceReason, SilentSince, SilentUntil
from hashquake.core.record import ReadingView
from hashquake.core.source_lags import NO_LAGS, SourceLags
from hashquake.core.times import DAY_S
from hashquake.core.window import Window
from hashquake.detect.anomaly_flags import UNSEEN, AnomalyFlags, without_levels
from hashquake.detect.detector_choice import HISTORY_S, OWN, Detectors, judge_series
from hashquake.detect.fusion import DIRECT
from hashquake.detect.series import Floats, Series, seen_stretches, series_of
from hashquake.detect.signal_of import counted_once, is_change, preference

_STEPS_S = (1800.0, 900.0, 600.0, 300.0)
_FINE_S = 60.0
NO_COVERAGE = Coverage()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Signal:
    """One instrument's signal of one place.

    Parameters
    ----------
    flags : AnomalyFlags
        What its detector says of each bin; they name signal, source and quantity.
    series : Series
        The values that were judged.
    silenced : bool
        Whether others spoke for it in some bins; then it covers those that are left.
    earlier : Coverage
        When it spoke before the series begins, where values that nobody needs any more were let go.
    """

    flags: AnomalyFlags
    series: Series
    silenced: bool = False
    earlier: Coverage = NO_COVERAGE

    @property
    def name(self) -> tuple[str, str, str]:
        """Signal, source and quantity."""
        return self.flags.signal, self.flags.source, self.flags.quantity

    @property
    def coverage(self) -> Coverage:
        """When it spoke, whether or not anything could be said of it."""
        if not self.silenced:
            seen = self.series.coverage()
            return seen.joined(self.earlier.windows) if self.earlier.windows else seen
        flags = self.flags
        return seen_stretches(flags.level != UNSEEN, start_s=flags.start_s, step_s=flags.step_s)

    @property
    def usual_value(self) -> float:
        """The median of the values that are kept, in the quantity's unit."""
        return float(np.nanmedian(self.series.values))


def read_signals(
    record: ReadingView,
    subject: str,
    *,
    window: Window | None = None,
    until_s: float | None = None,
    lags: SourceLags = NO_LAGS,
    detectors: Detectors = OWN,
) -> tuple[Signal, ...]:
    """Read the signals of a place out of a record and judge them.

    Parameters
    ----------
    record : ReadingView
        Where readings are kept.
    subject : str
        Such as ``country:KZ`` or ``asn:9198``.
    window : Window or None
        Only this time, and three weeks before it to learn from; None is everything.
    until_s : float or None
        Only what was published by then, UTC Unix seconds.
    lags : SourceLags
        How late the values of each source and quantity are out.
    detectors : Detectors
        Among which each series finds the one that judges it.

    Returns
    -------
    tuple of Signal
        By signal, source and quantity. A source that counts one thing in several ways speaks
        once. What was transcribed is left out where a signal as direct was measured.
    """
    wide = None
    if window is not None:
        wide = Window(start_s=window.start_s - HISTORY_S, end_s=window.end_s)
    out = [
        reading
        for reading in record.readings(subject=subject, window=wide)
        if until_s is None or _out_s(reading, lags) <= until_s
    ]
    kept = usable_readings(out, detectors)
    signals = [
        signal
        for source, quantity in chosen_readings(kept)
        if (
            signal := signal_from(
                kept[source, quantity],
                detectors,
                until_s=None if until_s is None else until_s - lags.lag_s(source, quantity),
            )
        )
        is not None
    ]
    return assembled(signals)


def usable_readings(
    readings: Iterable[Reading], detectors: Detectors
) -> dict[tuple[str, str], list[Reading]]:
    """Return the readings that a detector reads, by source and quantity.

    Parameters
    ----------
    readings : iterable of Reading
        Of one place.
    detectors : Detectors
        Those that judge readings.
    """
    kept: dict[tuple[str, str], list[Reading]] = {}
    for reading in readings:
        if isfinite(reading.value) and detectors.signal_of(reading.quantity) is not None:
            kept.setdefault((reading.source, reading.quantity), []).append(reading)
    return kept


def chosen_readings(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return the series that are judged: a source that counts one thing several ways speaks once.

    Parameters
    ----------
    pairs : iterable of (str, str)
        Source and quantity of each series of a place.
    """
    chosen: dict[tuple[str, str], str] = {}
    for source, quantity in sorted(pairs, key=lambda pair: (pair[0], *preference(pair[1]))):
        chosen.setdefault((source, counted_once(quantity)), quantity)
    return tuple((source, quantity) for (source, _), quantity in chosen.items())


def assembled(signals: Sequence[Signal]) -> tuple[Signal, ...]:
    """Return the signals of a place as they are fused; see `read_signals`.

    Parameters
    ----------
    signals : sequence of Signal
        One for each series that was judged.
    """
    return tuple(sorted(_unspoken_for(signals), key=lambda signal: signal.name))


def _unspoken_for(signals: Sequence[Signal]) -> list[Signal]:
    """Silence transcribed signals where something as direct was measured: they only stand in."""
    kept = []
    for signal in signals:
        if evidence_of(signal.flags.source) == "transcribed":
            heard = Coverage(
                tuple(
                    window
                    for other in signals
                    for window in other.coverage.windows
                    if evidence_of(other.flags.source) != "transcribed"
                    and _rank(other.flags.signal) <= _rank(signal.flags.signal)
                )
            )
            silenced = _silenced(signal, heard)
            if silenced is None:
                continue
            kept.append(silenced)
        else:
            kept.append(signal)
    return kept


def _silenced(signal: Signal, heard: Coverage) -> Signal | None:
    flags = signal.flags
    middle_s = flags.start_s + (np.arange(len(flags)) + 0.5) * flags.step_s
    silent = np.zeros(len(flags), np.bool_)
    for window in heard.windows:
        silent |= (middle_s >= window.start_s) & (middle_s < window.end_s)
    flags = flags.without(silent)
    if (flags.level == UNSEEN).all():
        return None
    return replace(signal, flags=flags, silenced=True)


def _rank(signal: str) -> int:
    return DIRECT.index(signal) if signal in DIRECT else len(DIRECT)


def native_step_s(readings: Sequence[Reading]) -> float:
    """Return the step of the grid on which an instrument's readings lie.

    Parameters
    ----------
    readings : sequence of Reading
        Of one series, at least one.

    Returns
    -------
    float
        The usual length of a window, seconds; where windows are of all lengths, as in transcribed
        levels, the longest step of half an hour or less that all begin and end on, or a minute.
    """
    lengths = Counter(reading.window.duration_s for reading in readings)
    usual_s, n = lengths.most_common(1)[0]
    starts = np.array([reading.window.start_s for reading in readings])
    aligned = not (starts % usual_s).any()
    if n >= 0.9 * len(readings) and (aligned or usual_s <= _STEPS_S[2]):
        return usual_s
    ends = np.array([reading.window.end_s for reading in readings])
    edges = np.concatenate([starts, ends])
    return next((step_s for step_s in _STEPS_S if not (edges % step_s).any()), _FINE_S)


def why_silent(signal: Signal, dark: Iterable[Window]) -> SilenceReason:
    """Return why a signal covered nothing of the dark windows.

    Parameters
    ----------
    signal : Signal
        The one in question.
    dark : iterable of Window
        The dark windows.
    """
    windows = tuple(dark)
    spoke = signal.coverage.windows
    if any(seen.overlap(window) for seen in spoke for window in windows):
        return ShortHistory()
    before = [seen.end_s for seen in spoke if seen.end_s <= windows[0].start_s]
    if before:
        return SilentSince(last_s=before[-1])
    return SilentUntil(first_s=spoke[0].start_s)


def explained(witness: Witness, signals: Iterable[Signal], dark: tuple[Window, ...]) -> Witness:
    """Add to a witness that covered nothing why that is so.

    Parameters
    ----------
    witness : Witness
        One instrument's part in an outage.
    signals : iterable of Signal
        Those read of the country.
    dark : tuple of Window
        The outage's dark windows.
    """
    if witness.covered_share > 0.0:
        return witness
    name = (witness.signal, witness.source, witness.quantity)
    for signal in signals:
        if signal.name == name:
            return replace(witness, reasons=(why_silent(signal, dark),))
    return witness


def of_another_time(witness: Witness, signals: Iterable[Signal], dark: tuple[Window, ...]) -> bool:
    """Return whether a transcribed witness states nothing of these weeks: it was not silent.

    Parameters
    ----------
    witness : Witness
        One instrument's part in an outage.
    signals : iterable of Signal
        Those read of the country.
    dark : tuple of Window
        The outage's dark windows.
    """
    if witness.evidence != "transcribed" or witness.covered_share > 0.0:
        return False
    near = Window(start_s=dark[0].start_s - 7.0 * DAY_S, end_s=dark[-1].end_s + 7.0 * DAY_S)
    name = (witness.signal, witness.source, witness.quantity)
    return not any(
        near.overlap(window)
        for signal in signals
        if signal.name == name
        for window in signal.coverage.windows
    )


def signal_from(
    readings: Sequence[Reading], detectors: Detectors, *, until_s: float | None = None
) -> Signal | None:
    """Judge the readings of one source and quantity of a place; None where nothing can be said.

    Parameters
    ----------
    readings : sequence of Reading
        At least one, oldest first.
    detectors : Detectors
        Among which the series finds the one that judges it.
    until_s : float or None
        Only flags that were known by then, UTC Unix seconds; None is all.
    """
    first = readings[0]
    name = detectors.signal_of(first.quantity) or ""
    if is_change(first.quantity):
        readings = [replace(one, value=1.0 + one.value, normal=1.0) for one in readings]
    seen = [one for one in readings if one.value >= 0.0]
    if not seen:
        return None
    step_s = native_step_s(seen)
    series = _laid(seen, name, step_s)
    # Beyond this the stated values are too few to stand for the instrument's own opinion.
    stated = [one for one in seen if one.normal is not None and isfinite(one.normal)]
    if len(stated) >= 0.5 * len(seen):
        normals = [replace(one, value=float(one.normal or 0.0)) for one in stated]
        series = replace(series, usual=_on_grid(_laid(normals, name, step_s), series))
    try:
        flags = judge_series(series, detectors, quantity=first.quantity, until_s=until_s)
    except NoCoverage:
        return None
    if first.quantity.endswith("_state"):
        flags = without_levels(flags)
    flags = replace(flags, source=first.source, quantity=first.quantity)
    return Signal(flags=flags, series=series)


def _laid(readings: Sequence[Reading], signal: str, step_s: float) -> Series:
    first = readings[0]
    return series_of(
        readings,
        subject=first.subject,
        signal=signal,
        quantity=first.quantity,
        step_s=step_s,
    )


def _on_grid(series: Series, grid: Series) -> Floats:
    values = np.full(len(grid), np.nan)
    at = round((series.start_s - grid.start_s) / grid.step_s)
    values[at : at + len(series)] = series.values
    return values


def _out_s(reading: Reading, lags: SourceLags) -> float:
    """Return when a value was out, UTC Unix seconds."""
    return reading.window.end_s + lags.lag_s(reading.source, reading.quantity)
