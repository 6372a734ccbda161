"""Which readings the catalog takes, and what pools reported since its snapshot."""

from hashquake.catalog import pipeline
from hashquake.catalog.pipeline import LateReportError, PipelineState
from hashquake.core.contracts import Batch
from hashquake.core.network import MAIN
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
    if inside.network.name == MAIN.name:
        return batch.readings
    # Pools report of the main network, whatever chain the record has.
    return tuple(one for one in batch.readings if one.quantity != QUANTITY)
