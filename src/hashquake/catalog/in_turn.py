"""Blocks and pools' reports of a record in the order in which they came, for a replay."""

from collections.abc import Iterator

import numpy as np

from hashquake.core.columns import BlockColumns
from hashquake.core.contracts import Batch
from hashquake.core.reading import Reading
from hashquake.core.record import Record
from hashquake.core.reported_rate import QUANTITY
from hashquake.core.times import DAY_S
from hashquake.core.window import Window

_PIECE_S = 20.0 * DAY_S
_FAR_S = 1e12
"""After any time that a record can have."""


def pool_reports(
    record: Record, *, after_s: float = 0.0, until_s: float = _FAR_S
) -> tuple[Reading, ...]:
    """Return what pools reported of their hash rates, in the order in which the windows end.

    Parameters
    ----------
    record : Record
        Of another network than the main one: none, as pools report of that one.
    after_s, until_s : float
        The windows end after the first and not after the second, UTC Unix seconds.
    """
    if not record.network.has_main_facts or after_s >= until_s:
        return ()
    around = Window(start_s=max(after_s, 0.0), end_s=until_s)
    found = [
        reading
        for subject in record.subjects()
        if subject.startswith("pool:")
        for reading in record.readings(subject=subject, window=around)
        if reading.quantity == QUANTITY and after_s < reading.window.end_s <= until_s
    ]
    return tuple(sorted(found, key=lambda one: (one.window.end_s, one.subject, one.source)))


def in_turn(blocks: BlockColumns, reports: tuple[Reading, ...]) -> Iterator[Batch]:
    """Return blocks and reports in pieces of some weeks, so that neither runs far ahead.

    Parameters
    ----------
    blocks : BlockColumns, shape (n,)
        The main chain, in height order.
    reports : tuple of Reading
        As `pool_reports` returns them.

    Yields
    ------
    Batch
        All blocks at once where pools reported nothing.
    """
    if not reports:
        yield Batch(blocks=blocks)
        return
    clock_s = np.maximum.accumulate(blocks.header_s.astype(np.float64))
    ends_s = np.array([one.window.end_s for one in reports])
    first_s = min(ends_s[0], *clock_s[:1])
    last_s = max(ends_s[-1], *clock_s[-1:])
    for start_s in np.arange(first_s, last_s + 1.0, _PIECE_S):
        b0, b1 = np.searchsorted(clock_s, [start_s, start_s + _PIECE_S])
        r0, r1 = np.searchsorted(ends_s, [start_s, start_s + _PIECE_S])
        if b1 > b0 or r1 > r0:
            yield Batch(blocks=blocks.take(slice(int(b0), int(b1))), readings=reports[r0:r1])
