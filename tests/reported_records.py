"""Weeks of blocks and of what pools report, with a fall in one, in the other, or in both."""

from dataclasses import replace

import numpy as np

from hashquake.core.columns import BlockColumns, concatenate
from hashquake.core.contracts import Batch
from hashquake.core.difficulty import EPOCH_BLOCKS
from hashquake.core.reading import Reading
from hashquake.core.times import DAY_S
from hashquake.core.window import Window
from hashquake.forward.null import NullModel, SimulatedDrop, advance, start
from hashquake.forward.pool_null import PoolNull, label_blocks, start_pools
from hashquake.forward.pool_reports import (
    ReportedFall,
    ReportsModel,
    SimulatedReports,
    simulate_reports,
)

START_S = 1.6e9
SHARES = (0.20, 0.15, 0.10, 0.05)
REPORTS = ReportsModel(
    shares=SHARES,
    spans_s=(300.0, 600.0, 300.0, 300.0),
    digits=(0, 0, 0, 4),
    absences_per_year=0.0,
    units_per_year=0.0,
)


def simulated_blocks(
    days: float, *, seed: int, fall_s: float | None = None, fall_share: float = 0.0
) -> BlockColumns:
    """Simulate a network of six pools, the first four of which report."""
    rng = np.random.default_rng(seed)
    model = NullModel()
    state = start(model, rng, start_s=START_S)
    drop = None
    if fall_s is not None:
        drop = SimulatedDrop(share=fall_share, start_s=START_S + fall_s)
    pieces = []
    while state.clock_s < START_S + days * DAY_S:
        blocks, state = advance(model, state, rng, n_blocks=EPOCH_BLOCKS, drop=drop)
        pieces.append(blocks)
    whole = concatenate(pieces)
    whole = whole.take(whole.seen_s < START_S + days * DAY_S)
    pools = PoolNull(shares=(*SHARES, 0.26, 0.24), drift_log_per_sqrt_day=0.01)
    labelled, _ = label_blocks(pools, start_pools(replace(pools, return_s=DAY_S), rng), rng, whole)
    return labelled


def simulated_reports(
    days: float,
    *,
    seed: int,
    fall_s: float | None = None,
    fall_share: float = 0.0,
    model: ReportsModel = REPORTS,
) -> SimulatedReports:
    """Simulate what the four pools report."""
    fall = None
    if fall_s is not None:
        fall = ReportedFall(start_s=fall_s, end_s=float("inf"), shares=(fall_share,))
    rng = np.random.default_rng(seed + 1000)
    return simulate_reports(model, rng, days=days, start_s=START_S, fall=fall)


def readings_of(found: SimulatedReports) -> tuple[Reading, ...]:
    """Return simulated reports as readings."""
    return tuple(
        Reading(
            subject=f"pool:p{int(pool):02d}",
            quantity="hashrate_hps",
            window=Window(start_s=end_s - span_s, end_s=end_s),
            value=float(value),
            source=f"pool_p{int(pool):02d}",
        )
        for pool, end_s, span_s, value in zip(
            *(column.tolist() for column in found.reported), strict=True
        )
    )


def batches(
    blocks: BlockColumns, readings: tuple[Reading, ...], *, step_s: float
) -> list[tuple[str, Batch]]:
    """Cut both into pieces as they come in, reports before blocks."""
    clock_s = np.maximum.accumulate(blocks.header_s)
    ends_s = np.array([one.window.end_s for one in readings])
    found: list[tuple[str, Batch]] = []
    last_s = max(clock_s[-1], *ends_s[-1:])
    watched_s = float(blocks.header_s[0])
    for start_s in np.arange(START_S, last_s + step_s, step_s):
        r0, r1 = np.searchsorted(ends_s, [start_s, start_s + step_s], side="right")
        if r1 > r0:
            found.append(("pool_json", Batch(readings=readings[r0:r1])))
        b0, b1 = np.searchsorted(clock_s, [start_s, start_s + step_s], side="right")
        part = blocks.take(slice(int(b0), int(b1)))
        if len(part):
            end_s = float(part.header_s.max())
            observed = (Window(start_s=watched_s, end_s=end_s),) if end_s > watched_s else ()
            found.append(("block_table", Batch(blocks=part, observed=observed)))
            watched_s = max(watched_s, end_s)
    return found
