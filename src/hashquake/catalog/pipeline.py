"""The catalog of quakes: replayed from a record, kept in it, read from it."""

from collections.abc import Iterable
from dataclasses import replace

from hashquake.catalog.causes import explained
from hashquake.catalog.documents import quake_document, quake_of
from hashquake.catalog.quakes import CatalogState, start, step
from hashquake.core.columns import BlockColumns
from hashquake.core.contracts import Record
from hashquake.core.network import require_steady_bits
from hashquake.core.quake import Quake
from hashquake.core.window import Window
from hashquake.datasets.label_gaps import load_label_gaps


def replay(
    record: Record,
    *,
    false_alarms_per_year: float,
    until_s: float | None,
    write: bool,
) -> tuple[Quake, ...]:
    """Build the catalog by replay; see `Observatory.replay`."""
    state = _replayed(record, false_alarms_per_year=false_alarms_per_year, until_s=until_s)
    if not write:
        return explained(record, state.quakes())
    ledger = explained(record, state.ledger)
    record.append_opinions([quake_document(quake) for quake in ledger])
    return replace(state, ledger=ledger).quakes()


def opinions(record: Record, *, false_alarms_per_year: float) -> tuple[Quake, ...]:
    """Return every opinion that a replay forms, in order."""
    state = _replayed(record, false_alarms_per_year=false_alarms_per_year, until_s=None)
    return explained(record, state.ledger)


def stored(record: Record) -> tuple[Quake, ...]:
    """Return every opinion of a quake in the record, in the order in which they were added.

    Raises
    ------
    RecordError
        ``opinion-unreadable``.
    """
    return tuple(quake_of(one) for one in record.opinions())


def _replayed(
    record: Record, *, false_alarms_per_year: float, until_s: float | None
) -> CatalogState:
    require_steady_bits(record.network, "the detection of falls")
    blocks = record.blocks()
    seen = record.coverage().windows
    end_s = until_s if until_s is not None else seen[-1].end_s + 1.0 if seen else None
    if until_s is not None:
        # What was known then: the chain up to the last block dated before that instant.
        known = record.blocks(window=Window(start_s=0.0, end_s=until_s))
        top = int(known.height.max()) if len(known) else -1
        blocks = blocks.take(blocks.height <= top)
    empty = start(false_alarms_per_year=false_alarms_per_year, gaps=load_label_gaps())
    state, _ = step(empty, blocks)
    if end_s is not None:
        state, _ = step(state, BlockColumns.empty(), max(end_s, state.clock_s + 1.0))
    return state


def latest(opinions: Iterable[Quake]) -> tuple[Quake, ...]:
    """Return the latest opinion of each quake, in order of onset.

    Catalogs made at different false-alarm rates are different catalogs; their quakes may share
    an id and both are given.
    """
    last = {(one.false_alarms_per_year, one.id): one for one in opinions}
    return tuple(sorted(last.values(), key=lambda one: (one.onset.start_s, one.id)))
