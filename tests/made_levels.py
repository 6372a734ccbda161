"""A few levels of connectivity around a made-up cut, each with its usual value, as batches."""

from collections.abc import Sequence

from hashquake.core.contracts import Batch
from hashquake.core.reading import Reading
from hashquake.core.times import parse_time
from hashquake.core.window import Window

Rows = Sequence[tuple[str, str, float]]
CITED = "transcribed: a report of January 2022"
LEVELS: Rows = (
    ("2022-01-05T08:00Z", "2022-01-05T10:45Z", 0.98),
    ("2022-01-05T10:45Z", "2022-01-05T17:32Z", 0.03),
    ("2022-01-05T17:32Z", "2022-01-05T22:00Z", 0.95),
    ("2022-01-05T22:00Z", "2022-01-06T10:30Z", 0.02),
    ("2022-01-06T10:30Z", "2022-01-06T12:00Z", 0.97),
)


def levels(
    rows: Rows = LEVELS,
    *,
    subject: str = "country:KZ",
    quantity: str = "connectivity_share",
    source: str = CITED,
    normal: float | None = 1.0,
) -> Batch:
    """Make readings of rows of start, end and value."""
    return Batch(
        readings=tuple(
            Reading(
                subject=subject,
                quantity=quantity,
                window=Window(start_s=parse_time(start), end_s=parse_time(end)),
                value=value,
                normal=normal,
                source=source,
            )
            for start, end, value in rows
        )
    )
