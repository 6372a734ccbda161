"""The judged signals of places, kept from one search to the next and gone on with as values come.

A cache: what it returns is what `hashquake.catalog.signals.read_signals` reads. A series that goes
on as it was -- one value a bin, in order, nothing corrected -- is judged on from where its detector
stood; whatever else comes has the place read anew. It is of one record and of all that is stored
in it; whoever undoes a transaction calls `forget`, since the numbers of its readings are given
again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from hashquake.catalog.signals import (
    Signal,
    assembled,
    chosen_readings,
    read_signals,
    signal_from,
    usable_readings,
)
from hashquake.catalog.steady_series import SteadySeries, begun, gone_on
from hashquake.core.reading import Reading
from hashquake.core.record import Record
from hashquake.detect.detector_choice import Detectors
from hashquake.detect.fusion import Fused, fuse

_Pair = tuple[str, str]
"""Source and quantity."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Place:
    """What is kept of one place.

    Parameters
    ----------
    last_reading : int
        The number of the last reading in it.
    versions : str
        Of the detectors that judged.
    others : frozenset of (str, str)
        Series that are not judged: another quantity of their source stands for them.
    steady : dict of (str, str) to SteadySeries
        Series that can be gone on with.
    rest : tuple of Signal
        Signals of the other series.
    signals : tuple of Signal
        Of the place.
    fused : tuple of Fused or None
        Of the signals; None until asked for.
    """

    last_reading: int
    versions: str
    others: frozenset[_Pair]
    steady: dict[_Pair, SteadySeries]
    rest: tuple[Signal, ...]
    signals: tuple[Signal, ...]
    fused: tuple[Fused, ...] | None = None


class JudgedSignals:
    """Judged signals by subject, each with the last reading that went into it."""

    def __init__(self) -> None:
        self._places: dict[str, _Place] = {}

    def forget(self) -> None:
        """Read everything anew."""
        self._places.clear()

    def read(
        self, record: Record, subject: str, *, detectors: Detectors, last_reading: int
    ) -> tuple[Signal, ...]:
        """Return the signals of a place in all that is stored.

        Parameters
        ----------
        record : Record
            Where readings are kept; always the same one.
        subject : str
            Such as ``country:KZ`` or ``asn:9198``.
        detectors : Detectors
            Among which each series finds the one that judges it.
        last_reading : int
            The number of the subject's last stored reading.
        """
        kept = self._places.get(subject)
        if kept is not None and kept.versions == detectors.versions:
            if kept.last_reading == last_reading:
                return kept.signals
            later = record.readings_after(subject=subject, last_reading=kept.last_reading)
            place = _gone_on(kept, later, detectors, last_reading)
        else:
            place = None
        if place is None:
            place = _read(record, subject, detectors, last_reading)
        self._places[subject] = place
        return place.signals

    def fused(self, subject: str, signals: tuple[Signal, ...]) -> tuple[Fused, ...]:
        """Return the fused signals of a place, as `hashquake.detect.fusion.fuse` makes them.

        Parameters
        ----------
        subject : str
            The place.
        signals : tuple of Signal
            What `read` returned of it.
        """
        kept = self._places.get(subject)
        if kept is None or kept.signals is not signals:
            return fuse([signal.flags for signal in signals])
        if kept.fused is None:
            kept = replace(kept, fused=fuse([signal.flags for signal in signals]))
            self._places[subject] = kept
        return kept.fused or ()


def _read(record: Record, subject: str, detectors: Detectors, last_reading: int) -> _Place:
    kept = usable_readings(record.readings(subject=subject), detectors)
    chosen = chosen_readings(kept)
    steady: dict[_Pair, SteadySeries] = {}
    for pair in chosen:
        series = begun(kept[pair], detectors)
        if series is not None:
            steady[pair] = series
    if steady:
        found = (signal_from(kept[pair], detectors) for pair in chosen if pair not in steady)
        rest = [signal for signal in found if signal is not None]
        signals = _whole(steady, rest)
    else:
        rest = []
        signals = read_signals(record, subject, detectors=detectors)
    return _Place(
        last_reading=last_reading,
        versions=detectors.versions,
        others=frozenset(kept) - frozenset(chosen),
        steady=steady,
        rest=tuple(rest),
        signals=signals,
    )


def _gone_on(
    place: _Place, later: Sequence[Reading], detectors: Detectors, last_reading: int
) -> _Place | None:
    """Return a place with later readings; None where it has to be read anew."""
    steady = dict(place.steady)
    for pair, readings in usable_readings(later, detectors).items():
        if pair in place.others:
            continue
        series = steady.get(pair)
        after = None if series is None else gone_on(series, readings, detectors)
        if after is None:
            return None
        steady[pair] = after
    return replace(
        place,
        last_reading=last_reading,
        steady=steady,
        signals=_whole(steady, place.rest),
        fused=None,
    )


def _whole(steady: dict[_Pair, SteadySeries], rest: Sequence[Signal]) -> tuple[Signal, ...]:
    return assembled([*(series.signal for series in steady.values()), *rest])
