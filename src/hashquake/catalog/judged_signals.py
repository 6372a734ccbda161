"""The judged signals of places, kept from one search to the next and gone on with as values come.

A cache: what it returns is what `hashquake.catalog.signals.read_signals` reads. A series that goes
on as it was -- one value a bin, in order, nothing corrected -- is judged on from where its detector
stood; whatever else comes has the place read again. Of a country, bins that cannot change an outage
any more are let go, so that memory does not grow with the time watched. It is of one record and of
all that is stored in it; whoever undoes a transaction calls `forget`, since the numbers of its
readings are given again.
"""

from collections.abc import Sequence
from dataclasses import replace

from hashquake.catalog import judged_place
from hashquake.catalog.judged_place import JudgedPlace, Pair, whole
from hashquake.catalog.settled_place import without_settled_bins
from hashquake.catalog.signals import (
    Signal,
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
from hashquake.detect.settled_fusion import fuse_on

_SNAPSHOT_READINGS = 2_000
"""Readings of a place between two snapshots: some four days of three instruments. What came since
is judged again within milliseconds."""


class JudgedSignals:
    """Judged signals by subject, each with the last reading that went into it."""

    def __init__(self) -> None:
        self._places: dict[str, JudgedPlace] = {}
        self._unsaved: dict[str, int] = {}

    def forget(self) -> None:
        """Read everything again, from the snapshots where there are any."""
        self._places.clear()
        self._unsaved.clear()

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
        if kept is None or kept.versions != detectors.versions:
            kept = judged_place.restored(record, subject, detectors)
        elif kept.last_reading == last_reading:
            return kept.signals
        place = None
        if kept is not None:
            later = record.readings_after(subject=subject, last_reading=kept.last_reading)
            place = _gone_on(kept, later, detectors, last_reading)
            if place is not None and subject.startswith("country:"):
                # Of a network, the whole of its series says how large it is.
                place = without_settled_bins(place, detectors)
            self._unsaved[subject] = self._unsaved.get(subject, 0) + len(later)
        if place is None:
            place = _read(record, subject, detectors, last_reading)
            self._unsaved[subject] = _SNAPSHOT_READINGS
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
        flags = [signal.flags for signal in signals]
        if kept is None or kept.signals is not signals:
            return fuse(flags)
        if kept.fused is None:
            fused, settled = fuse_on(kept.settled, flags)
            kept = replace(kept, fused=fused, settled=settled)
            self._places[subject] = kept
        return kept.fused or ()

    def save(self, record: Record, *, everything: bool = False) -> None:
        """Write places down next to the record, so that a restart goes on from there.

        Parameters
        ----------
        record : Record
            In a transaction.
        everything : bool
            Whether to write all that changed; else one place at most, which is due.
        """
        due = sorted(self._unsaved, key=lambda one: -self._unsaved[one])
        due = [one for one in due if everything or self._unsaved[one] >= _SNAPSHOT_READINGS]
        for subject in due if everything else due[:1]:
            del self._unsaved[subject]
            n_readings = judged_place.count_readings(record, subject)
            found = judged_place.snapshot(subject, self._places[subject], n_readings=n_readings)
            if found is not None:
                record.save_snapshot(found)


def _read(record: Record, subject: str, detectors: Detectors, last_reading: int) -> JudgedPlace:
    kept = usable_readings(record.readings(subject=subject), detectors)
    chosen = chosen_readings(kept)
    steady: dict[Pair, SteadySeries] = {}
    for pair in chosen:
        series = begun(kept[pair], detectors)
        if series is not None:
            steady[pair] = series
    rest: tuple[Signal, ...] = ()
    if steady:
        found = (signal_from(kept[pair], detectors) for pair in chosen if pair not in steady)
        rest = tuple(signal for signal in found if signal is not None)
        signals = whole(steady, rest)
    else:
        signals = read_signals(record, subject, detectors=detectors)
    return JudgedPlace(
        last_reading=last_reading,
        versions=detectors.versions,
        others=frozenset(kept) - frozenset(chosen),
        steady=steady,
        rest=rest,
        signals=signals,
    )


def _gone_on(
    place: JudgedPlace, later: Sequence[Reading], detectors: Detectors, last_reading: int
) -> JudgedPlace | None:
    """Return a place with later readings; None where it has to be read again."""
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
        signals=whole(steady, place.rest),
        fused=None,
    )
