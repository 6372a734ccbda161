"""The bundled record copied into another: blocks, readings, catalog; resumed after any stop.

Each part ends with a mark, so that a part that was stopped halfway is never taken for whole.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from hashquake.core import clock
from hashquake.core.candles import BTC
from hashquake.core.contracts import Batch, Progress
from hashquake.core.record import Record
from hashquake.core.run import Run

if TYPE_CHECKING:
    from hashquake.core.reading import Reading
    from hashquake.observatory.observatory import Observatory

BATCH_BLOCKS = 20_000
BATCH_READINGS = 20_000


def load_bundled(
    observatory: "Observatory",
    *,
    progress: Callable[[Progress], None] = lambda _progress: None,
    now_s: Callable[[], float] = clock.now_s,
) -> bool:
    """Copy what is bundled into a record of mainnet; what it has already is passed over.

    Parameters
    ----------
    observatory : Observatory
        Of the record to fill. Blocks are copied into an empty record, or into one whose copying
        was stopped; a record with a chain of its own gets readings and prices alone.
    progress : callable
        Called with the progress of each part.
    now_s : callable
        The clock that dates the marks, UTC Unix seconds.

    Returns
    -------
    bool
        Whether anything was copied; False when an earlier run had copied all of it.

    Raises
    ------
    RecordError
        As `hashquake.observatory.Observatory.feed`.
    """
    from hashquake.datasets.bundled import BundledRecord, bundled_checksum

    record = observatory.record
    version = bundled_checksum()[:12]
    done = {run.source for run in record.last_runs() if not run.failed}
    copied = False
    for part, batches in (("blocks", _blocks), ("readings", _readings)):
        mark = f"bundled {part} {version}"
        if mark in done:
            continue
        fed = _shown(batches(record), progress)
        observatory.feed_all(fed, source="bundled", formed=BundledRecord())
        record.add_run(Run(source=mark, ended_s=now_s()))
        copied = True
    return copied


def bundled_batches(*, after_height: int = -1) -> Iterator[tuple[Batch, Progress]]:
    """Yield the bundled blocks in batches, each with how far it brings the reader.

    Parameters
    ----------
    after_height : int
        Batches that end at or below this height are passed over.
    """
    from hashquake.datasets.bundled import bundled_blocks

    blocks = bundled_blocks()
    for start in range(0, len(blocks), BATCH_BLOCKS):
        part = blocks.take(slice(start, start + BATCH_BLOCKS))
        if int(part.height[-1]) > after_height:
            reached = Progress(done=start + len(part), total=len(blocks), unit="blocks")
            yield Batch(blocks=part), reached


def _shown(
    batches: Iterator[tuple[Batch, Progress]], progress: Callable[[Progress], None]
) -> Iterator[Batch]:
    """Yield batches, and report each once it was taken."""
    for batch, reached in batches:
        yield batch
        progress(reached)


def _blocks(record: Record) -> Iterator[tuple[Batch, Progress]]:
    tip = record.tip()
    if tip is None:
        yield from bundled_batches()
    elif _is_copy(record):
        yield from bundled_batches(after_height=tip[0])


def _is_copy(record: Record) -> bool:
    """Return whether the record begins as the bundled one does, and ends inside it."""
    from hashquake.datasets.bundled import bundled_blocks

    bundled, tip = bundled_blocks(), record.tip()
    first = int(bundled.height[0])
    if tip is None or not first <= tip[0] <= int(bundled.height[-1]):
        return False
    begun = record.blocks(last_height=first)
    same = len(begun) == 1 and int(begun.height[0]) == first
    return same and int(begun.header_s[0]) == int(bundled.header_s[0])


def bundled_readings() -> "tuple[Reading, ...]":
    """Return the bundled readings: what was transcribed, then the price of bitcoin by the hour."""
    from hashquake.datasets.prices import bundled_price_readings
    from hashquake.datasets.transcribed import transcribed_readings

    return (*transcribed_readings(), *bundled_price_readings(subject=BTC))


def _readings(record: Record) -> Iterator[tuple[Batch, Progress]]:
    del record  # readings that are stored already change nothing
    readings = bundled_readings()
    for start in range(0, len(readings), BATCH_READINGS):
        part = readings[start : start + BATCH_READINGS]
        reached = Progress(done=start + len(part), total=len(readings), unit="readings")
        yield Batch(readings=part), reached
