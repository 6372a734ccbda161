"""Series of readings that fall silent while they are watched: said while it lasts, and once.

That a series spoke again is a row of its own, which the pipeline adds with the reading.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from hashquake.core.opinion import Change
from hashquake.core.reading import Reading
from hashquake.core.source_lags import SourceLags
from hashquake.core.times import DAY_S
from hashquake.core.window import Window
from hashquake.observatory.live.plan import plugin_of

if TYPE_CHECKING:
    from hashquake.observatory.observatory import Observatory

SILENT_STEPS = 2.0
"""A series is silent when nothing came for so many of its steps, its lag and its polls apart."""
_RECENT_S = 1.0 * DAY_S
"""A series that ended earlier than this before the watch began is history, not silent."""
_MOST_GAPS = 100_000

Name = tuple[str, str, str]
"""Subject, quantity and source of a series."""


class SilentSeries:
    """What the series of the watched sources said last, and which silences were said.

    Parameters
    ----------
    observatory : Observatory
        Of the record that is written.
    poll_s : mapping of str to float
        For the plugin of each watched source of readings, how often it is asked, seconds.
    lags : SourceLags
        How late the values of each source and quantity are out.
    now_s : float
        Our clock, UTC Unix seconds.
    """

    def __init__(
        self,
        observatory: "Observatory",
        poll_s: Mapping[str, float],
        *,
        lags: SourceLags,
        now_s: float,
    ) -> None:
        self._poll_s = poll_s
        self._lags = lags
        self._last: dict[Name, Window] = {}
        self._said: dict[Name, float] = {}
        record = observatory.record
        recent = Window(start_s=now_s - _RECENT_S, end_s=now_s + _RECENT_S)
        of_watched = {
            span.subject
            for span in record.reading_spans()
            if plugin_of(span.source) in poll_s and span.window.end_s > recent.start_s
        }
        for subject in sorted(of_watched):
            self.heard(record.readings(subject=subject, window=recent))
        if self._last:
            for change in record.changes(limit=_MOST_GAPS, kind="gap"):
                found = change.document
                if found["window"]["end_s"] is None:
                    name = (change.subject, str(found["quantity"]), str(found["source"]))
                    self._said[name] = float(found["window"]["start_s"])

    def heard(self, readings: Iterable[Reading]) -> None:
        """Take note of readings that came.

        Parameters
        ----------
        readings : iterable of Reading
            In any order.
        """
        for one in readings:
            if plugin_of(one.source) not in self._poll_s:
                continue
            name = (one.subject, one.quantity, one.source)
            before = self._last.get(name)
            if before is None or one.window.end_s > before.end_s:
                self._last[name] = one.window

    def fallen(self, now_s: float) -> list[Change]:
        """Return a change for each series that is silent now and of which that was not said.

        Parameters
        ----------
        now_s : float
            Our clock, UTC Unix seconds.
        """
        return [
            Change(
                kind="gap",
                subject=subject,
                document={
                    "quantity": quantity,
                    "source": source,
                    "window": {"start_s": last.end_s, "end_s": None},
                },
            )
            for (subject, quantity, source), last in sorted(self._last.items())
            if self._said.get((subject, quantity, source)) != last.end_s
            and now_s > self._due_s(quantity, source, last)
        ]

    def said(self, changes: Iterable[Change]) -> None:
        """Take note that changes which `fallen` returned are stored.

        Parameters
        ----------
        changes : iterable of Change
            The stored ones.
        """
        for one in changes:
            found = one.document
            name = (one.subject, str(found["quantity"]), str(found["source"]))
            self._said[name] = float(found["window"]["start_s"])

    def _due_s(self, quantity: str, source: str, last: Window) -> float:
        """Return by when the next value must have come."""
        waits_s = self._lags.lag_s(source, quantity) + 2.0 * self._poll_s[plugin_of(source)]
        return last.end_s + SILENT_STEPS * last.duration_s + waits_s
