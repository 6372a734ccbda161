"""The network's hash rate from blocks and pools' reports together, over a record."""

import numpy as np

from hashquake.catalog.in_turn import pool_reports
from hashquake.core.errors import NoCoverage, UsageError
from hashquake.core.fused_change import FusedChange
from hashquake.core.network import require_steady_bits
from hashquake.core.record import Record
from hashquake.core.reported_change import ReportedChange
from hashquake.core.subject import NETWORK
from hashquake.core.times import DAY_S, format_time
from hashquake.core.window import Window
from hashquake.estimate.fused import fused_change, fused_rate
from hashquake.estimate.reported_change import reported_change
from hashquake.observatory.instant_rates import parameters_at, require_watched
from hashquake.observatory.measure import heights_between
from hashquake.observatory.tables import Rate, Rates

WARM_UP_S = 60 * DAY_S
"""Blocks and reports before an instant that are used."""


def fused_rates(record: Record, at_s: float, subjects: tuple[str, ...]) -> Rates:
    """Estimate the network's hash rate at an instant from what was known and reported then.

    Parameters
    ----------
    record : Record
        With blocks, and reports of pools.
    at_s : float
        UTC Unix seconds.
    subjects : tuple of str
        Empty or ``network``: a pool's own bias cannot be separated from its hash rate.

    Raises
    ------
    NoCoverage
        When the record was not watching; ``no-reports`` when no pool reported.
    UsageError
        ``fused-network-only`` for a pool.
    """
    require_steady_bits(record.network, "the fused estimate")
    if any(subject != NETWORK for subject in subjects):
        raise UsageError(
            "reports and blocks are fused for the network alone",
            code="fused-network-only",
            hint="ask for --subject network, or for pools by --method filter; "
            "hashquake pools compares a pool's reports with its blocks",
        )
    require_watched(record, at_s)
    end_s = float(np.nextafter(at_s, np.inf))
    since_s = at_s - WARM_UP_S
    blocks = heights_between(record, Window(start_s=since_s, end_s=end_s))
    reports = pool_reports(record, after_s=since_s, until_s=at_s)
    if not reports:
        raise NoCoverage(
            f"no pool reported a hash rate in the {WARM_UP_S // DAY_S:.0f} days before "
            f"{format_time(at_s)}",
            code="no-reports",
            hint="read reports with hashquake ingest pool_SLUG, or ask for --method filter",
        )
    model = parameters_at(record, end_s).network
    return Rates(
        [
            Rate(
                hashrate=fused_rate(model, blocks, reports, at_s=at_s, chain=record.network),
                share=None,
            )
        ]
    )


def fused_change_between(record: Record, before: Window, during: Window) -> FusedChange | None:
    """Estimate how the network's hash rate changed, from blocks and reports together.

    Parameters
    ----------
    record : Record
        With blocks.
    before, during : Window
        What is compared with what.

    Returns
    -------
    FusedChange or None
        None where no pool reported in both windows, or where the windows overlap.
    """
    if before.end_s > during.start_s:
        return None
    since_s = before.start_s - WARM_UP_S
    reports = pool_reports(record, after_s=since_s, until_s=during.end_s)
    speaking = [
        {one.subject for one in reports if one.window.overlap(window)}
        for window in (before, during)
    ]
    if not set.intersection(*speaking):
        return None
    end_s = float(np.nextafter(during.end_s, np.inf))
    model = parameters_at(record, end_s).network
    blocks = heights_between(record, Window(start_s=since_s, end_s=end_s))
    return fused_change(model, blocks, reports, before=before, during=during, chain=record.network)


def reported_change_between(
    record: Record, before: Window, during: Window
) -> ReportedChange | None:
    """Estimate how the pools that report changed together, by their reports alone.

    Parameters
    ----------
    record : Record
        With reports of pools.
    before, during : Window
        What is compared with what.

    Returns
    -------
    ReportedChange or None
        None where no pool reported for half of both windows, or where the windows overlap.
    """
    if before.end_s > during.start_s:
        return None
    reports = pool_reports(record, after_s=before.start_s - DAY_S, until_s=during.end_s)
    try:
        return reported_change(reports, before=before, during=during)
    except NoCoverage:
        return None
