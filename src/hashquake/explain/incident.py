"""Everything the blocks say of an event, put together for a report."""

from hashquake.core.claim import Verdict
from hashquake.core.columns import BlockColumns
from hashquake.core.coverage import Coverage
from hashquake.core.errors import NoCoverage
from hashquake.core.estimate import Estimate
from hashquake.core.event import Event
from hashquake.core.incident import Drop, Incident, PoolRow
from hashquake.core.label_gap import LabelGap
from hashquake.core.network import MAIN, Network
from hashquake.core.subject import NETWORK
from hashquake.core.times import DAY_S, HOUR_S
from hashquake.core.window import Window
from hashquake.estimate.block_count import block_count, pool_block_counts
from hashquake.estimate.deepest import deepest_day
from hashquake.estimate.drop import PoolDrop, drift_of, drop_of, pool_drops
from hashquake.estimate.drop_prediction import detectable_fall
from hashquake.estimate.volatility import Drift
from hashquake.estimate.window import consecutive_windows, rate_of, rate_series
from hashquake.explain.caveats import caveats_of, covers, touches
from hashquake.explain.gaps import block_gaps
from hashquake.explain.retargets import retargets_of

BASELINE_S = 14 * DAY_S
MARGIN_S = 7 * DAY_S
"""How far the series of rates reaches out of the event on either side."""
RATE_WIDTH_S = 12 * HOUR_S
BEYOND_LUCK = 0.05


def default_baseline(window: Window, coverage: Coverage) -> Window:
    """Return the two weeks before a window, or what was observed of them up to it.

    Parameters
    ----------
    window : Window
        UTC Unix seconds.
    coverage : Coverage
        When the record was watching.

    Raises
    ------
    NoCoverage
        When the time right before the window was not observed.
    """
    wanted = Window(start_s=window.start_s - BASELINE_S, end_s=window.start_s)
    parts = [part for seen in coverage.windows if (part := seen.overlap(wanted)) is not None]
    if not parts or parts[-1].end_s < wanted.end_s:
        coverage.require(wanted, what="the baseline")
    return parts[-1]


def build_incident(
    blocks: BlockColumns,
    event: Event,
    baseline: Window,
    coverage: Coverage,
    *,
    label_gaps: tuple[LabelGap, ...] = (),
    verdicts: tuple[Verdict, ...] = (),
    rate_width_s: float = RATE_WIDTH_S,
    network: Network = MAIN,
    learned: Drift | None = None,
) -> Incident:
    """Measure an event on the blocks.

    Pools looked at are those with at least `hashquake.estimate.drop.ENOUGH_BLOCKS` blocks in the
    baseline; where no block's pool was looked up there are none, and a caveat says so.

    Parameters
    ----------
    blocks : BlockColumns, shape (n,)
        In height order, contiguous: baseline, event, a week on either side where stored, and the
        whole epoch of any retarget to be shown.
    event : Event
        Its window is what is compared.
    baseline : Window
        With what; without a common instant.
    coverage : Coverage
        What was observed; window and baseline must lie in it.
    label_gaps : tuple of LabelGap
        Known faults of the pool labels.
    verdicts : tuple of Verdict
        What was said, already judged.
    rate_width_s : float
        Width of the windows of the series of rates, seconds.
    network : Network
        Whose retarget rule holds.
    learned : Drift or None
        How fast the network's hash rate drifted before, from months of blocks; None learns it from
        `blocks` alone, which tell little more than the prior.

    Raises
    ------
    NoCoverage
        When window or baseline were not observed throughout, or the baseline holds no block.
    UsageError
        ``windows-overlap``.
    """
    window = event.window
    during = block_count(blocks, window, NETWORK, coverage, network=network)
    before = block_count(blocks, baseline, NETWORK, coverage, network=network)
    if not before.n_blocks:
        raise NoCoverage(
            f"the baseline, {baseline}, holds no block",
            code="no-blocks",
            hint="take a longer baseline",
        )
    # A report says how much lower hash rate was than before, and counts the blocks expected at
    # that level: growth stays out of its interval, so that both are one number.
    drift = drift_of(blocks, NETWORK, window, baseline, drift=learned).without_growth()
    whole = drop_of(during, before, drift=drift)
    day = Window(start_s=window.start_s, end_s=min(window.end_s, window.start_s + DAY_S))
    first_day = drop_of(
        block_count(blocks, day, NETWORK, coverage, network=network), before, drift=drift
    )
    detectable_share = _detectable(whole, baseline, drift)
    detectable_first_day_share = _detectable(first_day, baseline, drift)
    pools, labels = _pools(
        blocks,
        (window, baseline),
        coverage,
        label_gaps=label_gaps,
        network=network,
        learned=learned,
    )
    return Incident(
        event=event,
        window=window,
        baseline=baseline,
        network=whole,
        first_day=first_day if day.end_s < window.end_s else None,
        detectable_share=detectable_share,
        detectable_first_day_share=detectable_first_day_share,
        hashrate_before=rate_of(before),
        hashrate_during=rate_of(during),
        rates=_rates(blocks, window, coverage, rate_width_s, network),
        pools=pools,
        gaps=block_gaps(blocks, window, baseline_hps=before.n_blocks / before.exposure_s_per_hash),
        retargets=retargets_of(blocks, window, before),
        deepest_day=deepest_day(blocks, window, before, coverage, network=network),
        verdicts=verdicts,
        caveats=caveats_of(
            event=event,
            baseline=baseline,
            detectable_share=detectable_share,
            detectable_first_day_share=detectable_first_day_share,
            label_gaps=label_gaps,
            labels=labels,
        ),
    )


