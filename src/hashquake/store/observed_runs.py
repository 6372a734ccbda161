"""Which stretches of time the record covers, kept up to date batch by batch."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, func, select, true

from hashquake.core.coverage import Coverage
from hashquake.core.window import Window
from hashquake.store.instruments import read_observed
from hashquake.store.read_blocks import read_blocks
from hashquake.store.schema import batches, blocks, fates, observed
from hashquake.store.stored_blocks import stale_rows

_LAST = select(
    *(select(func.max(table.c.id)).scalar_subquery() for table in (fates, blocks, observed))
)
"""The last fate, block and declared stretch."""
_MOST_STALE = 500
"""Stale blocks that a statement may list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockRun:
    """A run of main blocks with contiguous heights.

    Parameters
    ----------
    first, last : int
        Heights, both inclusive.
    start_s, end_s : float
        Header time of the first block, and the latest header time in the run: header times may
        run backwards, so the last block need not carry it.
    """

    first: int
    last: int
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedRuns:
    """The runs of blocks as of a batch.

    Parameters
    ----------
    batch, fate, block, stretch : int
        The last batch, change of a block's fate, block and declared stretch that are in it.
    runs : tuple of BlockRun
        In order of height.
    declared : Coverage
        What batches declared as observed.
    coverage : Coverage
        Of the runs and of what batches declared as observed.
    """

    batch: int
    fate: int
    block: int
    stretch: int
    runs: tuple[BlockRun, ...]
    declared: Coverage
    coverage: Coverage


def observed_runs(connection: Connection, before: ObservedRuns | None) -> ObservedRuns:
    """Bring the coverage of a record up to its last batch.

    Parameters
    ----------
    connection : Connection
        Inside a transaction.
    before : ObservedRuns or None
        What was known earlier. New blocks are joined to its runs; only a reorg, which takes
        blocks out of runs, makes the whole chain be read again.
    """
    batch = int(connection.execute(select(func.max(batches.c.id))).scalar() or 0)
    if before is not None and before.batch == batch:
        return before
    fate, block, stretch = (number or 0 for number in connection.execute(_LAST).one())
    going_on = before is not None and before.batch < batch
    declared = before.declared if before is not None and going_on else Coverage()
    after = before.stretch if before is not None and going_on else 0
    if stretch > after:
        declared = declared.joined(read_observed(connection, after=after))
    if before is None or before.fate != fate or before.batch > batch:
        runs = _all_runs(connection)
    elif block == before.block:
        runs = before.runs
    else:
        rows = connection.execute(
            select(blocks.c.height, blocks.c.header_s)
            .where(blocks.c.id > before.block)
            .order_by(blocks.c.height)
        )
        # Number by number: NumPy asks a row of SQLAlchemy for what it is, six times in vain.
        table = np.fromiter(chain.from_iterable(rows), np.int64).reshape(-1, 2)
        runs = _joined([*before.runs, *_runs(table[:, 0], table[:, 1])])
    stretches = (
        Window(start_s=run.start_s, end_s=run.end_s) for run in runs if run.start_s < run.end_s
    )
    return ObservedRuns(
        batch=batch,
        fate=fate,
        block=block,
        stretch=stretch,
        runs=runs,
        declared=declared,
        coverage=declared.joined(stretches),
    )


def _all_runs(connection: Connection) -> tuple[BlockRun, ...]:
    """Find the runs of the whole main chain; one without a gap is not read to know that."""
    gone = stale_rows(connection)
    if len(gone) <= _MOST_STALE:
        columns = blocks.c
        main = columns.id.not_in(sorted(gone)) if gone else true()
        n, first, last, end_s = connection.execute(
            select(
                func.count(),
                func.min(columns.height),
                func.max(columns.height),
                func.max(columns.header_s),
            ).where(main)
        ).one()
        if not n:
            return ()
        if n == last - first + 1:
            start_s = connection.execute(
                select(columns.header_s).where(main, columns.height == first)
            ).scalar_one()
            run = BlockRun(first=first, last=last, start_s=float(start_s), end_s=float(end_s))
            return (run,)
    chain = read_blocks(connection)
    return _joined(_runs(chain.height, chain.header_s))


def _runs(height: NDArray[np.int64], header_s: NDArray[np.int64]) -> Iterator[BlockRun]:
    if not len(height):
        return
    starts = np.flatnonzero(np.diff(height, prepend=height[0] - 2) != 1)
    ends = [*(starts[1:] - 1).tolist(), len(height) - 1]
    latest_s = np.maximum.reduceat(header_s, starts).tolist()
    for start, end, end_s in zip(starts.tolist(), ends, latest_s, strict=True):
        yield BlockRun(
            first=int(height[start]),
            last=int(height[end]),
            start_s=float(header_s[start]),
            end_s=float(end_s),
        )


def _joined(runs: "Iterator[BlockRun] | list[BlockRun]") -> tuple[BlockRun, ...]:
    """Join runs whose heights follow one another."""
    joined: list[BlockRun] = []
    for run in sorted(runs, key=lambda one: one.first):
        if joined and run.first == joined[-1].last + 1:
            end_s = max(joined[-1].end_s, run.end_s)
            joined[-1] = replace(joined[-1], last=run.last, end_s=end_s)
        else:
            joined.append(run)
    return tuple(joined)
