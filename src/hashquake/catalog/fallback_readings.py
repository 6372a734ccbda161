"""A record with the bundled transcribed readings besides its own, for a reader who needs both."""

from hashquake.core.reading import Reading
from hashquake.core.record import ReadingView
from hashquake.core.window import Window
from hashquake.datasets.transcribed import transcribed_readings


class FallbackReadings:
    """The readings of one subject: a record's own, and what was transcribed of it.

    Where something as direct was measured, `hashquake.catalog.signals.read_signals` leaves
    the transcribed out; so they only stand in for silence.

    Parameters
    ----------
    record : ReadingView
        Its readings come as they are.
    subject : str
        The only subject that is seen.
    """

    def __init__(self, record: ReadingView, subject: str) -> None:
        self._record = record
        self._subject = subject

    def subjects(self) -> tuple[str, ...]:
        """List the record's own subjects with the one it is about, sorted."""
        return tuple(sorted({*self._record.subjects(), self._subject}))

    def readings(self, *, subject: str, window: Window | None = None) -> tuple[Reading, ...]:
        """Return the readings of a subject whose windows overlap a window, oldest first.

        Parameters
        ----------
        subject : str
            Such as ``country:KZ``.
        window : Window or None
            None is all times.
        """
        own = self._record.readings(subject=subject, window=window)
        if subject != self._subject:
            return own
        known = set(own)
        more = (
            reading
            for reading in transcribed_readings()
            if reading.subject == subject
            and (window is None or reading.window.overlap(window) is not None)
            and reading not in known
        )
        return tuple(sorted((*own, *more), key=lambda one: one.window))