def _detectable(drop: Drop, baseline: Window, drift: Drift) -> float:
    return detectable_fall(
        expected_blocks=drop.expected_blocks,
        baseline_blocks=drop.baseline_n_blocks,
        window=drop.window,
        baseline=baseline,
        drift=drift,
    )


def _rates(
    blocks: BlockColumns,
    window: Window,
    coverage: Coverage,
    width_s: float,
    network: Network,
) -> tuple[Estimate, ...]:
    span = Window(start_s=window.start_s - MARGIN_S, end_s=window.end_s + MARGIN_S)
    windows = consecutive_windows(span, width_s, through_s=window.start_s)
    seen = [one for one in windows if not coverage.gaps(one)]
    return rate_series(blocks, seen, NETWORK, coverage, network=network)


def _pools(
    blocks: BlockColumns,
    compared: tuple[Window, Window],
    coverage: Coverage,
    *,
    label_gaps: tuple[LabelGap, ...],
    network: Network,
    learned: Drift | None,
) -> tuple[tuple[PoolRow, ...], str]:
    """Return the rows of the pools, and what is to be said of the labels as a whole."""
    try:
        drops = pool_drops(blocks, *compared, coverage, network=network, drift=learned)
    except NoCoverage as reason:
        if reason.code != "no-labels":
            raise
        return (), f"No pool can be determined: {reason.message}."
    rows = tuple(_row(one, compared, label_gaps) for one in drops)
    parts = [pool_block_counts(blocks, one, coverage, network=network) for one in compared]
    n_unlabelled = sum(part.n_unlabelled for part in parts)
    if not n_unlabelled:
        return rows, ""
    n_blocks = n_unlabelled + sum(part.n_labelled for part in parts)
    return rows, (
        f"The pool of {n_unlabelled:,} of {n_blocks:,} blocks was never looked up; "
        f"pools are measured on the rest."
    )


def _row(
    one: PoolDrop, compared: tuple[Window, Window], label_gaps: tuple[LabelGap, ...]
) -> PoolRow:
    gaps = [gap for gap in label_gaps if gap.concerns(one.pool) and touches(gap, compared)]
    is_comparable = all(covers(gap, compared) for gap in gaps)
    return PoolRow(
        pool=one.pool,
        share_before=one.share_before.quantiles,
        drop=one.drop,
        p_value_adjusted=one.p_value_adjusted,
        beyond_luck=is_comparable and one.p_value_adjusted < BEYOND_LUCK,
        note=" ".join(gap.note for gap in gaps),
        is_comparable=is_comparable,
    )
