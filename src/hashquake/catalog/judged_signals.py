"""The judged signals of places, kept from one search to the next while no reading of them comes in.

A cache: what it returns is what `hashquake.catalog.signals.read_signals` reads. It is of one
record and of all that is stored in it; whoever undoes a transaction calls `forget`, since the
numbers of its readings are given again.
"""

from hashquake.catalog.signals import Signal, read_signals
from hashquake.core.record import ReadingView
from hashquake.detect.detector_choice import Detectors


class JudgedSignals:
    """Judged signals by subject, each with the last reading that went into it."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[tuple[int, str], tuple[Signal, ...]]] = {}

    def forget(self) -> None:
        """Read everything anew."""
        self._kept.clear()

    def read(
        self, record: ReadingView, subject: str, *, detectors: Detectors, last_reading: int
    ) -> tuple[Signal, ...]:
        """Return the signals of a place in all that is stored.

        Parameters
        ----------
        record : ReadingView
            Where readings are kept; always the same one.
        subject : str
            Such as ``country:KZ`` or ``asn:9198``.
        detectors : Detectors
            Among which each series finds the one that judges it.
        last_reading : int
            The number of the subject's last stored reading.
        """
        key = (last_reading, detectors.versions)
        kept = self._kept.get(subject)
        if kept is None or kept[0] != key:
            kept = (key, read_signals(record, subject, detectors=detectors))
            self._kept[subject] = kept
        return kept[1]
