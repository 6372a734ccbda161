"""Which readings the catalog takes, and what pools reported since its snapshot."""

from collections.abc import Mapping
from dataclasses import replace

from hashquake.catalog import pipeline
from hashquake.catalog.pipeline import LateReportError, PipelineState
from hashquake.core.contracts import Batch
from hashquake.core.reading import Reading
from hashquake.core.record import AppendResult, Record
from hashquake.core.reported_rate import QUANTITY


def caught_up(state: PipelineState, missed: tuple[Reading, ...]) -> PipelineState | None:
    """Take what pools reported since a snapshot; its opinions are stored already.

    Parameters
    ----------
    state : PipelineState
        As it was restored.
    missed : tuple of Reading
        In the order in which they end.

    Returns
    -------
    PipelineState or None
        None when they came too late for it: rebuild it.
    """
    try:
        return pipeline.step(state, Batch(readings=missed))[0]
    except LateReportError:
        return None


def last_reports(inside: Record) -> Mapping[str, int]:
    """Return the number of the last stored reading of each pool.

    Parameters
    ----------
    inside : Record
        The record, inside the transaction.
    """
    if not inside.network.has_main_facts:
        return {}  # pools report of the main network
    found = inside.last_readings()
    return {subject: last for subject, last in found.items() if subject.startswith("pool:")}


def reports_beyond(
    inside: Record, known: Mapping[str, int], stored: Mapping[str, int]
) -> tuple[Reading, ...]:
    """Return what pools reported that another program stored.

    Parameters
    ----------
    inside : Record
        The record, inside the transaction.
    known, stored : mapping of str to int
        The last reading of each pool that was taken, and that is stored.

    Returns
    -------
    tuple of Reading
        In the order in which they end.
    """
    found = [
        reading
        for subject, last in stored.items()
        if last != known.get(subject, 0)
        for reading in inside.readings_after(subject=subject, last_reading=known.get(subject, 0))
        if reading.quantity == QUANTITY
    ]
    return tuple(sorted(found, key=lambda one: (one.window.end_s, one.subject, one.source)))


def new_readings(inside: Record, batch: Batch, result: AppendResult) -> tuple[Reading, ...]:
    """Return the readings of a batch that the catalog takes: none where all are known already.

    Parameters
    ----------
    inside : Record
        The record, inside the transaction.
    batch : Batch
        As it was stored.
    result : AppendResult
        What that changed.
    """
    if not result.readings_added:
        return ()
    if inside.network.has_main_facts:
        return batch.readings
    # Pools report of the main network, whatever chain the record has.
    return tuple(one for one in batch.readings if one.quantity != QUANTITY)


def with_spoken(inside: Record, state: PipelineState) -> PipelineState:
    """Fill in when each series last spoke, as the record has it.

    Parameters
    ----------
    inside : Record
        The record, inside the transaction.
    state : PipelineState
        As it was made or restored.
    """
    spans = {(s.subject, s.quantity, s.source): s.window.end_s for s in inside.reading_spans()}
    return replace(state, spoken=tuple(sorted(spans.items())))
