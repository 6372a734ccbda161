"""What a stored batch and new opinions mean for the changes feed."""

from collections.abc import Iterable
from typing import Any

from hashquake.catalog.pipeline import ReadingGap
from hashquake.core.columns import BlockColumns
from hashquake.core.contracts import Batch
from hashquake.core.estimate import Estimate
from hashquake.core.header import hash_text
from hashquake.core.interval import Interval
from hashquake.core.opinion import Change, Opinion
from hashquake.core.record import AppendResult
from hashquake.core.subject import NETWORK

BLOCKS_TOLD_ONE_BY_ONE = 12
"""A batch that brings more blocks is a back-fill: its blocks are one change."""
_MOST_SUBJECTS = 100


def opinion_changes(added: Iterable[Opinion]) -> list[Change]:
    """Return a change for each opinion that was added.

    Parameters
    ----------
    added : iterable of Opinion
        Opinions new in the ledger, in order.
    """
    return [
        Change(kind=one.kind, subject=str(one.document["subject"]), document=one.document)
        for one in added
    ]


def gap_changes(gaps: Iterable[ReadingGap]) -> list[Change]:
    """Return a change for each series that spoke again after a silence.

    Parameters
    ----------
    gaps : iterable of ReadingGap
        Silences that ended.
    """
    return [
        Change(
            kind="gap",
            subject=gap.subject,
            document={
                "quantity": gap.quantity,
                "source": gap.source,
                "window": {"start_s": gap.window.start_s, "end_s": gap.window.end_s},
            },
        )
        for gap in gaps
    ]


def rate_changes(rates: Iterable[Estimate]) -> list[Change]:
    """Return a change for each hash rate that is stated, as `hashquake rate` prints it.

    Parameters
    ----------
    rates : iterable of Estimate
        By the filter, in order of their instants.
    """
    return [
        Change(
            kind="rate",
            subject=one.subject,
            document={
                "window": {"start_s": one.window.start_s, "end_s": one.window.end_s},
                "method": "filter",
                "hashrate_hps": _interval(one.interval(0.9)),
                "share": None,
                "n_blocks": one.n_blocks,
                "made_by": one.made_by,
            },
        )
        for one in rates
    ]


def _interval(interval: Interval) -> dict[str, float]:
    return {
        "median": interval.median,
        "low": interval.low,
        "high": interval.high,
        "level": interval.level,
    }


def batch_changes(
    batch: Batch, result: AppendResult, before: tuple[int, bytes | None] | None
) -> list[Change]:
    """Return changes for blocks, reorgs, readings and claims of a batch.

    Parameters
    ----------
    batch : Batch
        As it was stored.
    result : AppendResult
        What that changed.
    before : (int, bytes or None) or None
        The tip before it.
    """
    changes: list[Change] = []
    if result.blocks_staled:
        reorg = {"height": result.lowest_changed, "n_staled": result.blocks_staled}
        changes.append(Change(kind="reorg", subject=NETWORK, document=reorg))
    if result.blocks_added:
        changes += _block_changes(batch.blocks, result, -1 if before is None else before[0])
    if result.readings_added:
        subjects = sorted({one.subject for one in batch.readings})
        counted = {"n_readings": result.readings_added, "subjects": subjects[:_MOST_SUBJECTS]}
        subject = subjects[0] if len(subjects) == 1 else "several"
        changes.append(Change(kind="readings", subject=subject, document=counted))
    if result.claims_added:
        changes += [
            Change(
                kind="claim",
                subject=one.subject,
                document={"text": one.text, "url": one.url, "quantity": one.quantity},
            )
            for one in batch.claims
        ]
    return changes


def _block_changes(blocks: BlockColumns, result: AppendResult, tip_height: int) -> list[Change]:
    """Return a change for each block that is new at the tip, or one for a back-fill."""
    if result.blocks_staled and result.lowest_changed is not None:
        tip_height = min(tip_height, result.lowest_changed - 1)
    main = blocks.main()
    fresh = main.take(main.height > tip_height)
    if 0 < len(fresh) <= BLOCKS_TOLD_ONE_BY_ONE:
        return [
            Change(kind="block", subject=NETWORK, document=_block_document(fresh, at))
            for at in range(len(fresh))
        ]
    part = fresh if len(fresh) else blocks
    document = {
        "first_height": int(part.height.min()),
        "last_height": int(part.height.max()),
        "n_blocks": result.blocks_added,
    }
    return [Change(kind="blocks", subject=NETWORK, document=document)]


def _block_document(blocks: BlockColumns, at: int) -> dict[str, Any]:
    digest = blocks.hash[at]
    return {
        "height": int(blocks.height[at]),
        "header_s": int(blocks.header_s[at]),
        "hash": None if digest is None else hash_text(digest),
        "pool": blocks.pool_of(at),
    }
