"""The bundled record with other readings in it: quick, for series too long to write to a disk."""

from collections.abc import Iterable

from hashquake.core.reading import Reading
from hashquake.core.window import Window
from hashquake.datasets.bundled import BundledRecord


class HeldReadings(BundledRecord):
    """Readings kept in memory."""

    def __init__(self, readings: Iterable[Reading]) -> None:
        self._held: dict[str, list[Reading]] = {}
        for reading in readings:
            self._held.setdefault(reading.subject, []).append(reading)

    def subjects(self) -> tuple[str, ...]:
        """List the subjects that have readings, sorted."""
        return tuple(sorted(self._held))

    def readings(self, *, subject: str, window: Window | None = None) -> tuple[Reading, ...]:
        """Return the readings of a subject that overlap a window."""
        return tuple(
            reading
            for reading in self._held.get(subject, ())
            if window is None or reading.window.overlap(window) is not None
        )
