"""Which series of readings a record has, kept up to date batch by batch.

A record that watches twenty countries for a year has millions of readings: only what came since is
read.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, func, select

from hashquake.core.reading import ReadingSpan
from hashquake.core.window import Window
from hashquake.store.schema import readings

Name = tuple[str, str, str]
"""Subject, quantity and source of a series."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownSeries:
    """The series as of a reading.

    Parameters
    ----------
    last : int
        Identifier of the last reading in it.
    series : mapping of Name to (float, float, int, int)
        Where each begins and ends, UTC Unix seconds; how many readings it has; the last one's
        identifier.
    """

    last: int = 0
    series: Mapping[Name, tuple[float, float, int, int]] = field(default_factory=dict)

    def spans(self) -> tuple[ReadingSpan, ...]:
        """Return when each series begins and ends, and how many readings it has."""
        return tuple(
            ReadingSpan(
                subject=subject,
                quantity=quantity,
                source=source,
                window=Window(start_s=start_s, end_s=end_s),
                n_readings=count,
            )
            for (subject, quantity, source), (start_s, end_s, count, _) in sorted(
                self.series.items()
            )
        )

    def subjects(self) -> tuple[str, ...]:
        """List the subjects, sorted."""
        return tuple(sorted({subject for subject, _, _ in self.series}))

    def last_readings(self) -> dict[str, int]:
        """Return the identifier of the last reading of each subject."""
        found: dict[str, int] = {}
        for (subject, _, _), (_, _, _, last) in self.series.items():
            found[subject] = max(last, found.get(subject, 0))
        return found


def known_series(connection: Connection, before: KnownSeries) -> KnownSeries:
    """Bring what is known of a record's series up to its last reading.

    Parameters
    ----------
    connection : Connection
        Inside a transaction.
    before : KnownSeries
        As of an earlier reading.
    """
    columns = readings.c
    last = int(connection.execute(select(func.max(columns.id))).scalar() or 0)
    if last == before.last:
        return before
    if last < before.last:  # another record took the place of the one that was read
        before = KnownSeries()
    series = dict(before.series)
    # The later rows are selected first: a database that groups by an index of the whole table
    # would read all of it for the few that came.
    later = (
        select(
            columns.subject,
            columns.quantity,
            columns.source,
            columns.start_s,
            columns.end_s,
            columns.id,
        )
        .where(columns.id > before.last)
        .order_by(columns.id)
        .limit(last - before.last)
        .subquery()
    )
    found = connection.execute(
        select(
            later.c.subject,
            later.c.quantity,
            later.c.source,
            func.min(later.c.start_s),
            func.max(later.c.end_s),
            func.count(),
            func.max(later.c.id),
        ).group_by(later.c.subject, later.c.quantity, later.c.source)
    )
    for subject, quantity, source, start_s, end_s, count, number in found:
        name = (subject, quantity, source)
        first_s, last_s, n, _ = series.get(name, (start_s, end_s, 0, 0))
        series[name] = (min(start_s, first_s), max(end_s, last_s), n + int(count), int(number))
    return KnownSeries(last=last, series=series)
