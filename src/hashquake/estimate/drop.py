"""How far a hash rate fell from a baseline to a window, and whether chance and drift alone do that.

Two counts, two exposures, one question: their ratio. Given the sum of the counts it is a binomial
question with an exact answer (Przyborowski and Wilenski 1940). Looking at many pools finds large
falls by chance; Holm's correction (1979) pays for the looking.

Source: keys ``przyborowski-wilenski-1940`` and ``holm-1979`` in ``docs/refs.bib``.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from hashquake.core.columns import BlockColumns
from hashquake.core.coverage import Coverage
from hashquake.core.errors import NoCoverage, UsageError
from hashquake.core.estimate import Estimate
from hashquake.core.incident import Drop
from hashquake.core.network import MAIN, Network
from hashquake.core.poisson import ratio_p_value, ratio_quantiles
from hashquake.core.subject import NETWORK, pool_subject
from hashquake.core.window import Window
from hashquake.estimate.block_count import BlockCount, pool_block_counts
from hashquake.estimate.drift import POOL_WALK
from hashquake.estimate.drop_prediction import Counts, predict_drop, predicted_p_value
from hashquake.estimate.shares import shares_of
from hashquake.estimate.volatility import Drift, learned

ENOUGH_BLOCKS = 20
"""A pool is looked at when its baseline holds so many blocks: 1 % of two weeks. Only what came
before decides it, so that the choice of pools cannot lean on the outcome."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolDrop:
    """The fall of one pool among those looked at.

    Parameters
    ----------
    pool : str
        Slug.
    share_before : Estimate
        Its ``hashrate_share`` in the baseline.
    drop : Drop
        Its fall.
    p_value_adjusted : float
        The predictive one, after Holm's correction for the number of pools looked at.
    """

    pool: str
    share_before: Estimate
    drop: Drop
    p_value_adjusted: float


def drift_of(
    blocks: BlockColumns,
    subject: str,
    window: Window,
    baseline: Window,
    *,
    drift: Drift | None = None,
) -> Drift:
    """Return what is thought of a subject's drift, from the blocks before the earlier window ends.

    A pool drifts with the network and by itself.

    Parameters
    ----------
    blocks : BlockColumns, shape (n,)
        In height order; the more of the past, the better.
    subject : str
        ``network`` or ``pool:<slug>``.
    window, baseline : Window
        What is compared: what lies between them, which may be an event, teaches nothing.
    drift : Drift or None
        Of the network, where it was learned from more than these blocks.
    """
    if drift is None:
        drift = learned(blocks, until_s=min(window.end_s, baseline.end_s))
    return drift if subject == NETWORK else drift.with_walk(POOL_WALK)


def drop_of(
    during: BlockCount,
    before: BlockCount,
    *,
    drift: Drift | None = None,
    with_interval: bool = True,
) -> Drop:
    """Compare two counts of one subject.

    Parameters
    ----------
    during, before : BlockCount
        Of the window and of its baseline.
    drift : Drift or None
        Of the subject; None leaves the prediction out.
    with_interval : bool
        Whether the prediction has an interval, which takes most of the time, or a p-value alone.

    Raises
    ------
    NoCoverage
        ``no-blocks`` when neither holds a block.
    UsageError
        ``windows-overlap``.
    """
    if during.window.overlap(before.window) is not None:
        raise UsageError(
            f"the window, {during.window}, and its baseline, {before.window}, overlap",
            code="windows-overlap",
            hint="end the baseline where the window starts",
        )
    if not during.n_blocks + before.n_blocks:
        raise NoCoverage(
            f"{during.subject} found no block from {during.window} nor in the baseline",
            code="no-blocks",
        )
    ratio = ratio_quantiles(
        n_events=during.n_blocks,
        exposure=during.exposure_s_per_hash,
        baseline_n_events=before.n_blocks,
        baseline_exposure=before.exposure_s_per_hash,
    )
    p_value = ratio_p_value(
        n_events=during.n_blocks,
        exposure=during.exposure_s_per_hash,
        baseline_n_events=before.n_blocks,
        baseline_exposure=before.exposure_s_per_hash,
    )
    exposures = during.exposure_s_per_hash / before.exposure_s_per_hash
    predicted_share = predicted_p = None
    if drift is not None:
        counts = Counts(
            n_blocks=during.n_blocks, baseline_n_blocks=before.n_blocks, exposures=exposures
        )
        if with_interval:
            prediction = predict_drop(counts, during.window, before.window, drift)
            predicted_share, predicted_p = prediction.drop_share, prediction.p_value
        else:
            predicted_p = predicted_p_value(counts, during.window, before.window, drift)
    return Drop(
        window=during.window,
        n_blocks=during.n_blocks,
        baseline_n_blocks=before.n_blocks,
        expected_blocks=before.n_blocks * exposures,
        drop_share=ratio.mapped(scale=-1.0, offset=1.0),
        p_value=p_value,
        predictive_share=predicted_share,
        predictive_p_value=predicted_p,
    )


def pool_drops(
    blocks: BlockColumns,
    window: Window,
    baseline: Window,
    coverage: Coverage,
    *,
    network: Network = MAIN,
    with_intervals: bool = True,
    drift: Drift | None = None,
) -> tuple[PoolDrop, ...]:
    """Measure the fall of every pool with at least `ENOUGH_BLOCKS` blocks in the baseline.

    Parameters
    ----------
    blocks : BlockColumns
        In order of height, with pools.
    window : Window
        The window that is judged.
    baseline : Window
        The window it is compared with.
    coverage : Coverage
        When the record was watching.
    network : Network
        Whose rules of difficulty hold.
    with_intervals : bool
        Whether predictions have intervals; see `drop_of`.
    drift : Drift or None
        Of the network; None learns it from the blocks.

    Returns
    -------
    tuple of PoolDrop
        Largest share in the baseline first.

    Raises
    ------
    NoCoverage
        When a window was not observed throughout or the pools were never looked up.
    UsageError
        ``windows-overlap``.
    """
    before = pool_block_counts(blocks, baseline, coverage, network=network)
    during = {
        one.subject: one
        for one in pool_block_counts(blocks, window, coverage, network=network).pools
    }
    enough = [one for one in before.pools if one.n_blocks >= ENOUGH_BLOCKS]
    drift = drift_of(blocks, pool_subject(""), window, baseline, drift=drift)
    drops = [
        drop_of(during[one.subject], one, drift=drift, with_interval=with_intervals)
        for one in enough
    ]
    adjusted = holm([one.predictive_p_value or 0.0 for one in drops])
    shares = {one.subject: one for one in shares_of(before, baseline).pools} if enough else {}
    return tuple(
        PoolDrop(
            pool=one.subject.removeprefix("pool:"),
            share_before=shares[one.subject],
            drop=drop,
            p_value_adjusted=p_value,
        )
        for one, drop, p_value in zip(enough, drops, adjusted, strict=True)
    )


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Adjust p-values for their number by Holm's step-down method.

    Rejecting where the adjusted value is under 0.05 keeps the chance of even one false rejection
    under 5 %, however the tests depend on each other.

    Parameters
    ----------
    p_values : sequence of float, shape (k,)
        0 to 1.

    Returns
    -------
    tuple of float, shape (k,)
        In the order given.

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03])
    (0.03, 0.06, 0.06)
    """
    adjusted = [0.0] * len(p_values)
    running = 0.0
    for rank, at in enumerate(sorted(range(len(p_values)), key=lambda i: p_values[i])):
        running = max(running, min(1.0, (len(p_values) - rank) * p_values[at]))
        adjusted[at] = running
    return tuple(adjusted)
